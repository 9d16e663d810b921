"""Run a command until it ends or a person ends it; either way nothing is left behind."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

from local.cloud.addresses import CloudError
from shared.domain.base.errors import IntrayError

INTERRUPTED = 130
"""The exit code of a command that was stopped before its end, as shells have it."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(command: Coroutine[Any, Any, int], message: str, stopped: int = INTERRUPTED) -> int:
    """Run `command`; its exit code, 1 after an error that it explains, `stopped` after Ctrl-C, SIGTERM or SIGHUP.

    Errors of Intray, of the local cloud and of the operating system (no permission, no space) are shown as sentences.

    The first signal cancels it, which lets it clean up, and prints `message`; each further one cuts the clean-up short.
    """
    try:
        return asyncio.run(_guarded(command, message, stopped))
    except* (CloudError, IntrayError, OSError) as failures:
        _complain(failures)
    return 1


def check_settings() -> None:
    """Exit with all that is wrong with the settings, before a command imports what takes a second."""
    from local.settings import load_settings

    try:
        load_settings()
    except IntrayError as error:
        from local.terminal import complain

        complain(str(error))
        raise SystemExit(1) from None


async def _guarded(command: Coroutine[Any, Any, int], message: str, stopped: int) -> int:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(command)
    asked = False

    def stop() -> None:
        nonlocal asked
        if not asked:
            print(message, flush=True)
        asked = True
        task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not asked:
            raise
        return stopped


def _complain(failures: BaseExceptionGroup[Exception]) -> None:
    from local.terminal import complain

    for failure in failures.exceptions:
        if isinstance(failure, BaseExceptionGroup):
            _complain(failure)
        else:
            complain(_sentence(failure))


def _sentence(failure: Exception) -> str:
    if isinstance(failure, OSError) and failure.filename is not None:
        return f"{failure.filename}: {failure.strerror}. Check that the path exists, its permissions and the disk."
    return str(failure) or type(failure).__name__
