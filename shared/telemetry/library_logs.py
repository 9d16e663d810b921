"""Keep libraries from logging content: some log requests, headers or addresses at the levels DEBUG and INFO."""

import logging

QUIET = (
    *("openai", "httpx", "httpx2", "httpcore", "httpcore2"),  # requests (by version), addresses, headers of answers
    *("azure.core", "azure.storage", "azure.data", "azure.eventgrid", "azure.identity", "azure.keyvault", "azure.ai"),
    *("azure.monitor", "msrest", "msal", "requests", "urllib3", "aiohttp", "opentelemetry"),
    *("PIL", "pymupdf", "openpyxl", "asyncio"),
)
"""Loggers, with those below them, from which only warnings and errors are passed on."""


class _FromWarning(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_FROM_WARNING = _FromWarning()


def quiet_libraries() -> None:
    """Pass on only warnings and errors of libraries, whatever level the root logger or a variable of theirs sets.

    Call it again after importing them: OPENAI_LOG, for one, is read then.
    """
    for name in QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        if _FROM_WARNING not in logger.filters:
            logger.addFilter(_FROM_WARNING)
