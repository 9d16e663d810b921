"""Spares OCR the pictures that hold no text, with Pillow, in child processes."""

from shared.adapters.ocr.blank_check.recognizer import BlankCheckingRecognizer

__all__ = ["BlankCheckingRecognizer"]
