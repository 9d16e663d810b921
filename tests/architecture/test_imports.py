"""What import-linter's lists of forbidden names cannot say."""

import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT, imported, parsed, python_files

HEAVY = {
    "openai",
    "pymupdf",
    "fitz",
    "azure.storage",
    "azure.data",
    "azure.eventgrid",
    "azure.identity",
    "PIL",
    "babel",
    "typer",
    "rich",
    "prompt_toolkit",
    "cv2",
    "numpy",
    "rapidocr",
    "onnxruntime",
}


def test_the_domain_imports_only_the_standard_library_and_pydantic() -> None:
    """Whatever else the domain needed would have to be installed, loaded and trusted wherever a rule is read."""
    allowed = {*sys.stdlib_module_names, "pydantic"}
    others = [
        f"{name}:{line} {module}"
        for name in python_files("shared/domain/")
        for line, module in imported(parsed(name))
        if module.split(".")[0] not in allowed and not module.startswith(("shared.domain", "."))
    ]
    assert [] == others


def test_imports_are_absolute() -> None:
    """One name for one module, so that a search for its path finds every use."""
    relative = [
        f"{name}:{line}" for name in python_files() for line, module in imported(parsed(name)) if module.startswith(".")
    ]
    assert [] == relative


@pytest.mark.skipif(not (ROOT / "function_app.py").exists(), reason="function_app.py does not exist yet")
def test_importing_the_app_loads_no_heavy_library() -> None:
    """A cold start indexes the functions before it needs any client: those load when a trigger first uses them."""
    program = "import function_app, sys; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set() == HEAVY & set(loaded.stdout.split())
