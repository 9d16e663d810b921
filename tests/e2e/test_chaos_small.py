"""The chaos run in small: thirty documents, every kind of trouble, and nothing lost, paid twice or said twice."""

import pytest

from quality.chaos.evidence.audit import audit_figures
from quality.chaos.faults.plan import EVERY
from quality.chaos.run import Wish, run

pytestmark = pytest.mark.timeout(420)


async def test_thirty_documents_survive_every_kind_of_trouble() -> None:
    """Every figure meets its goal although each kind of trouble really came."""
    told: list[str] = []
    found = await run(Wish(documents=30, seed=1, minutes=0.3), told.append)
    assert [] == [f"{figure.name}: {figure.value}" for figure in audit_figures(found) if not figure.ok], told
    came = {kind.partition(" ")[0] for kind in found.faults}
    assert {kind.partition(" ")[0] for kind in EVERY} | {"message"} <= came
