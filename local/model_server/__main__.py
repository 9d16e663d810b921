"""`python -m local.model_server`: serve on loopback until SIGTERM, SIGINT or the end of its parent's pipe on stdin."""

import argparse
import asyncio
import logging
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from aiohttp import web

from local.model_server.deployments import Catalogue
from local.model_server.faults.script import FaultScript, parse_rules
from local.model_server.limits import RateWindow
from local.model_server.offline.reader import start_worker
from local.model_server.server import State, make_app
from local.model_server.turns import Turns
from local.processes import Shutdown, announce

_DRAIN_SECONDS = 10.0


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m local.model_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--key", help="the key that clients must send; without it any key will do")
    parser.add_argument("--faults", type=Path, help="a JSON file with a list of scripted faults")
    parser.add_argument("--deployment", action="append", default=[], metavar="NAME[=MODEL]", help="one more deployment")
    parser.add_argument("--workers", type=int, default=1, help="processes that read")
    parser.add_argument("--requests-per-minute", type=int, help="answer 429 beyond this")
    parser.add_argument("--tokens-per-minute", type=int, help="answer 429 beyond this")
    parser.add_argument("--output-tokens", type=int, help="cut answers off here, whatever the request allows")
    args = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    asyncio.run(serve(args))


async def serve(args: argparse.Namespace) -> None:
    """Run the server, print the ready line, and drain when told to stop."""
    shutdown = Shutdown()
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(args.workers, mp_context=context, initializer=start_worker) as pool:
        rules = parse_rules(args.faults.read_bytes()) if args.faults else []
        rate = RateWindow(time.monotonic, args.requests_per_minute, args.tokens_per_minute)
        catalogue, faults = Catalogue(tuple(args.deployment)), FaultScript(rules)
        state = State(args.key, pool, rate, args.output_tokens, catalogue, faults, turns=Turns(args.workers))
        runner = web.AppRunner(make_app(state), access_log=None, shutdown_timeout=_DRAIN_SECONDS)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", args.port).start()
        host, port = runner.addresses[0][:2]
        announce(url=f"http://{host}:{port}")
        await shutdown.requested.wait()
        await runner.cleanup()


if __name__ == "__main__":
    main()
