"""Which role may call which operation of the API. What is not listed is denied."""

from collections.abc import Mapping

from shared.domain.identity.principal import NotPermitted, Principal, Role

OPEN_OPERATIONS = frozenset({"health"})
"""Operations that anybody may call without signing in."""
_REVIEWERS = frozenset({Role.REVIEWER, Role.LEAD, Role.OPERATOR})
_LEADS = frozenset({Role.LEAD, Role.OPERATOR})
_OPERATORS = frozenset({Role.OPERATOR})
_AUDITORS = frozenset({Role.AUDITOR})

PERMITTED_ROLES: Mapping[str, frozenset[Role]] = {
    "document_types": _REVIEWERS | _AUDITORS,
    "document": _REVIEWERS | _AUDITORS,
    "review_list": _REVIEWERS | _AUDITORS,
    "review_get": _REVIEWERS | _AUDITORS,
    "review_claim": _REVIEWERS,
    "review_release": _REVIEWERS,
    "review_complete": _REVIEWERS,
    "status": _LEADS | _AUDITORS,
    "document_events": _LEADS | _AUDITORS,
    "document_history": _LEADS | _AUDITORS,
    "document_correct": _LEADS,
    "document_replay": _OPERATORS,
    "document_forget": _OPERATORS,
    "events_replay": _OPERATORS,
}
"""Roles by operation: the name of its function."""


def check_permitted(operation: str, caller: Principal) -> None:
    """Raise NotPermitted unless the caller has a role that may call the operation."""
    permitted = PERMITTED_ROLES.get(operation, frozenset())
    if permitted & caller.roles:
        return
    needed = " or ".join(sorted(permitted)) or "that exists"
    held = ", ".join(sorted(caller.roles)) or "none"
    raise NotPermitted(
        f"This request needs the role {needed}; the caller has {held}. "
        "Roles are given in Microsoft Entra ID, under Enterprise applications."
    )
