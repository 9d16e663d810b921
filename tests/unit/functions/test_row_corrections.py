"""Tables are corrected row by row, in a review and in a final result; what the rules say follows."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.documents.result import Result
from shared.domain.types.document_type import FieldSpec
from tests.support.pipeline.world import ANSWERS, NOTE, World, answering, make_world
from tests.unit.functions.api import Answer, Api

ROWS = [
    {"what": "Apples", "price": 3.5, "lines": ["p1.l3"]},
    {"what": "Pears", "price": 2.0, "lines": ["p1.l3"]},
    {"what": "Plums", "price": 1.0, "lines": ["p1.l3"]},
]
WRONG_SUM = ANSWERS["extract_note"] | {"rows": ROWS}


class Case:
    """A note whose rows do not add up, leased; or a note that is final."""

    def __init__(self, api: Api, document_id: str, token: int | None) -> None:
        self.api = api
        self.document_id = document_id
        self.token = token

    async def correct(self, values: dict[str, Any], *changes: dict[str, Any], **more: Any) -> Answer:
        """Correct the result: by closing the case, or when it is final."""
        if self.token is not None:
            body = {"token": self.token, "corrections": values, "changes": changes, **more}
            return await self.api.call("review_complete", self.document_id, body)
        shown = (await self.api.call("document", self.document_id)).body
        body = {"run": 1, "revision": shown["run"]["revision"], "fields": values, "changes": changes, **more}
        return await self.api.call("document_correct", self.document_id, body)

    async def stored(self) -> dict[str, Any]:
        """The result as it is stored."""
        await self.api.world.settle()
        return await self.api.world.result(self.document_id)


async def _case(api: Api, *, final: bool) -> Case:
    document_id = await api.world.drop()
    await api.world.settle()
    token = (await api.call("review_claim", document_id, {"holder": "Ada"})).body["lease"]["token"]
    if not final:
        return Case(api, document_id, token)
    assert 200 == (await api.call("review_complete", document_id, {"token": token})).status
    await api.world.settle()
    return Case(api, document_id, None)


@pytest.fixture(params=[False, True], ids=["review", "final"])
async def case(request: pytest.FixtureRequest, api_of: Callable[[World], Api]) -> Case:
    """A note with three rows that do not add up to its total."""
    return await _case(api_of(make_world(script=answering(extract_note=WRONG_SUM))), final=request.param)


def _rows(result: dict[str, Any]) -> list[tuple[str, str | None, float | None]]:
    rows = result["fields"]["rows"]["rows"]
    assert result["fields"]["rows"]["value"] == [row["cells"] for row in rows]
    return [(row["id"], row["cells"]["what"], row["cells"]["price"]) for row in rows]


async def test_a_cell_is_corrected_by_its_pointer(case: Case) -> None:
    """The row is certain and stays where it was read; the others are as they were; the change is listed."""
    answer = await case.correct({"/fields/rows/r2/price": "2.50"})
    assert 200 == answer.status
    assert [("r1", "Apples", 3.5), ("r2", "Pears", 2.5), ("r3", "Plums", 1.0)] == _rows(answer.body)
    row, other = answer.body["fields"]["rows"]["rows"][1::-1]
    assert (1.0, True) == (row["confidence"], bool(row["evidence"]))
    assert other["confidence"] < 1.0
    assert [{"field": "/fields/rows/r2/price", "before": 2.0, "after": 2.5}] == answer.body["corrections"]


async def test_rows_are_added_and_removed(case: Case) -> None:
    """Ids stay with their rows, and none is given twice; each row is one change, as JSON text."""
    answer = await case.correct(
        {},
        {"op": "remove", "path": "/fields/rows/r2"},
        {"op": "add", "path": "/fields/rows/-", "value": {"what": "Figs", "price": 4}},
        {"op": "add", "path": "/fields/rows/-", "value": {"what": "Dates"}},
        {"path": "/fields/rows/r4/price", "value": 5},
        {"op": "remove", "path": "/fields/rows/r5"},
    )
    assert 200 == answer.status, answer.body
    assert [("r1", "Apples", 3.5), ("r3", "Plums", 1.0), ("r4", "Figs", 5.0)] == _rows(answer.body)
    assert [
        ("/fields/rows/r2", '{"what": "Pears", "price": 2.0}', None),
        ("/fields/rows/r4", None, '{"what": "Figs", "price": 4.0}'),
        ("/fields/rows/r5", None, '{"what": "Dates"}'),
        ("/fields/rows/r4/price", 4.0, 5.0),
        ("/fields/rows/r5", '{"what": "Dates"}', None),
    ] == [tuple(change.values()) for change in answer.body["corrections"]]


async def test_ids_stay_over_several_corrections(case: Case) -> None:
    """A final result is corrected again and again; what was called r3 is r3 for ever."""
    await case.correct({}, {"op": "remove", "path": "/fields/rows/r1"}, {"op": "remove", "path": "/fields/rows/r2"})
    await case.api.world.settle()
    case.token = None
    added = await case.correct({"/fields/rows/-": {"what": "Figs", "price": 2.5}})
    assert [("r3", "Plums", 1.0), ("r4", "Figs", 2.5)] == _rows(added.body)
    gone = await case.correct({"/fields/rows/r4": None})
    assert [("r3", "Plums", 1.0)] == _rows(gone.body)
    again = await case.correct({"/fields/rows/-": {"what": "Dates", "price": 2.5}})
    assert [("r3", "Plums", 1.0), ("r5", "Dates", 2.5)] == _rows(again.body)
    assert 422 == (await case.correct({"/fields/rows/r4/price": 1})).status
    assert 422 == (await case.correct({"/fields/rows/1/price": 1})).status


async def test_a_whole_table_is_replaced(case: Case) -> None:
    """Rows at its beginning that are the same keep their ids; only what is new is listed."""
    rows = [{"what": "Apples", "price": 3.5}, {"what": "Pears", "price": "2.00"}, {"what": "Peaches"}]
    answer = await case.correct({"rows": rows})
    assert [("r1", "Apples", 3.5), ("r2", "Pears", 2.0), ("r4", "Peaches", None)] == _rows(answer.body)
    assert ["/fields/rows/r3", "/fields/rows/r4"] == [change["field"] for change in answer.body["corrections"]]


async def test_rules_run_again_on_the_new_values(case: Case) -> None:
    """What did not add up adds up now: the finding is gone, and what it denied is surer than before."""
    before = await case.api.world.result(case.document_id)
    assert ["sum"] == [finding["rule"] for finding in before["findings"]]
    answer = await case.correct({"/fields/rows/r2": None, "/fields/rows/r3": None})
    result = await case.stored()
    assert ([], []) == (answer.body["findings"], result["findings"])
    assert result["fields"]["total"]["confidence"] > before["fields"]["total"]["confidence"]
    kept, old = result["fields"]["rows"]["rows"][0], before["fields"]["rows"]["rows"][0]
    assert kept["confidence"] > old["confidence"]
    assert 0 < result["fields"]["total"]["confidence"] < 1


async def test_an_error_that_is_left_is_the_persons_decision(case: Case) -> None:
    """The result is final as they said, and says what is still wrong with it."""
    answer = await case.correct({"total": 100})
    assert (200, ["sum"]) == (answer.status, [finding["rule"] for finding in answer.body["findings"]])
    assert "ACCEPT" == answer.body["disposition"]


@pytest.mark.parametrize(
    ("field", "value", "stays"), [("total", 4.5, False), ("total", 3.5, True), ("number", "B", True)]
)
async def test_what_the_checking_model_said_of_a_value_goes_with_it(
    api_of: Callable[[World], Api], field: str, value: object, stays: bool
) -> None:
    """It contradicted what is no longer there; of a value that a person confirms it still stands."""
    verdicts = [{"field": "total", "verdict": "contradicted", "reason": "reads 4.50", "line": None}]
    world = make_world(script=answering(verify_note={"verdicts": verdicts}))
    case = await _case(api_of(world), final=False)
    answer = await case.correct({field: value})
    assert 200 == answer.status
    assert stays == ("contradicted" in {finding["rule"] for finding in answer.body["findings"]})


async def test_rows_hold_no_id_in_storage(case: Case) -> None:
    """Workers of the previous version read what this one stores."""
    await case.correct({"/fields/rows/-": {"what": "Figs"}})
    await case.api.world.settle()
    body = await case.api.world.blobs.read("results", f"note/{case.document_id}.json")
    assert body is not None
    assert all(row.id == "" for row in Result.model_validate_json(body).fields["rows"].rows)
    assert b'"id"' not in body


@pytest.mark.parametrize(
    ("values", "changes", "pointer"),
    [
        ({"/fields/rows/r9/price": 1}, [], "/corrections/~1fields~1rows~1r9~1price"),
        ({"/fields/rows/r1/colour": "red"}, [], "/corrections/~1fields~1rows~1r1~1colour"),
        ({"/fields/rows/r1/price": "abc"}, [], "/corrections/~1fields~1rows~1r1~1price"),
        ({"/fields/rows/r1/price/x": 1}, [], "/corrections/~1fields~1rows~1r1~1price~1x"),
        ({"/fields/total/r1": 1}, [], "/corrections/~1fields~1total~1r1"),
        ({"/fields/rows/-/price": 1}, [], "/corrections/~1fields~1rows~1-~1price"),
        ({"/fields/rows/-": 1}, [], "/corrections/~1fields~1rows~1-"),
        ({"/fields/rows/-": {}}, [], "/corrections/~1fields~1rows~1-"),
        ({"/fields/rows/-": {"what": None, "price": None}}, [], "/corrections/~1fields~1rows~1-"),
        ({"/fields/rows/-": {"price": True}}, [], "/corrections/~1fields~1rows~1-/price"),
        ({"/fields/rows/r1": {"price": "NaN"}}, [], "/corrections/~1fields~1rows~1r1/price"),
        ({"/findings/0": 1}, [], "/corrections/~1findings~10"),
        ({"rows": [{"what": "a"}, 7]}, [], "/corrections/rows/1"),
        ({"rows": {"r1": {"price": 1}}}, [], "/corrections/rows"),
        ({}, [{"path": "/disposition", "value": "ACCEPT"}], "/changes/0"),
        ({}, [{"path": "fields/total", "value": 1}], "/changes/0"),
        ({}, [{"path": "/fields/total", "value": 1}, {"path": "/fields/total", "value": 2}], "/changes/1"),
        ({"total": 1}, [{"path": "/fields/total", "value": 2}], "/changes/0"),
    ],
    ids=range(18),
)
async def test_a_change_that_does_not_fit_is_named_by_its_place(
    api_of: Callable[[World], Api], values: dict[str, Any], changes: list[dict[str, Any]], pointer: str
) -> None:
    """In the request, by JSON Pointer; nothing changes."""
    case = await _case(api_of(make_world(script=answering(extract_note=WRONG_SUM))), final=False)
    before = await case.stored()
    answer = await case.correct(values, *changes)
    assert (422, [pointer]) == (answer.status, [error["pointer"] for error in answer.body["errors"]])
    assert before == await case.stored()


async def test_a_table_may_be_required_and_its_columns_too(api_of: Callable[[World], Api]) -> None:
    """Its last row stays, and a required cell is not cleared, but in a document that is rejected."""
    columns = (FieldSpec(name="what", field_type="text", title="What", required=True), NOTE.field("rows").columns[1])
    rows = NOTE.field("rows").model_copy(update={"required": True, "columns": columns})
    kind = NOTE.model_copy(update={"fields": (*NOTE.fields[:2], rows)})
    case = await _case(api_of(make_world(script=answering(extract_note=WRONG_SUM), types=[kind])), final=False)
    remove_all: dict[str, Any] = {f"/fields/rows/{row}": None for row in ("r1", "r2", "r3")}
    lacking: list[dict[str, Any]] = [{"rows": []}, {"/fields/rows/r1/what": None}, {"/fields/rows/-": {"price": 1}}]
    for values in (remove_all, *lacking):
        assert 422 == (await case.correct(values)).status
    answer = await case.correct(remove_all, disposition="REJECT")
    assert (200, [], None) == (
        answer.status,
        answer.body["fields"]["rows"]["value"],
        answer.body["fields"]["rows"]["confidence"],
    )


async def test_a_column_and_a_field_with_dots_and_slashes(api_of: Callable[[World], Api]) -> None:
    """Names stand in pointers as RFC 6901 escapes them; a cell inside an object is named by its path."""
    columns = (
        FieldSpec(name="a/b", field_type="text", title="A"),
        FieldSpec(name="to.city", field_type="text", title="City"),
    )
    table = FieldSpec(name="parcels.rows", field_type="table", title="Rows", columns=columns)
    kind = NOTE.model_copy(update={"fields": (*NOTE.fields[:2], table), "rules": ()})
    read = {name: ANSWERS["extract_note"][name] for name in ("number", "total")}
    read["parcels"] = {"rows": [{"a/b": "x", "to": {"city": "Ulm"}, "lines": ["p1.l3"]}]}
    world = make_world(script=answering(extract_note=read | {"total": {"value": 9.0, "lines": []}}), types=[kind])
    case = await _case(api_of(world), final=False)
    answer = await case.correct(
        {
            "/fields/parcels.rows/r1/a~1b": "y",
            "/fields/parcels.rows/r1/to.city": "Bonn",
            "/fields/parcels.rows/-": {"a/b": "z", "to": {"city": "Köln"}},
        }
    )
    assert [{"a/b": "y", "to.city": "Bonn"}, {"a/b": "z", "to.city": "Köln"}] == (
        answer.body["fields"]["parcels.rows"]["value"]
    )
    assert ["/fields/parcels.rows/r1/a~1b", "/fields/parcels.rows/r1/to.city", "/fields/parcels.rows/r2"] == [
        change["field"] for change in answer.body["corrections"]
    ]


async def test_many_rows_are_corrected_in_a_moment(api_of: Callable[[World], Api]) -> None:
    """A table of 3,200 rows is replaced as a whole; a thousand single changes are the most in one request."""
    case = await _case(api_of(make_world(script=answering(extract_note=WRONG_SUM))), final=True)
    answer = await case.correct({"rows": [{"what": f"Item {number}", "price": 1} for number in range(3200)]})
    assert (200, 3203) == (answer.status, len(answer.body["corrections"]))
    await case.api.world.settle()
    changes = [{"path": f"/fields/rows/r{number}/price", "value": 2} for number in range(4, 1005)]
    assert 422 == (await case.correct({}, *changes)).status
    assert 200 == (await case.correct({}, *changes[:1000])).status


async def test_the_event_of_a_row_names_its_table(api_of: Callable[[World], Api]) -> None:
    """Subscribers learn which fields changed, as before."""
    case = await _case(api_of(make_world(script=answering(extract_note=WRONG_SUM))), final=True)
    await case.correct({"number": "B-1", "/fields/rows/r1/price": 1, "/fields/rows/r2": None})
    await case.api.world.settle()
    told = case.api.world.events.published[-1]
    assert ("corrected", ["number", "rows"], 3) == (told.name, told.data["fields"], told.data["corrections"])
