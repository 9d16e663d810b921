"""Models over HTTP with the openai SDK."""

from shared.adapters.models.openai.client import OpenAIModels

__all__ = ["OpenAIModels"]
