"""Models over HTTP with the openai SDK."""

from shared.adapters.openai_models.client import OpenAIModels

__all__ = ["OpenAIModels"]
