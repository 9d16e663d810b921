"""Which OCR engine the settings choose, and what it costs to choose another."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import find_spec

import pytest

from shared.adapters.isolation import ProcessPool
from shared.adapters.ocr.blank_check import BlankCheckingRecognizer
from shared.adapters.ocr.document_intelligence import DocumentIntelligence
from shared.adapters.ocr.rapidocr import RapidOcrRecognizer
from shared.bootstrap import build_context, recognizer
from shared.environment import StorageSettings
from shared.setting_checks import find_setting_problems
from shared.setting_values import InvalidSetting, MissingSetting
from shared.settings import Settings
from shared.testing.isolation import InlineIsolation

_URLS = ";".join(["AccountKey=a2V5", *(f"{name}Endpoint=http://127.0.0.1:1/a" for name in ("Blob", "Queue", "Table"))])
ENDPOINT = "https://example.cognitiveservices.azure.com/"

CHOOSE = """
import sys
from shared.bootstrap import recognizer
from shared.environment import StorageSettings
from shared.settings import Settings
from shared.testing.isolation import InlineIsolation

options = Settings(ocr_engine=sys.argv[1], ocr_endpoint=sys.argv[2], ocr_key="k")
recognizer(options, StorageSettings(), InlineIsolation())
print([name for name in ("onnxruntime", "rapidocr", "cv2", "numpy") if name in sys.modules])
"""
"""A program that chooses an engine, and prints what that has loaded."""


def settings(**values: str) -> Settings:
    """Settings as the environment gives them, all of them texts."""
    return Settings.model_validate(values)


def test_an_engine_is_chosen_by_its_name() -> None:
    """The local one, none, or the service; the name becomes part of the configuration."""
    local = recognizer(settings(), StorageSettings(), InlineIsolation())
    assert isinstance(local, BlankCheckingRecognizer)
    assert isinstance(local.inner, RapidOcrRecognizer)
    assert recognizer(settings(ocr_engine="none"), StorageSettings(), InlineIsolation()) is None
    remote = recognizer(
        settings(ocr_engine="document_intelligence", ocr_endpoint=ENDPOINT, ocr_key="k", ocr_languages="de"),
        StorageSettings(),
        InlineIsolation(),
    )
    assert isinstance(remote, BlankCheckingRecognizer)
    assert isinstance(remote.inner, DocumentIntelligence)
    assert ("rapidocr", "document_intelligence de") == (local.name, remote.name)


def test_a_service_needs_its_address() -> None:
    """The message names the variable."""
    with pytest.raises(MissingSetting, match="INTRAY_OCR_ENDPOINT"):
        recognizer(settings(ocr_engine="document_intelligence"), StorageSettings(), InlineIsolation())


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """What requirements-no-ocr.txt installs: no package of the local engine."""

    def find(name: str) -> ModuleSpec | None:
        return None if name in {"rapidocr", "onnxruntime", "cv2", "numpy"} else find_spec(name)

    monkeypatch.setattr("shared.setting_checks.find_spec", find)


@pytest.mark.usefixtures("without_ocr")
def test_a_local_engine_that_is_not_installed_is_a_setting_problem() -> None:
    """The message names the packages, the file that installs them, and the settings that do without."""
    [problem] = find_setting_problems(settings())
    for words in ("INTRAY_OCR_ENGINE", "missing: rapidocr, onnxruntime", "requirements.txt", "INTRAY_OCR_ENDPOINT"):
        assert words in problem
    with pytest.raises(InvalidSetting, match=r"requirements\.txt"):
        recognizer(settings(), StorageSettings(), InlineIsolation())


@pytest.mark.usefixtures("without_ocr")
@pytest.mark.parametrize("engine", ["none", "document_intelligence"])
def test_other_engines_need_no_package_of_the_local_one(engine: str) -> None:
    """They are what an app built from requirements-no-ocr.txt chooses between."""
    options = settings(ocr_engine=engine, ocr_endpoint=ENDPOINT, ocr_key="k")
    assert [] == find_setting_problems(options)
    assert (engine == "none") is (recognizer(options, StorageSettings(), InlineIsolation()) is None)


def test_a_language_without_a_model_is_refused() -> None:
    """Reading Russian with Latin letters would give confident nonsense."""
    with pytest.raises(InvalidSetting, match=r"no model for ru, ar-EG\. Set INTRAY_OCR_ENGINE"):
        recognizer(settings(ocr_languages="de, ru,ar-EG"), StorageSettings(), InlineIsolation())
    assert recognizer(settings(ocr_languages="de, pt-BR,zh"), StorageSettings(), InlineIsolation()) is not None


@pytest.mark.parametrize("engine", ["none", "document_intelligence", "rapidocr"])
def test_no_engine_loads_the_local_one_into_the_worker(engine: str) -> None:
    """A small instance must not pay for models that it does not use; the local engine loads in its child only."""
    ran = subprocess.run([sys.executable, "-c", CHOOSE, engine, ENDPOINT], capture_output=True, text=True, check=True)
    assert "[]" == ran.stdout.strip()


def test_both_kinds_of_processes_have_a_memory_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that read files, and the one of OCR: a hostile page must not take the worker's memory."""
    limits: list[object] = []

    class RecordingPool(ProcessPool):
        """A pool that starts nothing and remembers its limit."""

        def __init__(
            self, size: int, seconds: float, memory_bytes: int | None, preload: Sequence[str], setting: str
        ) -> None:
            super().__init__(size, seconds, memory_bytes, preload, setting)
            limits.append(memory_bytes)

    monkeypatch.setattr("shared.adapters.isolation.ProcessPool", RecordingPool)
    storage = StorageSettings.model_validate(
        {"AzureWebJobsStorage": f"DefaultEndpointsProtocol=http;AccountName=a;{_URLS}"}
    )
    options = settings(
        reader_bytes=str(300 << 20), ocr_bytes=str(600 << 20), topic_endpoint="http://127.0.0.1:1", topic_key="k",
        model_endpoint="http://127.0.0.1:1", model_key="k",
    )  # fmt: skip
    build_context(options, storage)
    assert [300 << 20, 600 << 20] == limits
