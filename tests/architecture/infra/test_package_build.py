"""The package has the packages of the OCR engine that the deployment's settings choose."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import pytest
import yaml

from shared.settings import Settings
from tests.architecture.infra.bicep import INFRA
from tests.architecture.tree import ROOT

ENGINES = get_args(Settings.model_fields["ocr_engine"].annotation)
HOOK = INFRA / "hooks" / "build-packages.sh"
FAKE_UV = """#!/bin/sh
for argument; do last=$argument; done
mkdir -p .python_packages && echo "$last" > .python_packages/list
"""


def _build(folder: Path, engine: str | None) -> subprocess.CompletedProcess[str]:
    """Run the hook in a copy of its place, with an installer that only notes the list."""
    hooks, tools = folder / "infra" / "hooks", folder / "bin"
    hooks.mkdir(parents=True)
    tools.mkdir()
    shutil.copy(HOOK, hooks)
    (tools / "uv").write_text(FAKE_UV)
    (tools / "uv").chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "INTRAY_OCR_ENGINE"}
    environment |= {"PATH": f"{tools}:{os.environ['PATH']}"} | ({} if engine is None else {"INTRAY_OCR_ENGINE": engine})
    command = ["sh", str(hooks / HOOK.name)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("engine", [None, "", *ENGINES])
def test_the_engine_chooses_the_list(tmp_path: Path, engine: str | None) -> None:
    """Only the engine inside the app needs its packages, which are two thirds of all."""
    done = _build(tmp_path, engine)
    assert done.returncode == 0, done.stderr
    expected = "requirements.txt" if engine in {None, "", "rapidocr"} else "requirements-no-ocr.txt"
    assert (tmp_path / ".python_packages" / "list").read_text().strip() == expected
    assert expected in done.stdout


def test_an_unknown_engine_builds_nothing(tmp_path: Path) -> None:
    """A slip must not deploy an app that takes no upload."""
    done = _build(tmp_path, "tesseract")
    assert (done.returncode, "document_intelligence" in done.stderr) == (2, True)
    assert not (tmp_path / ".python_packages").exists()


def test_windows_chooses_as_well() -> None:
    """The two scripts name the same engines and lists; nothing here can run the other one."""
    source = HOOK.with_suffix(".ps1").read_text(encoding="utf-8")
    assert set(ENGINES) <= set(re.findall(r"'(\w+)'", source))
    lists = set(re.findall(r"requirements[\w-]*\.txt", source))
    assert lists == set(re.findall(r"requirements[\w-]*\.txt", HOOK.read_text(encoding="utf-8")))


def test_one_value_chooses_the_setting_and_the_packages() -> None:
    """The developer command line and the workflow give the hook what they give the deployment."""
    parameters = json.loads((INFRA / "main.parameters.json").read_text(encoding="utf-8"))["parameters"]
    assert parameters["ocrEngine"]["value"] == "${INTRAY_OCR_ENGINE=rapidocr}"
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8"))
    (step,) = [step for step in workflow["jobs"]["deploy"]["steps"] if step.get("name") == "Deploy the app"]
    assert ".parameters.ocrEngine.value" in step["run"]
    assert step["run"].index("INTRAY_OCR_ENGINE=") < step["run"].index("infra/hooks/build-packages.sh")
