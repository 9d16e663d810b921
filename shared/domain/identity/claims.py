"""Claims of Microsoft Entra ID as a Principal: from the header of the platform's sign-in, or from a token."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from shared.domain.identity.principal import MAX_NAME_LENGTH, NotSignedIn, Principal, Role, Verification

_ENTRA = "aad"
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
_OBJECT_IDS = ("oid", "http://schemas.microsoft.com/identity/claims/objectidentifier")
_SUBJECTS = ("sub", f"{_SOAP}/nameidentifier")
_CLIENT_IDS = ("azp", "appid")
_NAMES = ("preferred_username", "upn", f"{_SOAP}/upn", "unique_name", f"{_SOAP}/emailaddress", "email", "name")
_ROLE_TYPES = ("roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role")
_ID_LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.")
_MAX_ID_LENGTH = 128


class Claim(NamedTuple):
    """One statement about a caller; a list of values is several claims of one type."""

    type: str
    value: str


class _HeaderClaim(BaseModel):
    typ: str
    val: str


class _ClientPrincipal(BaseModel):
    auth_typ: str
    role_typ: str | None = None
    claims: tuple[_HeaderClaim, ...]


def read_client_principal(header: str) -> Principal:
    """Return the caller of the header X-MS-CLIENT-PRINCIPAL (base64 of JSON; the padding may be missing).

    Trust the header only behind the platform's sign-in, which removes it from what clients send. Raises NotSignedIn.
    """
    try:
        text = header.strip().rstrip("=").translate(str.maketrans("-_", "+/"))
        content = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
        found = _ClientPrincipal.model_validate(content)
    except (ValueError, RecursionError, ValidationError):  # binascii.Error is a ValueError; no cause: it quotes claims
        raise NotSignedIn("The sign-in of the platform sent an unreadable X-MS-CLIENT-PRINCIPAL.") from None
    if found.auth_typ != _ENTRA:
        raise NotSignedIn("Sign in with Microsoft Entra ID: roles of another identity provider do not count.")
    claims = [Claim(claim.typ, claim.val) for claim in found.claims]
    return principal_of_claims(claims, "platform", found.role_typ)


def read_token_claims(claims: Mapping[str, object]) -> Principal:
    """Return the caller of a verified token; raises NotSignedIn."""
    listed = [
        Claim(name, value)
        for name, content in claims.items()
        for value in (content if isinstance(content, list) else [content])
        if isinstance(value, str)
    ]
    return principal_of_claims(listed, "token")


def principal_of_claims(claims: Iterable[Claim], verified_by: Verification, role_type: str | None = None) -> Principal:
    """Return the caller that the claims are about: a person, or a program with a token of its own.

    Roles that Intray does not know are ignored. Raises NotSignedIn when no claim identifies the caller.
    """
    values: dict[str, list[str]] = {}
    for claim in claims:
        values.setdefault(claim.type, []).append(claim.value)
    granted = {value for name in {*_ROLE_TYPES, role_type} if name for value in values.get(name, ())}
    roles = frozenset(role for role in Role if role in granted)
    object_id, subject = _first(values, _OBJECT_IDS), _first(values, _SUBJECTS)
    client_id = _first(values, _CLIENT_IDS)
    if _is_program(values, object_id, subject) and client_id:
        identity = f"app:{_checked_id(client_id)}"
        return Principal(id=identity, name=identity, roles=roles, verified_by=verified_by)
    identity = f"user:{_checked_id(object_id or subject)}"
    return Principal(
        id=identity, name=_printable(_first(values, _NAMES)) or identity, roles=roles, verified_by=verified_by
    )


def _is_program(values: Mapping[str, list[str]], object_id: str, subject: str) -> bool:
    """Whether a token was issued to a program for itself.

    `idtyp` is optional in the app registration; without it such a token has its object id as subject, and no scope.
    """
    if kinds := values.get("idtyp"):
        return kinds == ["app"]
    return bool(object_id) and object_id == subject and "scp" not in values


def _first(values: Mapping[str, list[str]], types: Iterable[str]) -> str:
    return next((values[name][0] for name in types if values.get(name)), "")


def _checked_id(text: str) -> str:
    """Return an id as it may be stored and logged; raises NotSignedIn."""
    if not text or len(text) > _MAX_ID_LENGTH or not _ID_LETTERS.issuperset(text):
        raise NotSignedIn("The sign-in does not say who calls: its claims have no valid object id.")
    return text


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()[:MAX_NAME_LENGTH]
