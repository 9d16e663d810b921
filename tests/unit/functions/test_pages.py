"""Lists in pages: every item once, in a fixed order, whatever comes and goes meanwhile."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from shared.pipeline.operations import listing
from shared.ports.records import Put
from tests.support.pipeline.world import ANSWERS, NOTE, World, answering, make_world
from tests.unit.functions.api import Api


async def _pages(api: Api, function: str, document_id: str = "", **query: str) -> list[list[Any]]:
    """The items of every page."""
    pages = []
    cursor = ""
    while True:
        answer = await api.call(function, document_id, query=query | ({"cursor": cursor} if cursor else {}))
        assert 200 == answer.status
        pages.append(answer.body["items"])
        if answer.body["next"] is None:
            return pages
        cursor = answer.body["next"]


async def _documents(world: World, count: int) -> set[str]:
    documents = {await world.drop(f"note/{number}.pdf", b"%%PDF %d" % number) for number in range(count)}
    await world.settle()
    return documents


def _ids(pages: list[list[Any]]) -> list[str]:
    return [item["document"]["id"] for page in pages for item in page]


@pytest.mark.parametrize(("limit", "sizes"), [("1", [1] * 5), ("2", [2, 2, 1]), ("5", [5]), ("500", [5])])
async def test_documents_come_in_pages(
    api_of: Callable[[World], Api], world: World, limit: str, sizes: list[int]
) -> None:
    """By their ids, each once; the last page says that it is the last."""
    expected = await _documents(world, 5)
    pages = await _pages(api_of(world), "status", limit=limit)
    assert (sizes, sorted(expected)) == ([len(page) for page in pages], _ids(pages))


async def test_a_page_reads_no_more_rows_than_it_needs(
    api_of: Callable[[World], Api], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table may hold a hundred thousand documents; a page of two looks at two, and at one for whether more come."""
    await _documents(world, 6)
    list_rows = world.records.list_by_key
    read: list[str] = []

    async def counted(*arguments: Any) -> Any:
        async for record in list_rows(*arguments):
            read.append(record.key)
            yield record

    monkeypatch.setattr(world.records, "list_by_key", counted)
    await api_of(world).call("status", query={"limit": "2"})
    assert (3, 2) == (read.count("document"), read.count("run-0001"))


async def test_a_document_that_comes_meanwhile_moves_no_other(api_of: Callable[[World], Api], world: World) -> None:
    """The cursor names a place in the order, not a number of items."""
    expected = await _documents(world, 4)
    api = api_of(world)
    first = await api.call("status", query={"limit": "2"})
    await world.drop("note/late.pdf", b"%PDF late")
    query = {"limit": "500", "cursor": first.body["next"]}
    rest = await api.call("status", query=query)
    seen = _ids([first.body["items"], rest.body["items"]])
    assert len(seen) == len(set(seen))
    assert expected <= set(seen)


async def test_filters_choose_documents(api_of: Callable[[World], Api], monkeypatch: pytest.MonkeyPatch) -> None:
    """By state, type and a part of the name; a page that looked at enough may be short, and still not the last."""
    world = make_world()
    await _documents(world, 3)
    await world.drop("note/Späte Lieferung.pdf", b"%PDF late")
    api = api_of(world)
    for query, count in (
        ({"state": "finalized"}, 3),
        ({"state": "received"}, 1),
        ({"state": "failed"}, 0),
        ({"type": "note"}, 3),
        ({"q": "späte"}, 1),
        ({"q": "NOTE/", "state": "finalized"}, 3),
    ):
        assert count == len(_ids(await _pages(api, "status", limit="2", **query))), query
    monkeypatch.setattr(listing, "MAX_EXAMINED", 2)
    pages = await _pages(api, "status", limit="2", state="received")
    assert (2, 1) == (len(pages), len(_ids(pages)))


async def test_an_unreadable_row_hides_no_document(
    api_of: Callable[[World], Api], world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """It is listed as unreadable with the others, and logged by its id, without what it holds."""
    caplog.set_level("INFO")
    documents = sorted(await _documents(world, 3))
    await world.records.commit("documents", documents[1], [Put("run-0001", '{"state": "SECRET"}')])
    pages = await _pages(api_of(world), "status", limit="1")
    assert documents == _ids(pages)
    assert [[], ["run-0001"], []] == [item["unreadable"] for page in pages for item in page]
    assert f"row_unreadable intray.document.id={documents[1]}" in caplog.text
    assert "SECRET" not in caplog.text


async def test_cases_come_in_pages_the_most_doubtful_first(api_of: Callable[[World], Api]) -> None:
    """Each once; none shows a lease, whoever holds it."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    world = make_world(script=answering(extract_note=wrong))
    documents = await _documents(world, 5)
    api = api_of(world)
    token = (await api.call("review_claim", min(documents), {"holder": "Ada"})).body["lease"]["token"]
    pages = await _pages(api, "review_list", limit="2")
    cases = [case for page in pages for case in page]
    assert ([2, 2, 1], documents) == ([len(page) for page in pages], {case["document_id"] for case in cases})
    order = [(-case["doubt"], case["opened"], case["document_id"]) for case in cases]
    assert sorted(order) == order
    assert str(token) not in str(pages)


async def test_events_of_a_document_come_in_pages(api_of: Callable[[World], Api], world: World) -> None:
    """In the order of the facts, with when they were published."""
    document_id = (await _documents(world, 1)).pop()
    pages = await _pages(api_of(world), "document_events", document_id, limit="1")
    assert ["received", "finalized"] == [row["event"]["name"] for page in pages for row in page]
    assert all(row["published"] for page in pages for row in page)
    missing = await api_of(world).call("document_events", "d" + "0" * 24)
    assert 404 == missing.status


async def test_types_come_in_pages(api_of: Callable[[World], Api]) -> None:
    """By name; what is wrong with others is on the first page."""
    names = ["bill", "note", "order"]
    world = make_world(types=[NOTE.model_copy(update={"name": name}) for name in names])
    await world.blobs.write("document-types", "broken/type.yaml", b"name: broken", "text/yaml")
    api = api_of(world)
    first = (await api.call("document_types", query={"limit": "2"})).body
    last = (await api.call("document_types", query={"limit": "2", "cursor": first["next"]})).body
    assert names == [kind["name"] for page in (first, last) for kind in page["types"]]
    assert (True, [], None) == (bool(first["problems"]), last["problems"], last["next"])


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "-1"},
        {"limit": "many"},
        {"limit": "1.5"},
        {"limit": "٣"},
        {"limit": "9" * 5000},
        {"cursor": "d0"},
        {"cursor": "é"},
        {"cursor": _cursor("[]")},
        {"cursor": _cursor('["documents", 7]')},
        {"cursor": _cursor('["events", "d0"]')},
        {"cursor": _cursor("[" * 5000)},
        {"state": "done"},
    ],
    ids=range(14),
)
async def test_a_query_that_cannot_be_read_is_refused(
    api_of: Callable[[World], Api], world: World, query: dict[str, str]
) -> None:
    """By the name of the parameter; an empty one counts as not given."""
    answer = await api_of(world).call("status", query=query)
    assert (400, [*query]) == (answer.status, [error["parameter"] for error in answer.body["errors"]])
    assert 200 == (await api_of(world).call("status", query=dict.fromkeys(query, ""))).status
