"""Recognises text with RapidOCR (PP-OCRv6 small, whose models come inside the package)."""

from shared.adapters.rapidocr_recognizer.languages import not_readable
from shared.adapters.rapidocr_recognizer.recognizer import RapidOcrRecognizer

__all__ = ["RapidOcrRecognizer", "not_readable"]
