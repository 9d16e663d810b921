"""The conventions of a document come from all of its pages, and its values are grounded off the event loop."""

import threading
from collections.abc import Sequence

import pytest

from shared.domain.documents.artifact_names import EXTRACTION
from shared.domain.documents.extraction import Extraction
from shared.domain.documents.run import State
from shared.domain.judging.answers import RangeAnswer
from shared.domain.judging.grounding.search import Search
from shared.domain.reading.page import Page
from shared.domain.values.conventions import Conventions
from shared.pipeline.checks.evidence import PageEvidence
from shared.pipeline.store import artifacts
from shared.pipeline.validate.document_conventions import CONVENTIONS, load_conventions
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import World, answering, make_world

NOTE = ("Delivery note", "No. A-17", "Total 1.234")


def note_world(total: float, *others: str) -> World:
    """A world of a note whose later pages hold the texts `others`; a model reads this total on the first."""
    pages = [text_page(1, *NOTE), *(text_page(number, text) for number, text in enumerate(others, 2))]
    read = {
        "number": {"value": "A-17", "lines": ["p1.l2"]},
        "total": {"value": total, "lines": ["p1.l3"]},
        "rows": [],
    }
    return make_world(pages=pages, script=answering(extract_note=lambda _: read))


async def extraction_of(world: World) -> tuple[Extraction, Conventions]:
    """What was read of a note, and its conventions."""
    document = await world.drop("note/a.pdf")
    await world.settle()
    run = await world.run(document)
    assert run.state in {State.IN_REVIEW, State.FINALIZED}
    extraction = await artifacts.fetch_saved(world.context, run, EXTRACTION, Extraction)
    return extraction, await load_conventions(world.context, run, artifacts.StoredPages(world.context, run))


@pytest.mark.parametrize(
    ("total", "last", "rules"),
    [
        (1234.0, "Nachlass 10.500,25", []),
        (1.234, "Discount 10,500.25", []),
        (1.234, "Nachlass 10.500,25", ["ambiguous_value"]),
        (1234.0, "see above", ["ambiguous_value"]),
    ],
)
async def test_the_last_page_settles_the_first(total: float, last: str, rules: list[str]) -> None:
    """A number with both signs on the last page says what "1.234" means on the first."""
    extraction, conventions = await extraction_of(note_world(total, "page 2", last))
    assert rules == [finding.rule for finding in extraction.findings if finding.rule == "ambiguous_value"]
    assert conventions.has_settled_decimal == ("see" not in last)


@pytest.mark.parametrize(("pages", "is_kept"), [(8, False), (9, True)])
async def test_conventions_are_kept_of_several_groups_of_pages_only(pages: int, *, is_kept: bool) -> None:
    """Of one group they are detected again from pages that the step reads anyway."""
    world = note_world(1234.0, *(f"page {number}" for number in range(2, pages + 1)))
    await extraction_of(world)
    assert is_kept == any(place[-1].endswith(f"/{CONVENTIONS}.json") for place in await world.kept())


async def test_values_are_grounded_off_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of thousands of values does not keep leases, timers and other documents waiting."""
    threads: list[str] = []
    assess_fields = PageEvidence.assess_fields

    def record(self: PageEvidence, raw: RangeAnswer, pages: Sequence[Page], searched: Sequence[Search]) -> object:
        threads.append(threading.current_thread().name)
        return assess_fields(self, raw, pages, searched)

    monkeypatch.setattr(PageEvidence, "assess_fields", record)
    await extraction_of(note_world(1234.0))
    assert threads
    assert threading.main_thread().name not in threads
