"""Claims of Entra ID as a Principal: people, programs, and what identifies nobody."""

import base64
import json

import pytest

from shared.domain.identity.claims import read_client_principal, read_token_claims
from shared.domain.identity.principal import NotSignedIn, Principal, Role, principal_of_key

OID = "0a1b2c3d-0000-4000-8000-000000000001"
CLIENT = "9f9f9f9f-0000-4000-8000-000000000002"
SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"


def header(*claims: tuple[str, object], **changes: object) -> str:
    """An X-MS-CLIENT-PRINCIPAL without its padding."""
    content = {
        "auth_typ": "aad",
        "name_typ": f"{SOAP}/name",
        "role_typ": "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
        "claims": [{"typ": name, "val": value} for name, value in claims],
        **changes,
    }
    return base64.b64encode(json.dumps(content).encode()).decode().rstrip("=")


def encoded(text: str) -> str:
    """Base64 of a text."""
    return base64.b64encode(text.encode()).decode()


def test_a_person_is_known_by_object_id_and_shown_by_user_name() -> None:
    """The names of claims are those of version 1 and of version 2 of the tokens; the padding may be missing."""
    old = header(
        ("http://schemas.microsoft.com/identity/claims/objectidentifier", OID),
        (f"{SOAP}/upn", "ada@example.com"),
        ("name", "Ada L."),
        ("http://schemas.microsoft.com/ws/2008/06/identity/claims/role", "Reviewer"),
    )
    new = header(("oid", OID), ("preferred_username", "ada@example.com"), ("name", "Ada L."), ("roles", "Reviewer"))
    expected = Principal(
        id=f"user:{OID}", name="ada@example.com", roles=frozenset({Role.REVIEWER}), verified_by="platform"
    )
    assert [expected, expected] == [read_client_principal(old), read_client_principal(new)]
    for letters in range(1, 5):  # every length of padding
        named = read_client_principal(header(("oid", OID), ("name", "x" * letters)))
        assert ("x" * letters, frozenset()) == (named.name, named.roles)


def test_roles_come_from_the_type_that_the_header_names_too() -> None:
    """An app registration may send roles under another claim; unknown and misspelt ones count nothing."""
    found = read_client_principal(
        header(("oid", OID), ("duties", "Lead"), ("roles", "Auditor"), ("roles", "reviewer"), role_typ="duties")
    )
    assert {Role.LEAD, Role.AUDITOR} == found.roles


@pytest.mark.parametrize(
    "claims",
    [
        {"idtyp": "app", "azp": CLIENT, "oid": OID, "sub": OID, "roles": ["Operator"]},
        {"appid": CLIENT, "oid": OID, "sub": OID, "roles": ["Operator"]},
    ],
    ids=["idtyp", "no idtyp"],
)
def test_a_program_is_known_by_its_client_id(claims: dict[str, object]) -> None:
    """`idtyp` is optional in the app registration: without it the subject of the token tells."""
    expected = Principal(
        id=f"app:{CLIENT}", name=f"app:{CLIENT}", roles=frozenset({Role.OPERATOR}), verified_by="token"
    )
    assert expected == read_token_claims(claims)


@pytest.mark.parametrize(
    "claims",
    [
        {"azp": CLIENT, "oid": OID, "sub": "pairwise", "scp": "user_impersonation", "preferred_username": "ada"},
        {"azp": CLIENT, "oid": OID, "sub": OID, "scp": "user_impersonation", "preferred_username": "ada"},
        {"azp": CLIENT, "oid": OID, "sub": OID, "idtyp": "user", "preferred_username": "ada"},
    ],
)
def test_a_person_who_calls_with_a_program_stays_a_person(claims: dict[str, object]) -> None:
    """A token for somebody else names the program too."""
    found = read_token_claims(claims)
    assert (f"user:{OID}", "ada", frozenset()) == (found.id, found.name, found.roles)


def test_a_name_can_be_shown() -> None:
    """Reviewers read it: no control characters, no text without end, and the id where nothing is left."""
    assert "Ada[31m" == read_token_claims({"oid": OID, "name": "Ada\x1b[31m\n"}).name
    assert 200 == len(read_token_claims({"oid": OID, "name": "x" * 999}).name)
    assert f"user:{OID}" == read_token_claims({"oid": OID, "name": "\n"}).name


@pytest.mark.parametrize(
    "text",
    [
        "", "e30", "!!!!", "é", "e30=e30=", "AAAA", encoded("[]"), encoded("null"), encoded("7"),
        encoded("[" * 100_000), encoded('{"auth_typ": "aad"}'), encoded('{"auth_typ": "aad", "claims": "x"}'),
        encoded('{"auth_typ": "aad", "claims": [{"typ": "oid"}]}'), encoded('{"auth_typ": "aad", "claims": [7]}'),
        encoded('{"claims": []}'), header(("oid", 7)), header(("oid", None)), header(), header(("roles", "Operator")),
        header(("oid", "")), header(("oid", "a/b")), header(("oid", "x" * 129)),
        header(("oid", OID), auth_typ="github"), header(("oid", OID), auth_typ=None), header(("oid", OID), claims=None),
    ],
    ids=range(25),
)  # fmt: skip
def test_what_identifies_nobody_is_refused(text: str) -> None:
    """Damaged, of another shape, without an id, or from another identity provider; the message quotes none of it."""
    with pytest.raises(NotSignedIn) as raised:
        read_client_principal(text)
    assert OID not in str(raised.value)
    assert raised.value.__cause__ is None


def test_keys_are_told_apart_without_saying_them() -> None:
    """The same key is always the same caller, an operator."""
    first, second = principal_of_key("first"), principal_of_key("second")
    assert (principal_of_key("first"), False) == (first, first.id == second.id)
    assert (frozenset({Role.OPERATOR}), "key") == (first.roles, first.verified_by)
    assert len("key:") + 12 == len(first.id)
    assert "first" not in first.id + first.name
