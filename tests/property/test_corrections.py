"""Whatever a caller sends as a correction, the answer is never that something of ours is broken."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pipeline.world import World, answering, make_world
from tests.unit.functions.api import Api
from tests.unit.functions.kinds import KINDS, READ

_texts = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["\ud800", "NaN", "1e999", "2026-02-30", "EUR", "yes", "-0", "9" * 400, "/", "~", "r1"]),
)
_numbers = st.one_of(st.integers(), st.integers(10**300, 10**301), st.floats(), st.booleans(), st.none())
_scalars = st.one_of(_texts, _numbers)
_rows = st.dictionaries(st.sampled_from(["what", "price", "colour", "a.b", ""]), _scalars, max_size=3)
_values = st.recursive(
    st.one_of(_scalars, _rows, st.lists(_rows, max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(_texts, inner, max_size=2)),
    max_leaves=6,
)
_steps = st.one_of(
    st.sampled_from(["fields", "rows", "total", "number", "day", "r1", "r2", "-", "what", "price", "", "~2", "0"]),
    _texts,
)
_paths = st.lists(_steps, max_size=5).map(lambda steps: "/".join(["", *steps]))
_pointers = st.sampled_from(
    [
        "/fields/rows/r1/price",
        "/fields/rows/r2/what",
        "/fields/rows/-",
        "/fields/rows/r1",
        "/fields/rows",
        "/fields/day",
    ]
)
_names = st.one_of(st.sampled_from([spec.name for spec in KINDS.fields]), _pointers, _paths, _texts)
_likely = st.sampled_from(
    [None, 1, "2.50", "2026-11-22", "EUR", True, {"what": "Figs"}, [{"what": "Figs", "price": 2}]]
)
_any_value = st.one_of(_likely, _likely, _values)
_changes = st.fixed_dictionaries(
    {"path": st.one_of(_pointers, _pointers, _paths)},
    optional={"op": st.sampled_from(["add", "remove", "replace"]), "value": _any_value},
)
_fields = st.dictionaries(_names, _any_value, max_size=2)
bodies = st.one_of(
    st.fixed_dictionaries({"fields": _fields}, optional={"changes": st.lists(_changes, max_size=2)}),
    st.fixed_dictionaries({"changes": st.lists(_changes, min_size=1, max_size=3)}),
    st.dictionaries(st.sampled_from(["fields", "changes", "run", "revision", "colour"]), _values),
)


async def _final(world: World) -> str:
    document_id = await world.drop()
    await world.settle()
    return document_id


@given(st.lists(bodies, min_size=1, max_size=5))
def test_no_correction_breaks_anything(sent: list[dict[str, Any]]) -> None:
    """It is done, or refused for what it says; and what is stored then is JSON without NaN that reads back."""

    async def send() -> None:
        world = make_world(script=answering(extract_note=READ), types=[KINDS])
        document_id = await _final(world)
        with pytest.MonkeyPatch.context() as patch:
            api = Api(world, patch)
            for body in sent:
                revision = (await world.run(document_id)).revision
                answer = await api.call("document_correct", document_id, {"run": 1, "revision": revision} | body)
                assert answer.status in {200, 400, 409, 422}, answer
            shown = await api.call("document", document_id)
        assert 200 == shown.status
        json.dumps(shown.body, allow_nan=False).encode()
        assert KINDS.field("number").required
        assert shown.body["result"]["fields"]["number"]["value"]

    asyncio.run(send())
