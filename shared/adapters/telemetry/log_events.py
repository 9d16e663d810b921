"""Export of log events with their fields as attributes, and the ids of the trace in which they happened."""

import logging

from opentelemetry._logs import LoggerProvider, LogRecord, SeverityNumber
from opentelemetry.context import get_current

from shared import telemetry

_SEVERITIES = {
    logging.DEBUG: SeverityNumber.DEBUG,
    logging.INFO: SeverityNumber.INFO,
    logging.WARNING: SeverityNumber.WARN,
    logging.ERROR: SeverityNumber.ERROR,
    logging.CRITICAL: SeverityNumber.FATAL,
}
_PREFIXES = ("intray.", "http.", "code.", "error.")


class LogEvents(logging.Handler):
    """Hands log events on to OpenTelemetry: name, text and fields, nothing of exceptions."""

    def __init__(self, provider: LoggerProvider) -> None:
        super().__init__(logging.INFO)
        self._logger = provider.get_logger("intray")

    def emit(self, record: logging.LogRecord) -> None:
        """Export a record."""
        fields = {name: value for name, value in vars(record).items() if name.startswith(_PREFIXES)}
        event = fields.pop(telemetry.EVENT, None)
        self._logger.emit(
            LogRecord(
                timestamp=int(record.created * 1_000_000_000),
                context=get_current(),
                severity_text=record.levelname,
                severity_number=_SEVERITIES.get(record.levelno, SeverityNumber.UNSPECIFIED),
                body=record.getMessage(),
                attributes=fields,
                event_name=event,
            )
        )
