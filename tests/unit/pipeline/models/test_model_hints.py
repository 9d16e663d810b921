"""Labels in requests to models: three in the prose that is paid for, all of them in the hints block that is off."""

import json
from copy import replace

import pytest

from shared.domain.documents.extraction import Extraction, FieldValue
from shared.domain.models.model_call import ModelCall, TextPart
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.pipeline.context import Context
from shared.pipeline.extract.untyped import fingerprint_types
from shared.pipeline.intake.admission import configuration
from shared.pipeline.models.prompting.prompts import classify_call, extract_call, split_call, verify_call
from tests.support.pipeline.world import make_world

LABELS = ("Label one", "Label two", "Label three", "Label four")
LETTER = DocumentType(
    name="letter",
    title="Letter",
    labels=LABELS,
    fields=(
        FieldSpec(name="number", field_type="identifier", title="Number", labels=LABELS),
        FieldSpec(
            name="rows",
            field_type="table",
            title="Rows",
            columns=(FieldSpec(name="sum", field_type="money", title="Sum", labels=LABELS),),
        ),
    ),
)
TASKS = ["extract", "classify", "split", "verify"]


def context_with(*, hints: bool) -> Context:
    """A context whose requests carry hints, or do not."""
    return replace(make_world().context, model_hints=hints)


def request(task: str, context: Context) -> ModelCall:
    """A request of the task."""
    calls = {
        "extract": lambda: extract_call(context, LETTER, LETTER.fields, [], []),
        "classify": lambda: classify_call(context, {"letter": LETTER}, [], []),
        "split": lambda: split_call(context, [LETTER], [], [2]),
        "verify": lambda: verify_call(
            context, LETTER, ("number",), Extraction(fields={"number": FieldValue()}), [], []
        ),
    }
    return calls[task]()


def text_of(call: ModelCall) -> str:
    """Everything that the model is told in words."""
    return "\n".join([json.dumps(call.json_schema), *(part.text for part in call.parts if isinstance(part, TextPart))])


@pytest.mark.parametrize("task", TASKS)
def test_without_hints_a_request_names_three_labels_at_most(task: str) -> None:
    """Further labels cost tokens in each request, and are no news to a language model."""
    told = text_of(request(task, context_with(hints=False)))
    assert ("<hints>" not in told, "Label three" in told, "Label four" in told) == (True, True, False)


@pytest.mark.parametrize("task", TASKS)
def test_hints_hold_all_labels_and_are_part_of_the_hash(task: str) -> None:
    """An answer that was given without the block is none to a request with it."""
    plain, hinted = (request(task, context_with(hints=hints)) for hints in (False, True))
    (block,) = [part.text for part in hinted.parts if isinstance(part, TextPart) and part.text.startswith("<hints>")]
    assert "Label four" in block
    assert block.count("Label one") == text_of(hinted).count("Label one") - text_of(plain).count("Label one")
    assert plain.hash() != hinted.hash()


def test_hints_are_part_of_how_a_file_is_processed() -> None:
    """A copy of a file is processed again when the block is switched on, and its type is looked for again."""
    plain, hinted = context_with(hints=False), context_with(hints=True)
    assert configuration(plain, None) != configuration(hinted, None)
    assert fingerprint_types(plain, {"letter": LETTER}) != fingerprint_types(hinted, {"letter": LETTER})
