"""The generated documentation is what the code says."""

import pytest

from scripts.generate_docs import ROOT, documents


@pytest.mark.parametrize("path", sorted(documents()))
def test_generated_file_is_current(path: str) -> None:
    """A change of settings, events or states must come with its documentation: run scripts/generate_docs.py."""
    assert documents()[path] == (ROOT / path).read_text()
