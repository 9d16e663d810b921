"""A real language-model server, and the adapter that asks it."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from shared.adapters.models.openai import OpenAIModels

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".tools" / "llm" / "bin" / "python"
KEY = "the-key-of-this-test"
CONTEXT = 4096
"""Tokens that a request and its answer may have together."""


class LanguageModel(NamedTuple):
    """Where a server answers (`/v1`), and its key."""

    url: str
    key: str


@pytest.fixture(scope="session")
def language_model() -> Iterator[LanguageModel]:
    """llama.cpp's server with SmolLM2-135M: a language model in earnest, and far too small to read a document."""
    if not (PYTHON.parents[1] / ".requirements").exists():
        pytest.skip("its packages could not be installed (scripts/setup-llm says why)")
    serve = [str(PYTHON), str(Path(__file__).parent / "serve.py"), KEY, str(CONTEXT)]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdin and server.stdout  # noqa: PT018 - both are pipes
        url = server.stdout.readline().decode().strip()
        assert url, "llama.cpp's server did not start"
        yield LanguageModel(f"{url}/v1", KEY)
        server.stdin.close()


@pytest_asyncio.fixture
async def models(language_model: LanguageModel) -> AsyncIterator[OpenAIModels]:
    """The adapter that runs in production, at that server."""
    adapter = OpenAIModels(language_model.url, language_model.key, timedelta(minutes=2))
    yield adapter
    await adapter.close()
