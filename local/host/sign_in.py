"""A stand-in for the sign-in of App Service: who is signed in becomes a header that callers cannot set themselves.

It does to requests what the platform does; who signs in is whoever says so. It is for trying out and testing roles.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field

from aiohttp import web
from multidict import CIMultiDict

COOKIE = "AppServiceAuthSession"
MARKER = "WEBSITE_AUTH_ENABLED"
_PRINCIPAL = "X-MS-CLIENT-PRINCIPAL"
_ROLES = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"


@dataclass(frozen=True)
class SignIn:
    """Sign-in in front of a function app.

    Attributes:
        operator_token: a bearer token that stands for a program with the role Operator.
        open_paths: paths that ask for no sign-in, as `excludedPaths` of App Service.
    """

    operator_token: str
    open_paths: tuple[str, ...] = ()
    _sessions: dict[str, str] = field(default_factory=dict)

    def add_routes(self, application: web.Application) -> None:
        """Serve `/.auth/login/local?name=Ada&role=Reviewer`, `/.auth/me` and `/.auth/logout`."""
        application.router.add_get("/.auth/login/local", self._log_in)
        application.router.add_get("/.auth/me", self._tell)
        application.router.add_get("/.auth/logout", self._log_out)

    def admit(self, request: web.Request) -> web.Request | None:
        """Return a request as the app gets it, or None when nobody is signed in.

        Whatever the caller sends under the platform's names is removed, on open paths too.
        """
        headers = CIMultiDict(
            (name, value) for name, value in request.headers.items() if not name.upper().startswith("X-MS-")
        )
        principal = self._principal_of(request)
        if principal is not None:
            headers[_PRINCIPAL] = principal
        elif request.path not in self.open_paths:
            return None
        return request.clone(headers=headers)

    def _principal_of(self, request: web.Request) -> str | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if hmac.compare_digest(token.encode(), self.operator_token.encode()):
                claims = [("idtyp", "app"), ("azp", "local-program"), (_ROLES, "Operator")]
                return _encoded(claims)
            return None  # as the platform: a token that is not valid is no reason to look for a session
        return self._sessions.get(request.cookies.get(COOKIE, ""))

    async def _log_in(self, request: web.Request) -> web.StreamResponse:
        name = request.query.get("name", "").strip()
        if not name:
            raise web.HTTPBadRequest(text="Say who signs in: /.auth/login/local?name=Ada&role=Reviewer")
        session = secrets.token_urlsafe(24)
        claims = [
            (f"{_SOAP}/upn", name),
            ("name", name),
            *((_ROLES, role) for role in request.query.getall("role", [])),
        ]
        object_id = hashlib.sha256(name.encode()).hexdigest()[:32]
        self._sessions[session] = _encoded(
            [("http://schemas.microsoft.com/identity/claims/objectidentifier", object_id), *claims]
        )
        response = web.Response(status=302, headers={"Location": "/"})
        response.set_cookie(COOKIE, session, httponly=True, samesite="Lax", path="/")
        return response

    async def _tell(self, request: web.Request) -> web.StreamResponse:
        principal = self._principal_of(request)
        if principal is None:
            return web.Response(status=401)
        content = json.loads(base64.b64decode(principal + "=" * (-len(principal) % 4)))
        return web.json_response([{"provider_name": "aad", "user_claims": content["claims"]}])

    async def _log_out(self, request: web.Request) -> web.StreamResponse:
        self._sessions.pop(request.cookies.get(COOKIE, ""), None)
        response = web.Response(status=302, headers={"Location": "/"})
        response.del_cookie(COOKIE, path="/")
        return response


def _encoded(claims: list[tuple[str, str]]) -> str:
    """Return the platform's header for these claims; it leaves the padding out, as the platform may."""
    content = {
        "auth_typ": "aad",
        "name_typ": f"{_SOAP}/name",
        "role_typ": _ROLES,
        "claims": [{"typ": name, "val": value} for name, value in claims],
    }
    return base64.b64encode(json.dumps(content).encode()).decode().rstrip("=")
