"""Routes of the API: each answers only callers whose role may call it."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import azure.functions as func

from functions.api.callers import identify
from functions.api.problems import UnsupportedBody
from functions.api.replies import reply
from shared.bootstrap_identity import has_keys
from shared.domain.identity.cross_site import check_same_site
from shared.domain.identity.permissions import OPEN_OPERATIONS, check_permitted
from shared.domain.identity.principal import UNKNOWN_CALLER, Principal

type Handler = Callable[[func.HttpRequest, Principal], Awaitable[object]]
_JSON = "application/json"


def endpoint(blueprint: func.Blueprint, method: str, route: str, code: int = 200) -> Callable[[Handler], Handler]:
    """Register a handler under `route` for one method, as the operation of its name; its result is sent as JSON.

    The Functions host asks for a key where the settings allow keys, and lets everybody through otherwise: then the
    sign-in of the platform, or the app itself, says who calls.
    """

    def register(handler: Handler) -> Handler:
        operation = handler.__name__

        async def answer(req: func.HttpRequest) -> func.HttpResponse:
            return await reply(_call(operation, handler, req), code)

        # not functools.wraps: the worker would read the handler's parameters, and `caller` is no binding
        answer.__name__, answer.__doc__ = operation, handler.__doc__
        needs_key = has_keys() and operation not in OPEN_OPERATIONS
        level = func.AuthLevel.FUNCTION if needs_key else func.AuthLevel.ANONYMOUS
        registered: Handler = blueprint.route(route=route, methods=[method], auth_level=level)(answer)
        return registered

    return register


async def _call(operation: str, handler: Handler, req: func.HttpRequest) -> object:
    """Run a handler for a caller who may call it; raises NotSignedIn, NotPermitted, UnsupportedBody."""
    if operation in OPEN_OPERATIONS:
        return await handler(req, UNKNOWN_CALLER)
    caller = await identify(req)
    check_permitted(operation, caller)
    headers = {name.lower(): value for name, value in req.headers.items()}
    check_same_site(req.method, headers, headers.get("host") or urlsplit(req.url).netloc)
    if req.method.upper() == "POST" and headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise UnsupportedBody("Send the body as JSON, with the header Content-Type: application/json.")
    return await handler(req, caller)
