"""List the licences of the packages that the function app needs, from the metadata of the installed packages."""

import re
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
MAX_NAME = 80
"""Characters of a `License` field that is a name; longer ones are the text of the licence."""
_SAME_NAME = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "3-Clause BSD License": "BSD-3-Clause",
    "Python Software Foundation License": "PSF-2.0",
    "Dual Licensed - GNU AFFERO GPL 3.0 or Artifex Commercial License": "AGPL-3.0 or Artifex commercial licence",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""SPDX identifiers of licences that packages name in words."""

_FROM_FILES: dict[str, list[str]] = {"chardetng_py": ["MIT"]}
"""Licences of packages whose metadata names none, read in the licence files that they install."""
_LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}


def required_packages(requirements: str) -> list[Requirement]:
    """Return the pinned packages of a requirements file, those for Linux, where Azure runs the app."""
    lines = (line.removesuffix("\\").strip() for line in requirements.splitlines() if re.match(r"[A-Za-z]", line))
    pinned = [Requirement(line) for line in lines]
    return [package for package in pinned if not package.marker or package.marker.evaluate(_LINUX)]


def licence_of(package: PackageMetadata) -> str:
    """Return the SPDX expression, else the licence classifiers, else the name in the `License` field.

    Raises ValueError when the metadata names no licence.
    """
    if expression := package.get("License-Expression"):
        return expression
    prefix = "License :: OSI Approved :: "
    classifiers = package.get_all("Classifier", [])
    licences = [line.removeprefix(prefix) for line in classifiers if line.startswith(prefix)]
    text = (package.get("License") or "").strip()
    if not licences and text and len(text) <= MAX_NAME:
        licences = [text]
    licences = licences or _FROM_FILES.get(package["Name"], [])
    if not licences:
        raise ValueError(f"The metadata of {package['Name']} names no licence.")
    return " or ".join(_SAME_NAME.get(name, name) for name in licences)


def licence_table() -> str:
    """Return a Markdown table of the required packages: name, licence, direct or required by another package."""
    direct = set(re.findall(r'^  "([\w.-]+)', _dependencies(), re.MULTILINE))
    names = [package.name for package in required_packages((ROOT / "requirements.txt").read_text())]
    rows = [
        f"| {name} | {licence_of(metadata(name))} | {'direct' if name in direct else 'indirect'} |" for name in names
    ]
    return "\n".join(["| package | licence | needed |", "| -- | -- | -- |", *sorted(rows, key=str.lower)])


def _dependencies() -> str:
    text = (ROOT / "pyproject.toml").read_text()
    return text[text.index("dependencies = [") : text.index("\nlocal = [")]
