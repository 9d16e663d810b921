"""The host's HTTP server on loopback: functions under the route prefix, webhooks, and the admin address."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from local.host.settings.keys import Keys
from local.host.sign_in import SignIn
from local.host.triggers.http_trigger import HttpTrigger
from local.host.triggers.webhooks import Webhooks

_MAX_BODY_BYTES = 210_000_000  # the limit of the real host


class Server:
    """Serves one host.

    Args:
        http: answers what is under the route prefix.
        webhooks: answers Event Grid.
        keys: open the admin address.
        status: returns the host's state.
        route_prefix: from host.json; may be empty.
        sign_in: stands in front of the functions; None: nobody signs in.
    """

    def __init__(
        self,
        http: HttpTrigger,
        webhooks: Webhooks,
        keys: Keys,
        status: Callable[[], dict[str, Any]],
        route_prefix: str,
        sign_in: SignIn | None = None,
    ) -> None:
        self._http = http
        self._keys = keys
        self._status = status
        self._sign_in = sign_in
        self._prefix = "/" + route_prefix.strip("/")
        application = web.Application(client_max_size=_MAX_BODY_BYTES)
        application.router.add_get("/admin/host/status", self._admin)
        for path, handler in (("blobs", webhooks.blobs), ("eventgrid", webhooks.event_grid)):
            for method in ("OPTIONS", "POST"):
                application.router.add_route(method, f"/runtime/webhooks/{path}", handler)
        if sign_in:
            sign_in.add_routes(application)
        application.router.add_route("*", "/{path:.*}", self._function)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        self._port = 0

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self, port: int) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one. Raises OSError when the port is taken."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Answer what is being answered, then close."""
        await self._runner.cleanup()

    async def _admin(self, request: web.Request) -> web.Response:
        if not self._keys.admit(request, "admin"):
            return web.Response(status=401)
        return web.json_response(self._status())

    async def _function(self, request: web.Request) -> web.StreamResponse:
        if self._sign_in:
            admitted = self._sign_in.admit(request)
            if admitted is None:
                return web.Response(status=401)
            request = admitted
        path = request.rel_url.raw_path
        if path == "/" != self._prefix:
            return web.Response(text="The function app is up.")
        if path.lower().startswith(self._prefix.lower().rstrip("/") + "/"):
            return await self._http.answer(request, path[len(self._prefix.rstrip("/")) + 1 :])
        return web.Response(status=404)
