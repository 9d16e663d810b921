"""Files of many pages: what is kept, what is asked of storage, and that every page is accounted for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Extraction, FieldValue
from shared.domain.documents.run import State
from shared.domain.models.catalogue import Catalogue
from shared.domain.models.model_call import ImagePart, ModelCall, TextPart
from shared.domain.reading.page import PageImage
from shared.pipeline.models.prompting.prompts import verify_call
from shared.testing.blobs import MemoryBlobs
from shared.testing.builders.pages import text_page
from shared.testing.clock import FixedClock
from shared.testing.reading import ScriptedPictures
from tests.support.pipeline.world import CATALOGUE, PAGE, Twins, World, answering, make_world, quoted_pages

PICTURE = PageImage(media_type="image/jpeg", data=b"picture", width=1000, height=1400)
EMPTY = {"number": {"value": None, "lines": []}, "total": {"value": None, "lines": []}, "rows": []}


def first_page_only(call: ModelCall) -> object:
    """What a model says that reads the note on page 1, and nothing on the others."""
    if 1 not in quoted_pages(call):
        return EMPTY
    return {
        "number": {"value": "A-17", "lines": ["p1.l2"]},
        "total": {"value": 3.5, "lines": ["p1.l4"]},
        "rows": [{"what": "Apples", "price": 3.5, "lines": ["p1.l3"]}],
    }


class Counted(MemoryBlobs):
    """Blobs that count downloads, and what is read and written of pages."""

    def __init__(self) -> None:
        super().__init__()
        self.downloads = 0
        self.written: list[str] = []
        self.fetched: list[str] = []

    async def download(self, container: str, name: str, etag: str, target: Path) -> str:
        self.downloads += 1
        return await super().download(container, name, etag, target)

    async def read(self, container: str, name: str) -> bytes | None:
        self.fetched += [name] if "/pages/" in name else []
        return await super().read(container, name)

    async def write(self, container: str, name: str, data: bytes, content_type: str, *, only_new: bool = False) -> bool:
        self.written += [name] if "/pages/" in name else []
        return await super().write(container, name, data, content_type, only_new=only_new)


class CountedTwins(Twins):
    """Storage in memory that counts."""

    def __init__(self, clock: FixedClock) -> None:
        super().__init__(clock)
        self.blobs: Counted = Counted()


def large_world(count: int) -> tuple[World, Counted]:
    """A World whose files have `count` pages: a note, and then pages of no interest."""
    pages = [text_page(1, *PAGE), *(text_page(number, f"page {number}") for number in range(2, count + 1))]
    script = answering(extract_note=first_page_only)
    world = make_world(pages=pages, script=script, storage=CountedTwins, read_range=20, extract_range=8)
    assert isinstance(world.blobs, Counted)
    return world, world.blobs


async def test_a_file_is_downloaded_once_and_every_page_is_accounted_for() -> None:
    """Thirteen read ranges, twenty-five requests: one download, one blob of pages a request, all pages in the end."""
    world, blobs = large_world(200)
    document = await world.drop("note/a.pdf")
    await world.settle()
    assert State.FINALIZED == (await world.run(document)).state
    result = await world.result(document)
    assert list(range(1, 201)) == [page["number"] for page in result["pages"]]
    assert (1, 25) == (blobs.downloads, len(blobs.written))
    assert "A-17" == result["fields"]["number"]["value"]


async def test_checking_reads_each_group_of_pages_twice() -> None:
    """Once for the document's conventions and once for its values, where these stand where they are said to stand."""
    world, blobs = large_world(60)
    document = await world.drop("note/a.pdf")
    while (await world.run(document)).state is not State.VALIDATING:
        await world.step()
    blobs.fetched.clear()
    await world.settle()
    pages = [name for name in blobs.fetched if "/pages/" in name]
    assert [2] * 8 == [pages.count(name) for name in sorted(set(pages))]


async def test_a_request_fetches_only_the_pages_that_it_shows() -> None:
    """Words of 5,000 pages are dear to parse: each page is parsed once for the model, not with its neighbours' too.

    Only the first ones are parsed before, once for all, to look for the headings of tables.
    """
    world, blobs = large_world(60)
    document = await world.drop("note/a.pdf")
    while (await world.run(document)).state is not State.EXTRACTING:
        await world.step()
    blobs.fetched.clear()
    while (await world.run(document)).state is State.EXTRACTING:
        await world.step()
    pages = [name for name in blobs.fetched if name.endswith(".json")]
    assert ([2, *[1] * 7], 9) == ([pages.count(name) for name in sorted(set(pages))], len(pages))


async def test_a_value_that_stands_elsewhere_is_found_on_any_page() -> None:
    """The search goes on over all groups, and marks the page that it found."""
    pages = [text_page(1, "Delivery note"), *(text_page(n, f"page {n}") for n in range(2, 60)), text_page(60, *PAGE)]
    said = EMPTY | {"number": {"value": "A-17", "lines": ["p1.l1"]}}
    script = answering(extract_note=lambda call: said if 1 in quoted_pages(call) else EMPTY)
    world = make_world(pages=pages, script=script, read_range=20, extract_range=8)
    document = await world.drop("note/a.pdf")
    await world.settle()
    (place,) = (await world.result(document))["fields"]["number"]["evidence"]
    assert (60, ["p60.l2"]) == (place["page"], place["lines"])


async def test_one_bad_page_among_many_is_named_and_the_others_are_read() -> None:
    """4,999 good pages are not lost for one."""
    good = [text_page(number, *PAGE) if number == 1 else text_page(number, "more") for number in range(1, 51)]
    bad = good[30]._replace(page=good[30].page.model_copy(update={"problem": "it is broken", "lines": ()}))
    script = answering(extract_note=first_page_only)
    world = make_world(pages=[*good[:30], bad, *good[31:]], script=script, read_range=20)
    document = await world.drop("note/a.pdf")
    await world.settle()
    run, result = await world.run(document), await world.result(document)
    assert (State.IN_REVIEW, ["unread_page"]) == (run.state, [reason.code for reason in run.reasons])
    assert "Page 31 could not be read: it is broken" == run.reasons[0].message
    assert ([31], 50) == ([page["number"] for page in result["pages"] if page["problem"]], len(result["pages"]))


@pytest.mark.parametrize(
    ("limits", "named"), [({"max_bytes": 5}, "INTRAY_MAX_BYTES"), ({"max_pages": 2}, "INTRAY_MAX_PAGES")]
)
async def test_a_file_over_a_limit_fails_and_the_limit_is_named(limits: dict[str, Any], named: str) -> None:
    """Whoever sent it learns how much is too much, and an operator which setting says so."""
    world = make_world(pages=[text_page(number, *PAGE) for number in (1, 2, 3)], **limits)
    document = await world.drop("note/a.pdf", b"%PDF 123456")
    await world.settle()
    run = await world.run(document)
    assert (State.FAILED, "too_large", True) == (run.state, run.reasons[0].code, named in run.reasons[0].message)


async def test_requests_hold_no_more_pictures_than_the_model_takes() -> None:
    """A request with more is refused as a whole."""
    see, think = CATALOGUE.deployments
    catalogue = Catalogue(deployments=(see.model_copy(update={"images": 3}), think))
    pages = [text_page(number, *PAGE, picture=PICTURE) for number in range(1, 11)]
    world = make_world(pages=pages, script=answering(extract_note=first_page_only), extract_range=8)
    world.context = replace(world.context, gateway=replace(world.context.gateway, catalogue=catalogue))
    await world.drop("note/a.pdf")
    await world.settle()
    sent = [sum(isinstance(part, ImagePart) for part in call.parts) for call in world.models.calls]
    assert [3, 3, 3, 1] == [count for count in sent if count]


async def test_pictures_keep_to_the_ceiling_of_the_model_that_reads_them() -> None:
    """More pixels than it looks at cost upload and nothing else."""
    see, think = CATALOGUE.deployments
    catalogue = Catalogue(deployments=(see.model_copy(update={"image_side": 700, "image_pixels": 0}), think))
    world = make_world(pages=[text_page(1, *PAGE, picture=PICTURE)])
    world.context = replace(world.context, gateway=replace(world.context.gateway, catalogue=catalogue))
    await world.drop("note/a.pdf")
    await world.settle()
    assert isinstance(world.context.pictures, ScriptedPictures)
    assert [(500, 700)] == [(picture.width, picture.height) for picture in world.context.pictures.shrunk]


async def test_when_every_page_has_its_problem_the_case_still_reaches_a_person() -> None:
    """A row and an event hold 60,000 characters: reasons of one kind are counted, and the Result has them all."""
    count = 1200
    pages = [
        source._replace(page=source.page.model_copy(update={"problem": "it is broken beyond repair", "lines": ()}))
        for source in (text_page(number, "more") for number in range(1, count + 1))
    ]
    world = make_world(pages=pages, script=answering(extract_note=EMPTY))
    document = await world.drop("note/a.pdf")
    await world.settle()
    run, result = await world.run(document), await world.result(document)
    assert State.IN_REVIEW == run.state
    unread = [reason.message for reason in run.reasons if reason.code == "unread_page"]
    assert (11, True) == (len(unread), unread[-1].startswith("There are 1190 more of this kind"))
    assert count == sum(finding["rule"] == "unread_page" for finding in result["findings"])
    assert list(range(1, count + 1)) == [page["number"] for page in result["pages"]]


async def test_what_the_checking_model_is_told_does_not_grow_with_the_findings() -> None:
    """Warnings that each of very many rows has are told by the first of each kind."""
    told = [Finding(rule="odd", severity="warning", message="This row is odd.", fields=("rows",))] * 5000
    world = make_world()
    kind = (await world.context.types.current_types())["note"]
    call = verify_call(world.context, kind, ("number",), Extraction(fields={"number": FieldValue()}), told, [])
    assert 5_000 > sum(len(part.text) for part in call.parts if isinstance(part, TextPart))


async def test_a_reason_names_a_bounded_number_of_uncertain_rows() -> None:
    """A table of very many rows that nobody is sure of must not make a reason that no row or event holds."""
    rows = [{"what": f"Pears {number}", "price": 1.0, "lines": []} for number in range(500)]
    said = EMPTY | {"rows": rows}
    world = make_world(pages=[text_page(1, *PAGE)], script=answering(extract_note=said))
    document = await world.drop("note/a.pdf")
    await world.settle()
    (reason,) = [one for one in (await world.run(document)).reasons if "low confidence in row" in one.message]
    assert reason.message.endswith("98, 99, 100 and 400 more.")


async def test_models_see_pictures_of_the_first_pages_and_of_those_that_text_does_not_tell() -> None:
    """Of a long text the later pages go as text alone; a scan among them keeps its picture, and the result says so."""
    scan = text_page(9, picture=PICTURE)._replace(wants_ocr=True)
    texts = [text_page(number, *PAGE, picture=PICTURE) for number in range(1, 13)]
    sources = [*texts[:8], scan, *texts[9:]]
    script = answering(extract_note=first_page_only)
    world = make_world(sources, script, read_range=8, extract_range=4, pictured_pages=6)
    document = await world.drop("note/a.pdf")
    await world.settle()
    calls = [call for call in world.models.calls if call.schema_name.startswith("extract")]
    shown = {tuple(quoted_pages(call)): sum(isinstance(part, ImagePart) for part in call.parts) for call in calls}
    assert [4, 2, 1] == [shown[pages] for pages in sorted(shown)]
    pages = (await world.result(document))["pages"]
    assert [1, 2, 3, 4, 5, 6, 9] == [page["number"] for page in pages if page["has_image"]]
