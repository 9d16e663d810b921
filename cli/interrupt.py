"""Run a command until it ends or a signal stops it, and clean up in both cases."""

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
    """Run `command`; return the exit code, 1 after a reported error, `stopped` after Ctrl-C, SIGTERM or SIGHUP.

    Errors of Intray, of the local cloud and of the operating system (no permission, no space) are shown as sentences.

    The first signal cancels it, which lets it clean up, and prints `message`; each further one cancels the clean-up.
    """
    try:
        return asyncio.run(_run_with_signals(command, message, stopped))
    except* (CloudError, IntrayError, OSError) as failures:
        _complain(failures)
    return 1


def check_settings() -> None:
    """Exit with all problems of the settings, before a command does slow imports."""
    from local.settings import load_settings

    try:
        load_settings()
    except IntrayError as error:
        from local.terminal import complain

        complain(str(error))
        raise SystemExit(1) from None


async def _run_with_signals(command: Coroutine[Any, Any, int], message: str, stopped: int) -> int:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(command)
    is_stopping = False

    def stop() -> None:
        nonlocal is_stopping
        if not is_stopping:
            print(message, flush=True)
        is_stopping = True
        task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not is_stopping:
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
