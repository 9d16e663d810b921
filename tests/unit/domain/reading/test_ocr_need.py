"""Small pure rules: identity, page ranges, when to OCR, how large a picture may be, prices."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.documents.document import Document, document_id
from shared.domain.models.catalogue import Catalogue, Deployment
from shared.domain.models.model_call import Bill, ImagePart, ModelCall, TextPart, Usage
from shared.domain.reading.ocr_need import Ceiling, TextLayer, needs_ocr, scale_to_fit
from shared.domain.reading.page import union
from shared.domain.reading.page_range import page_ranges

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CALL = ModelCall(
    deployment="see",
    system="read",
    parts=(TextPart(text="a"), ImagePart(media_type="image/jpeg", data=b"picture")),
    schema_name="s",
    json_schema={"type": "object"},
    max_output_tokens=10,
)


def test_identity_is_container_name_and_version() -> None:
    """The same version is the same Document, quotes around the ETag or not; anything else is another."""
    one = document_id("incoming", "a.pdf", '"0x1"')
    assert one == document_id("incoming", "a.pdf", "0x1")
    others = {
        document_id("incoming", "a.pdf", "0x2"),
        document_id("incoming", "b.pdf", "0x1"),
        document_id("x", "a", "1"),
    }
    assert 4 == len({one, *others})


@pytest.mark.parametrize(("name", "folder"), [("invoice/a/b.pdf", "invoice"), ("a.pdf", None), ("/a.pdf", "")])
def test_the_first_folder_may_name_the_type(name: str, folder: str | None) -> None:
    """Only what stands before the first slash is the folder."""
    made = Document(id="d", container="incoming", name=name, etag="1", size=1, uploaded=NOW, received=NOW)
    assert folder == made.folder


@given(st.integers(1, 6000), st.integers(1, 100))
def test_page_ranges_cover_every_page_once(pages: int, size: int) -> None:
    """No page is left out, none is read twice, and no range is longer than asked."""
    ranges = page_ranges(pages, size)
    assert list(range(1, pages + 1)) == [number for part in ranges for number in part.numbers]
    assert all(len(part.numbers) <= size for part in ranges)
    assert sorted(part.name for part in ranges) == [part.name for part in ranges]


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (TextLayer(2000, 0.0, 0.0), False),
        (TextLayer(0, 0.0, 1.0), True),
        (TextLayer(10, 0.0, 0.9), True),
        (TextLayer(10, 0.0, 0.1), False),
        (TextLayer(2000, 0.5, 0.0), True),
        (TextLayer(0, 0.0, 0.0), False),
    ],
)
def test_ocr_only_where_the_text_layer_does_not_stand_for_the_page(layer: TextLayer, expected: bool) -> None:
    """A scan and a garbled text layer need OCR; text, a stamp beside text, and a blank page do not."""
    assert expected is needs_ocr(layer)


@given(st.integers(1, 20000), st.integers(1, 20000))
def test_a_picture_fits_its_ceiling(width: int, height: int) -> None:
    """Both bounds hold after scaling, and nothing is enlarged."""
    factor = scale_to_fit(width, height, Ceiling(1408, 1088 * 1408))
    assert factor <= 1
    assert max(width, height) * factor <= 1408.001
    assert width * factor * height * factor <= 1088 * 1408 * 1.001


def test_boxes_join() -> None:
    """The union is the smallest box around all."""
    assert (0, 1, 9, 8) == union(((0, 2, 3, 4), (5, 1, 9, 8)))


def test_the_hash_covers_all_that_can_change_an_answer() -> None:
    """Two requests are the same only when nothing differs, pictures included."""
    picture = ImagePart(media_type="image/jpeg", data=b"another")
    changed = [
        CALL.model_copy(update=change)
        for change in (
            {"deployment": "think"},
            {"system": "write"},
            {"parts": (CALL.parts[0], picture)},
            {"parts": CALL.parts[:1]},
            {"json_schema": {"type": "array"}},
            {"schema_name": "t"},
            {"max_output_tokens": 11},
            {"reasoning_effort": "low"},
        )
    ]
    assert CALL.model_copy().hash() == CALL.hash()
    assert 9 == len({call.hash() for call in (CALL, *changed)})


def test_cached_tokens_cost_their_own_price() -> None:
    """Fresh input, cached input and output are priced apart, per million tokens."""
    entry = Deployment(name="see", capabilities=frozenset({"vision"}), input_price=1, cached_price=0.1, output_price=10)
    catalogue = Catalogue(deployments=(entry,))
    assert 0.0006 + 0.00004 + 0.002 == pytest.approx(
        catalogue.cost("see", Usage(prompt=1000, cached=400, completion=200))
    )
    assert entry is catalogue.for_task("vision")
    with pytest.raises(LookupError, match="reasoning"):
        catalogue.for_task("reasoning")


def test_bills_add_up() -> None:
    """A Run's bill is the sum of its tasks' bills."""
    one = Bill(calls=1, reused=2, usage=Usage(prompt=3, cached=1, completion=4), cost_usd=0.1)
    total = Bill(calls=2, reused=4, usage=Usage(prompt=6, cached=2, completion=8), cost_usd=0.2)
    assert total == one.plus(one)
