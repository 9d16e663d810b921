"""Which OCR engine the settings choose, and what it costs to choose another."""

import subprocess
import sys

import pytest

from shared.adapters.document_intelligence import DocumentIntelligence
from shared.adapters.rapidocr_recognizer import RapidOcrRecognizer
from shared.bootstrap import _recognizer
from shared.settings import InvalidSetting, MissingSetting, Settings, StorageSettings

ENDPOINT = "https://example.cognitiveservices.azure.com/"


def settings(**values: str) -> Settings:
    """Settings as the environment gives them, all of them texts."""
    return Settings.model_validate(values)


def test_an_engine_is_chosen_by_its_name() -> None:
    """The local one, none, or the service; the name becomes part of the configuration."""
    local = _recognizer(settings(), StorageSettings())
    assert isinstance(local, RapidOcrRecognizer)
    assert _recognizer(settings(ocr_engine="none"), StorageSettings()) is None
    remote = _recognizer(
        settings(ocr_engine="document_intelligence", ocr_endpoint=ENDPOINT, ocr_key="k", ocr_languages="de"),
        StorageSettings(),
    )
    assert isinstance(remote, DocumentIntelligence)
    assert ("rapidocr", "document_intelligence de") == (local.name, remote.name)


def test_a_service_needs_its_address() -> None:
    """The message names the variable."""
    with pytest.raises(MissingSetting, match="INTRAY_OCR_ENDPOINT"):
        _recognizer(settings(ocr_engine="document_intelligence"), StorageSettings())


def test_a_language_without_a_model_is_refused() -> None:
    """Reading Russian with Latin letters would give confident nonsense."""
    with pytest.raises(InvalidSetting, match=r"no model for ru, ar-EG\. Set INTRAY_OCR_ENGINE"):
        _recognizer(settings(ocr_languages="de, ru,ar-EG"), StorageSettings())
    assert _recognizer(settings(ocr_languages="de, pt-BR,zh"), StorageSettings()) is not None


@pytest.mark.parametrize("engine", ["none", "document_intelligence", "rapidocr"])
def test_no_engine_loads_the_local_one_into_the_worker(engine: str) -> None:
    """A small instance must not pay for models that it does not use; the local engine loads in its child only."""
    program = (
        "import sys; from shared.bootstrap import _recognizer; from shared.settings import Settings, StorageSettings; "
        f"_recognizer(Settings(ocr_engine='{engine}', ocr_endpoint='{ENDPOINT}', ocr_key='k'), StorageSettings()); "
        "print([name for name in ('onnxruntime', 'rapidocr', 'cv2', 'numpy') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[]" == ran.stdout.strip()
