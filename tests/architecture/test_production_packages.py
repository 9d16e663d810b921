"""What a function app installs: nothing that only tools need, and nothing that makes its package large."""

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, packages_distributions

import pytest
from packaging.requirements import Requirement

from tests.architecture.tree import ROOT, RUNTIME, imported, parsed, python_files

LIMITS = {"requirements-no-ocr.txt": 200, "requirements.txt": 540}
"""Megabytes of installed files, by list, on the platform that runs this test; bytecode does not count."""
OCR = {"rapidocr", "onnxruntime", "opencv-python-headless", "numpy", "shapely"}
"""Distributions of the local OCR engine."""
TOOLS = {"babel", "dateparser", "rapidfuzz", "regex", "pytz", "tzlocal"}
"""Distributions that the command line, the evaluation and the generators need, and no function app."""


def locked(name: str) -> set[str]:
    """Names of the distributions that a list pins for this platform."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = (Requirement(line.removesuffix("\\").strip()) for line in lines if line[:1].isalnum())
    return {pin.name for pin in pins if pin.marker is None or pin.marker.evaluate()}


def file_sizes(installed: Distribution) -> Iterator[int]:
    """Sizes in bytes, as the distribution's RECORD states them."""
    assert installed.files, f"{installed.name} has no RECORD"
    yield from (file.size for file in installed.files if file.size is not None)


@pytest.mark.parametrize("name", LIMITS)
def test_the_installed_packages_stay_below_a_limit(name: str) -> None:
    """A large package makes each cold start slow; whoever adds one decides whether it is worth it."""
    megabytes = {each: sum(file_sizes(distribution(each))) / 1e6 for each in locked(name)}
    largest = sorted(megabytes.items(), key=lambda item: -item[1])[:10]
    assert sum(megabytes.values()) <= LIMITS[name], f"the largest: {largest}"


@pytest.mark.parametrize("name", LIMITS)
def test_no_production_list_names_a_tool(name: str) -> None:
    """They would be installed, loaded and patched for nothing."""
    assert set() == locked(name) & TOOLS


def test_the_app_imports_only_what_production_installs() -> None:
    """A module that only the development environment has would fail in the first function that needs it."""
    provided, installed = packages_distributions(), set.union(*map(locked, LIMITS))
    own = {*sys.stdlib_module_names, "shared", "functions", "function_app"}
    missing = [
        f"{name}:{line} {module}"
        for name in python_files(*RUNTIME)
        for line, module in imported(parsed(name))
        if (top := module.split(".")[0]) not in own
        and not {each.lower().replace("_", "-") for each in provided.get(top, ())} & installed
    ]
    assert [] == missing


def test_only_one_list_brings_the_ocr_engine() -> None:
    """Whoever reads scans with Document Intelligence, or none at all, installs a third; the other pins are the same."""
    without, with_ocr = locked("requirements-no-ocr.txt"), locked("requirements.txt")
    assert (set(), OCR) == (without & OCR, with_ocr & OCR)
    pins = [
        {line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line[:1].isalnum()}
        for name in ("requirements-no-ocr.txt", "requirements.txt")
    ]
    assert set() == pins[0] - pins[1]
