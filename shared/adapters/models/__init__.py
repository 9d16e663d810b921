"""Call language models."""
