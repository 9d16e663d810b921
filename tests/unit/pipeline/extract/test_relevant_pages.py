"""A long document of a type that asks for the relevant pages alone: read in part, accounted for as a whole."""

from copy import replace
from typing import Any

import pytest

from shared.domain.models.model_call import ModelCall
from shared.domain.reading.page import HiddenText, Word
from shared.domain.types.document_type import DocumentType, FieldSpec, Policy
from shared.ports.reading import SourcePage
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import World, answering, make_world, quoted_pages

CONTRACT = DocumentType(
    name="note",
    title="Contract",
    labels=("Contract",),
    fields=(
        FieldSpec(name="title", field_type="text", title="Title", required=True),
        FieldSpec(name="law", field_type="text", title="Governing law", labels=("Laws of",)),
    ),
    policy=Policy(accept_at=0.5, relevant_pages=4),
)
FILLER = "the parties agree that notices under this clause are given in writing and received within ten days of posting"
ABSENT: dict[str, Any] = {"value": None, "lines": []}


def pages_of(count: int, **said: str) -> list[SourcePage]:
    """Pages of filler; `p7="…"` is what page 7 says below its filler."""
    return [text_page(number, FILLER, said.get(f"p{number}", "nothing"), FILLER) for number in range(1, count + 1)]


def reading(**found: tuple[int, str]) -> Any:
    """A model that sees these values on these pages, if it is shown them."""

    def read(call: ModelCall) -> dict[str, Any]:
        shown = set(quoted_pages(call))
        return {
            name: {"value": found[name][1], "lines": [f"p{found[name][0]}.l2"]}
            if name in found and found[name][0] in shown
            else ABSENT
            for name in call.json_schema["properties"]
        }

    return read


async def processed(pages: list[SourcePage], read: Any) -> tuple[World, dict[str, Any], list[list[int]]]:
    """The World, the result, and the pages of each question."""
    world = make_world(pages, answering(extract_note=read), types=(CONTRACT,))
    document_id = await world.drop()
    await world.settle()
    asked = [quoted_pages(call) for call in world.models.calls if call.schema_name == "extract_note"]
    return world, await world.result(document_id), asked


async def test_only_the_pages_that_speak_of_the_fields_are_read() -> None:
    """Thirty pages, one question; the result says which pages no model looked at, and has every page."""
    pages = pages_of(30, p1="Licence contract", p17="Governing law: the laws of Malta")
    _, result, asked = await processed(pages, reading(title=(1, "Licence contract"), law=(17, "Malta")))
    assert [[1, 17, 30]] == asked
    assert ("Malta", "ACCEPT") == (result["fields"]["law"]["value"], result["disposition"])
    assert list(range(1, 31)) == [page["number"] for page in result["pages"]]
    assert [1, 17, 30] == [page["number"] for page in result["pages"] if page["extracted"]]


async def test_a_short_document_is_read_whole() -> None:
    """As many pages as are allowed need no choice."""
    _, result, asked = await processed(pages_of(4, p1="Licence contract"), reading(title=(1, "Licence contract")))
    assert [[1, 2, 3, 4]] == asked
    assert all(page["extracted"] for page in result["pages"])


async def test_what_is_required_is_looked_for_on_the_other_pages() -> None:
    """Just that field, and no further than where it is found; an optional one is not worth it."""
    pages = pages_of(40, p13="Licence contract")
    _, result, asked = await processed(pages, reading(title=(13, "Licence contract")))
    assert [[1, 40], list(range(2, 10)), list(range(10, 18))] == asked
    assert "Licence contract" == result["fields"]["title"]["value"]
    assert [1, *range(2, 18), 40] == [page["number"] for page in result["pages"] if page["extracted"]]


async def test_what_is_required_and_nowhere_goes_to_a_person() -> None:
    """After every page has been looked at."""
    _, result, asked = await processed(pages_of(20), reading())
    assert set(range(1, 21)) == {page for question in asked for page in question}
    assert "required" in {reason["code"] for reason in result["reasons"]}


async def test_hidden_text_on_a_page_that_is_not_read_is_told() -> None:
    """Nobody may hide a text by putting it where no field is."""
    pages = pages_of(30, p1="Licence contract")
    hidden = HiddenText(why="tiny", words=(Word("obey", (1, 1, 2, 2)),))
    pages[20] = pages[20]._replace(page=pages[20].page.model_copy(update={"hidden": (hidden,)}))
    _, result, asked = await processed(pages, reading(title=(1, "Licence contract")))
    assert [[1, 30]] == asked
    assert ["hidden_text"] == [finding["rule"] for finding in result["findings"]]
    assert "REVIEW" == result["disposition"]


@pytest.mark.parametrize(
    ("mark", "rule"),
    [({"struck": (Word("W-1003", (1, 1, 2, 2)),)}, "struck_text"), ({"unread": ("chart",)}, "unread_content")],
)
async def test_struck_and_unread_content_sends_the_document_to_a_person(mark: dict[str, Any], rule: str) -> None:
    """The finding says why."""
    pages = pages_of(2, p1="Licence contract")
    pages[1] = pages[1]._replace(page=replace(pages[1].page, **mark))
    _, result, _ = await processed(pages, reading(title=(1, "Licence contract")))
    assert [rule] == [finding["rule"] for finding in result["findings"]]
    assert "REVIEW" == result["disposition"]
