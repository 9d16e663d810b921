"""Recognise text with RapidOCR (PP-OCRv6 small, whose models come inside the package)."""

from shared.adapters.ocr.rapidocr.languages import not_readable
from shared.adapters.ocr.rapidocr.recognizer import RapidOcrRecognizer

__all__ = ["RapidOcrRecognizer", "not_readable"]
