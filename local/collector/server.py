"""The endpoint of the local collector: OTLP over HTTP in protobuf, on loopback, in the process of the cloud."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from google.protobuf.message import DecodeError

from local.collector.otlp import Entry, read_logs, read_metrics, read_spans
from local.collector.telemetry_files import Signal, TelemetryFiles

PROTOBUF = "application/x-protobuf"
_MAX_REQUEST_BYTES = 32_000_000
_PATHS: dict[str, tuple[Signal, Callable[[bytes], Iterable[Entry]]]] = {
    "/v1/traces": ("spans", read_spans),
    "/v1/metrics": ("metrics", read_metrics),
    "/v1/logs": ("logs", read_logs),
}


def build_app(files: TelemetryFiles) -> web.Application:
    """Return the application, which keeps what it receives in `files`."""

    async def receive(request: web.Request) -> web.Response:
        signal, read = _PATHS[request.path]
        if request.content_type != PROTOBUF:
            return web.Response(status=415, text=f"Send {PROTOBUF}: OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.")
        try:
            entries = list(read(await request.read()))
        except DecodeError:
            return web.Response(status=400, text="The body is not an OTLP request.")
        files.append(signal, entries)
        return web.Response(content_type=PROTOBUF)

    app = web.Application(client_max_size=_MAX_REQUEST_BYTES)
    for path in _PATHS:
        app.router.add_post(path, receive)
    return app


@asynccontextmanager
async def serve(folder: Path, port: int = 0) -> AsyncIterator[str]:
    """Serve a collector that keeps its files in `folder`, for the length of a block; yields its endpoint."""
    runner = web.AppRunner(build_app(TelemetryFiles(folder)), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
