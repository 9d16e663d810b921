"""`make audit`: what it refuses, and that it never takes silence for a clean answer."""

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts import audit
from scripts.audit import Vulnerabilities

PERMISSIVE = {"one": "MIT", "two": "Apache-2.0 OR BSD-3-Clause"}


def answer(*entries: dict[str, object]) -> str:
    return json.dumps({"dependencies": entries, "fixes": []})


def test_a_known_vulnerability_is_named_with_its_correction() -> None:
    """The reader must know which version to install."""
    found = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": []}
    printed = answer({"name": "one", "version": "1.0", "vulns": [found]}, {"name": "two", "version": "2", "vulns": []})
    assert audit.parse_answer("pypi", printed, ["one", "two"]) == Vulnerabilities(
        "pypi", ("one 1.0: PYSEC-1, corrected in 1.1",)
    )


def test_a_skipped_or_missing_package_is_not_checked() -> None:
    """The tool exits 0 when the database knows none of the packages, and says that nothing was found."""
    printed = answer({"name": "one", "skip_reason": "Dependency not found on PyPI"})
    assert audit.parse_answer("pypi", printed, ["one", "two"]).unchecked == ("one", "two")


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT AND GPL-3.0-only", True),
        ("SSPL-1.0", True),
        ("Apache-2.0 OR BSD-2-Clause", False),
        ("MPL-2.0 AND MIT", False),
    ],
)
def test_only_listed_licences_are_allowed(licence: str, *, refused: bool) -> None:
    """A new dependency must not bring an obligation that nobody has read."""
    assert bool(audit.refused_licences({"one": licence})) is refused


def test_the_one_exception_counts_for_its_package_only() -> None:
    """The decision about the AGPL was made for one library."""
    assert not audit.refused_licences({"pymupdf": "AGPL-3.0"})
    assert audit.refused_licences({"other": "AGPL-3.0"})


@pytest.mark.parametrize(
    ("answers", "licences", "code"),
    [
        ([Vulnerabilities("pypi")], PERMISSIVE, 0),
        ([Vulnerabilities("pypi", (), ("one",)), Vulnerabilities("osv")], PERMISSIVE, 0),
        ([Vulnerabilities("pypi", (), ("one",), "unreachable"), Vulnerabilities("osv", (), ("one",))], PERMISSIVE, 2),
        ([Vulnerabilities("pypi", ("one 1.0: PYSEC-1",), ("two",))], PERMISSIVE, 1),
        ([Vulnerabilities("pypi")], {"one": "SSPL-1.0"}, 1),
    ],
)
def test_exit_code_tells_found_from_not_checked(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    answers: list[Vulnerabilities],
    licences: dict[str, str],
    code: int,
) -> None:
    """CI must stop for both, and whoever reads the log must see which it was."""
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    monkeypatch.setattr(audit, "REPORTS", tmp_path / "reports")
    (tmp_path / audit.REQUIREMENTS).write_text("".join(f"{name}==1.0\n" for name in licences))
    monkeypatch.setattr(audit, "metadata", licences.get)
    monkeypatch.setattr(audit, "licence_of", str)
    monkeypatch.setattr(audit, "bill_of_materials", dict)
    monkeypatch.setattr(audit, "find_vulnerabilities", lambda _: answers)
    assert code == audit.main()


def test_each_licence_of_production_is_allowed_for_a_reason() -> None:
    """The report goes to people who decide whether they may run this."""
    licences = audit.licences_of(audit.REQUIREMENTS)
    assert audit.refused_licences(licences) == []
    assert all(line.split("\t")[2] != "-" for line in audit.licence_report(licences).splitlines())


def test_the_bill_of_materials_is_valid_and_complete() -> None:
    """Scanners refuse an invalid document, and a missing package is a vulnerability that nobody hears of."""
    licences = audit.licences_of(audit.REQUIREMENTS)
    document = audit.bill_of_materials(licences)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document)) is None
    listed = {each["name"]: each["licenses"][0]["license"]["name"] for each in document["components"]}
    assert listed == licences
    assert all(each["externalReferences"][0]["hashes"] for each in document["components"])
