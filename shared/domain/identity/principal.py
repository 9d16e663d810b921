"""A caller of the API: who they are, which roles they have, and how that was verified."""

import hashlib
from enum import StrEnum
from typing import Literal

from shared.domain.base.errors import IntrayError
from shared.domain.base.frozen import Frozen

MAX_NAME_LENGTH = 200
"""Characters of a principal's name, and of the holder of a lease."""
_FINGERPRINT_DIGITS = 12

type Verification = Literal["none", "platform", "token", "key"]
"""By nobody; by the sign-in of the platform; by the app from a token; by the Functions host from a function key."""


class Role(StrEnum):
    """An app role of the app registration (infra/app-roles.json); permissions.py says what each may do."""

    REVIEWER = "Reviewer"
    LEAD = "Lead"
    OPERATOR = "Operator"
    AUDITOR = "Auditor"


class Principal(Frozen):
    """A caller. `id` is stable and stored with what they do: `user:<object id>`, `app:<client id>`, `key:<digits>`.

    `name` is shown to people, such as the reviewers who wait for a case.
    """

    id: str
    name: str
    roles: frozenset[Role]
    verified_by: Verification


UNKNOWN_CALLER = Principal(id="", name="", roles=frozenset(), verified_by="none")
"""Whoever calls an operation that is open to everybody."""


class NotSignedIn(IntrayError):
    """The request does not say who calls in a way that this deployment accepts."""


class NotPermitted(IntrayError):
    """The caller has none of the roles that the operation needs, or the request comes from another site."""


def principal_of_key(key: str) -> Principal:
    """Return the caller that showed a function key, which the Functions host has checked: an operator.

    The host does not tell Python which of its keys it was, so the name is made from the key's SHA-256.
    """
    digits = hashlib.sha256(key.encode()).hexdigest()[:_FINGERPRINT_DIGITS]
    return Principal(id=f"key:{digits}", name=f"key {digits}", roles=frozenset({Role.OPERATOR}), verified_by="key")
