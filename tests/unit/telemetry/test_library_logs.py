"""Libraries that log requests are kept quiet, whatever the level of the root logger."""

import logging

import pytest

from shared.telemetry.library_logs import QUIET, quiet_libraries


@pytest.mark.parametrize("name", QUIET)
def test_debug_and_info_of_libraries_are_dropped(
    name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PYTHON_ENABLE_DEBUG_LOGGING opens the root logger, OPENAI_LOG that of one library; warnings come through."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger(name).setLevel(logging.DEBUG)  # as a variable of the library's own would
    quiet_libraries()
    for logger in (logging.getLogger(name), logging.getLogger(f"{name}.below")):
        logger.debug("content")
        logger.info("content")
        logger.warning("a warning")
    assert ["a warning"] * 2 == [record.getMessage() for record in caplog.records]


def test_a_level_that_is_set_later_opens_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """A filter stays where a level is changed."""
    caplog.set_level(logging.DEBUG)
    quiet_libraries()
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpx").debug("content")
    assert [] == caplog.records
    quiet_libraries()
