"""Audit the packages that the function app installs: known vulnerabilities, licences, and a bill of materials.

`make audit` runs it. Reports go to `build/audit`. Exits 1 when a package has a known vulnerability or a licence that
is not allowed; 2 when nothing of that kind was found, but not every package could be checked for vulnerabilities.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import metadata
from typing import Any

from scripts.licences import ROOT, licence_of, required_packages

REPORTS = ROOT / "build/audit"
REQUIREMENTS = "requirements.txt"
"""The larger list; requirements-no-ocr.txt is a part of it (tests/architecture/test_production_packages.py)."""
FOUND, NOT_CHECKED = 1, 2
SOURCES = ("pypi", "osv")
"""Databases of vulnerabilities that pip-audit can ask, in the order of asking."""
SECONDS_PER_SOURCE = 300

PERMISSIVE = "permissive: asks for its notice, which each installed package contains"
_FILE_COPYLEFT = "covers its own files only, which are installed unchanged"
_LIBRARY_COPYLEFT = "installed unchanged, as a library that can be replaced"
ALLOWED = {
    **dict.fromkeys(("MIT", "MIT-0", "MIT-CMU", "BSD", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC"), PERMISSIVE),
    **dict.fromkeys(("Apache-2.0", "PSF-2.0", "Zlib", "CC0-1.0"), PERMISSIVE),
    "MPL-2.0": _FILE_COPYLEFT,
    **dict.fromkeys(("LGPL-2.0-or-later", "LGPL-3.0-only"), _LIBRARY_COPYLEFT),
}
"""Why each licence may be installed, by SPDX identifier."""
EXCEPTIONS = {"pymupdf": "offer the source or buy a licence: docs/decisions/0003-mit-with-pymupdf.md"}
"""Packages that are allowed under another licence, and what that asks for."""


@dataclass(frozen=True)
class Vulnerabilities:
    """The answer of one database: descriptions of what it knows, and the packages that it did not answer for."""

    source: str
    known: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    problem: str = ""


def parse_answer(source: str, printed: str, packages: Iterable[str]) -> Vulnerabilities:
    """Return what pip-audit printed as JSON; `packages` are those that it was asked about.

    pip-audit reports a package that the database does not have as skipped, and exits 0.
    """
    entries: list[dict[str, Any]] = json.loads(printed)["dependencies"]
    checked = {entry["name"] for entry in entries if "skip_reason" not in entry}
    known = [
        f"{entry['name']} {entry['version']}: {found['id']}, corrected in {', '.join(found['fix_versions']) or 'none'}"
        for entry in entries
        for found in entry.get("vulns", [])
    ]
    return Vulnerabilities(source, tuple(known), tuple(name for name in packages if name not in checked))


def ask_database(source: str, packages: Iterable[str]) -> Vulnerabilities:
    """Ask one database about the packages of the list; a database that cannot be reached has checked none."""
    options = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "15", "--format", "json")
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", source, *options, "-r", REQUIREMENTS]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS_PER_SOURCE
        )
    except subprocess.TimeoutExpired:
        return Vulnerabilities(source, (), tuple(packages), f"no answer in {SECONDS_PER_SOURCE} s")
    if not done.stdout.startswith("{"):
        reason = (done.stderr.strip().splitlines() or [f"pip-audit exited {done.returncode}"])[-1]
        return Vulnerabilities(source, (), tuple(packages), reason)
    return parse_answer(source, done.stdout, packages)


def licences_of(requirements: str) -> dict[str, str]:
    """Return the licence of each package that a list pins for Linux."""
    pinned = required_packages((ROOT / requirements).read_text())
    return {package.name: licence_of(metadata(package.name)) for package in pinned}


def find_vulnerabilities(packages: Iterable[str]) -> list[Vulnerabilities]:
    """Ask the databases in turn until one has answered for every package."""
    names, answers = tuple(packages), list[Vulnerabilities]()
    for source in SOURCES:
        answers.append(ask_database(source, names))
        if not answers[-1].unchecked:
            break
    return answers


def unchecked_packages(answers: Iterable[Vulnerabilities]) -> set[str]:
    """Return the packages that no database answered for."""
    return set.intersection(*(set(answer.unchecked) for answer in answers))


def refused_licences(licences: Mapping[str, str]) -> list[str]:
    """Return the packages with a licence that is not allowed, with what to do; `licences` are expressions by name."""
    return [
        f"{name}: {licence} is not allowed. Replace the package, or allow it in scripts/audit.py with the reason."
        for name, licence in licences.items()
        if name not in EXCEPTIONS and not all(part in ALLOWED for part in licence_names(licence))
    ]


def licence_names(expression: str) -> list[str]:
    """Return the licences that an expression names; all must be allowed, also where one may choose."""
    return re.split(r" (?:and|or) ", expression.strip("()"), flags=re.IGNORECASE)


def licence_report(licences: Mapping[str, str]) -> str:
    """Return a line of each package: name, licence, and why it is allowed."""
    reasons = {
        name: EXCEPTIONS.get(name) or "; ".join(dict.fromkeys(ALLOWED.get(part, "-") for part in licence_names(text)))
        for name, text in licences.items()
    }
    return "".join(f"{name}\t{text}\t{reasons[name]}\n" for name, text in licences.items())


def bill_of_materials(licences: Mapping[str, str]) -> dict[str, Any]:
    """Return the CycloneDX document of the list: packages with versions, hashes and licences."""
    options = ("--of", "JSON", "--pyproject", "pyproject.toml", "--output-reproducible")
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", REQUIREMENTS, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    components = [each for each in document["components"] if each["name"] in licences]
    for component in components:
        component["licenses"] = [{"license": {"name": licences[component["name"]]}}]
        component["description"] = f"pinned in {REQUIREMENTS}"
    references = {each["bom-ref"] for each in components} | {document["metadata"]["component"]["bom-ref"]}
    kept = [each for each in document.get("dependencies", []) if each["ref"] in references]
    return {**document, "components": components, "dependencies": kept}


def main() -> int:
    """Run the three checks, print what is wrong, and return the exit code."""
    licences = licences_of(REQUIREMENTS)
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / "licences.tsv").write_text(licence_report(licences))
    (REPORTS / "sbom.cdx.json").write_text(json.dumps(bill_of_materials(licences), indent=1))
    refused, answers = refused_licences(licences), find_vulnerabilities(licences)
    known = sorted({line for answer in answers for line in answer.known})
    unchecked = unchecked_packages(answers)
    for line in [*refused, *known]:
        print(line)
    for answer in answers:
        checked = len(licences) - len(answer.unchecked)
        print(f"vulnerabilities ({answer.source}): {checked} of {len(licences)} packages checked. {answer.problem}")
    print(f"licences: {len(licences) - len(refused)} of {len(licences)} allowed; {', '.join(EXCEPTIONS)} by exception")
    print(f"bill of materials and report of licences: {REPORTS.relative_to(ROOT)}")
    if unchecked:
        print(f"NOT CHECKED for vulnerabilities: {len(unchecked)} packages. Run `make audit` where a database answers.")
    return FOUND if refused or known else NOT_CHECKED if unchecked else 0


if __name__ == "__main__":
    sys.exit(main())
