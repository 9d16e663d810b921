"""Spares OCR the pictures that hold no text, with OpenCV, which runs in child processes."""

from shared.adapters.ocr.blank_check.recognizer import BlankCheckingRecognizer

__all__ = ["BlankCheckingRecognizer"]
