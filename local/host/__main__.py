"""`python -m local.host`: run a function app until it is told to stop; see docs/local-cloud.md."""

import argparse
import asyncio
import logging
import os
import sys
from datetime import timedelta
from pathlib import Path

from local.host.host import Host, HostOptions
from local.host.settings.config import ConfigError
from local.host.settings.keys import Keys
from local.host.workers.process import WorkerError
from local.processes import Shutdown, announce, child_environment

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def main() -> int:
    """Read the command line and run; 1 when the app cannot run, with the reason on stderr."""
    arguments = _parser().parse_args()
    logging.basicConfig(
        level=arguments.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("azure").setLevel(logging.WARNING)
    try:
        return asyncio.run(_run(_options(arguments)))
    except (ConfigError, WorkerError, OSError) as error:
        print(f"The function app cannot run: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="local.host", description="Runs an Azure Functions app on this machine.")
    parser.add_argument("--app", type=Path, required=True, help="folder with function_app.py and host.json")
    parser.add_argument("--port", type=int, default=0, help="HTTP port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--workers", type=int, default=1, help="worker processes (default: 1)")
    parser.add_argument("--state", type=Path, help="folder for keys (default: .intray/host in the app's folder)")
    parser.add_argument("--log-level", choices=_LEVELS, default="WARNING", help="of host and workers, on stderr")
    parser.add_argument("--max-polling-interval", type=float, default=1.0, help="seconds; bounds host.json's")
    parser.add_argument("--queue-lock", type=float, default=600.0, help="seconds that a taken message is locked for")
    parser.add_argument("--poison-retry", type=float, default=600.0, help="seconds between tries in a -poison queue")
    parser.add_argument("--clock-skew", type=float, default=0.0, help="seconds that workers' clocks may be wrong by")
    parser.add_argument("--grace", type=float, default=30.0, help="seconds that running invocations get to end")
    parser.add_argument("--sign-in", action="store_true", help="stand in for the sign-in of App Service")
    return parser


def _options(arguments: argparse.Namespace) -> HostOptions:
    app = arguments.app.resolve()
    return HostOptions(
        app=app,
        settings=child_environment(),
        state=(arguments.state or app / ".intray" / "host").resolve(),
        port=arguments.port,
        workers=arguments.workers,
        log_level=arguments.log_level,
        max_polling_interval=arguments.max_polling_interval,
        queue_lock=timedelta(seconds=arguments.queue_lock),
        poison_retry=timedelta(seconds=arguments.poison_retry),
        grace=arguments.grace,
        clock_skew=arguments.clock_skew,
        sign_in=arguments.sign_in,
    )


async def _run(options: HostOptions) -> int:
    shutdown = Shutdown()
    host = Host(options)
    await host.start()
    immediate = asyncio.create_task(shutdown.immediate.wait())
    requested = asyncio.create_task(shutdown.requested.wait())
    failed = asyncio.create_task(host.wait_failed())
    announce(url=host.url, functions=[function.name for function in host.functions], keys=str(Keys.path(options.state)))
    await asyncio.wait({requested, failed}, return_when=asyncio.FIRST_COMPLETED)
    stopping = asyncio.create_task(host.stop())
    await asyncio.wait({stopping, immediate}, return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        host.kill()
        os._exit(1)
    if failed.done() and not failed.cancelled():
        failed.result()
    return 0


if __name__ == "__main__":
    sys.exit(main())
