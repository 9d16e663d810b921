"""The clean and the defective documents of `quality.samples.twins` through the stages, read with the real readers.

Storage is in memory, the offline reader answers. No page of these sets needs OCR.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from local.model_server.offline.reader import Question
from local.model_server.offline.reader import answer as offline
from quality.evals.comparing.normalize import same
from quality.samples.content.labels import Fields
from quality.samples.twins.case import TwinCase
from quality.samples.twins.catalog import CLEAN, DEFECTIVE
from shared.bootstrap import build_context
from shared.document_types.loader import BUILT_IN, load_types
from shared.domain.documents.run import Run, State
from shared.domain.models.model_call import ImagePart, ModelCall, TextPart
from shared.domain.types.document_type import DocumentType
from shared.environment import StorageSettings
from shared.pipeline.context import Context
from shared.pipeline.operations.listing import list_documents
from shared.settings import Settings
from tests.support.pipeline.world import World, make_world

TYPES = load_types(BUILT_IN)
MOST_DOCUMENTS = 20
UNUSED = "http://127.0.0.1:9"
WITHOUT_THRESHOLD = {"bank_statement": ["no_threshold"]}
"""Reasons that every document of a type has."""
FINDINGS_OF_CLEAN = {"one-row.csv": ["empty_table"]}
"""A table of one invoice in each row states no line items, and that is said."""
FEW_LABELS = {"few_labels", "low_confidence"}
"""Reasons of letters that label neither seller, buyer nor currency: such values are not checked, nor accepted."""
COVER_TEXTS = {"two-attachments.eml": 1, "binary-attachments.eml": 1}
"""Children that are the text of the mail itself."""


@pytest.fixture(scope="module")
def real() -> Context:
    """The Core that is deployed, for its readers; its storage is never touched."""
    account = "DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=AAAA;EndpointSuffix=localhost"
    storage = StorageSettings.model_validate({"AzureWebJobsStorage": account})
    options = Settings(
        model_endpoint=UNUSED,
        model_key=SecretStr("-"),
        topic_endpoint=UNUSED,
        topic_key=SecretStr("-"),
        ocr_engine="none",
    )
    return build_context(options, storage)


@pytest.fixture
def world(real: Context) -> World:
    """A world of twins that reads with the real readers; every type counts as evaluated."""
    made = make_world(script=read_offline, types=tuple(TYPES.values()))
    names = ("readers", "embedded_data_readers", "unpackers", "sniffer", "pictures")
    return replace(
        made, context=replace(made.context, model_hints=True, **{name: getattr(real, name) for name in names})
    )


def read_offline(call: ModelCall) -> str:
    """Return what the offline reader says."""
    texts = tuple(part.text for part in call.parts if isinstance(part, TextPart))
    images = tuple(part.data for part in call.parts if isinstance(part, ImagePart))
    return offline(Question(call.schema_name, call.json_schema, texts, images))


class ReadDocument:
    """What came of one document of a file."""

    def __init__(self, run: Run, result: dict[str, Any]) -> None:
        self.disposition = run.disposition
        self.document_type = run.document_type
        self.reasons = [reason.code for reason in run.reasons]
        self.findings = [item["rule"] for item in result.get("findings", ()) if item["severity"] != "info"]
        self.values = {name: field["value"] for name, field in result.get("fields", {}).items()}

    def __repr__(self) -> str:
        return f"{self.document_type} {self.disposition} {self.reasons} {self.findings} {self.values}"

    def differences(self, answer: Fields) -> list[str]:
        """Return where the values differ from the right ones."""
        kind = TYPES[self.document_type or "invoice"]
        return [text for name, value in answer.items() for text in _compare(kind, name, value, self.values.get(name))]


def _compare(kind: DocumentType, name: str, right: Any, got: Any) -> Iterator[str]:
    spec = kind.field(name)
    if not isinstance(right, list):
        if not same(spec.field_type, right, got):
            yield f"{name}: {got!r}, right is {right!r}"
        return
    if len(got or ()) != len(right):
        yield f"{name}: {len(got or ())} rows, right are {len(right)}"
        return
    kinds = {column.name: column.field_type for column in spec.columns}
    for number, (wanted, row) in enumerate(zip(right, got, strict=True), 1):
        for cell, value in wanted.items():
            if not same(kinds[cell], value, row.get(cell)):
                yield f"{name} {number}.{cell}: {row.get(cell)!r}, right is {value!r}"


async def read_file(world: World, case: TwinCase) -> list[ReadDocument]:
    """Return every document that came out of a file, without the files that only held some."""
    folder = f"{case.document_type}/" if case.typed else ""
    await world.drop(f"{folder}{case.file}", case.make())
    await world.settle()
    listed = await list_documents(world.context, MOST_DOCUMENTS)
    runs = [status.run for status in listed.items if status.run.state is not State.UNPACKED]
    return [ReadDocument(run, await world.result(run.document_id) if run.disposition else {}) for run in runs]


def _without_best_match(documents: list[ReadDocument], answer: Fields) -> tuple[ReadDocument, list[ReadDocument]]:
    best = min(documents, key=lambda document: len(document.differences(answer)))
    return best, [document for document in documents if document is not best]


@pytest.mark.parametrize("case", CLEAN, ids=[case.file for case in CLEAN])
async def test_a_clean_document_is_read_right_without_findings(world: World, case: TwinCase) -> None:
    """Every value is right, nothing is found wrong, and where a threshold is in force it is accepted."""
    documents = await read_file(world, case)
    assert len(case.answers) == len(documents) - COVER_TEXTS.get(case.file, 0)
    for answer in case.answers:
        document, documents = _without_best_match(documents, answer)
        assert (case.document_type, []) == (document.document_type, document.differences(answer))
        assert FINDINGS_OF_CLEAN.get(case.file, []) == document.findings
        if "few_labels" in document.reasons:
            assert ("REVIEW", set()) == (document.disposition, set(document.reasons) - FEW_LABELS)
        elif case.file not in FINDINGS_OF_CLEAN:
            reasons = WITHOUT_THRESHOLD.get(case.document_type, [])
            assert ("REVIEW" if reasons else "ACCEPT", reasons) == (document.disposition, document.reasons)
    assert ["REVIEW"] * len(documents) == [document.disposition for document in documents]


@pytest.mark.parametrize("case", DEFECTIVE, ids=[case.file for case in DEFECTIVE])
async def test_a_defective_document_is_never_accepted_with_a_wrong_value(world: World, case: TwinCase) -> None:
    """Every document in it comes out with the right values, or a person looks at what came out and is told why."""
    documents = await read_file(world, case)
    assert documents
    held = [document for document in documents if document.disposition != "ACCEPT"]
    assert all(document.reasons for document in held)
    left = documents
    for answer in case.answers:
        if not left:
            assert held, f"{len(case.answers)} documents, {len(documents)} came out"
            break
        document, left = _without_best_match(left, answer)
        wrong = [name for name, value in case.wrong.items() if document.values.get(name) == value]
        if document.disposition == "ACCEPT":
            assert ([], []) == (wrong, document.differences(answer))
        elif document.document_type == "bank_statement":  # no threshold: being held says nothing
            assert document.findings or not document.differences(answer), document


def test_every_defective_document_has_a_clean_counterpart() -> None:
    """What is only printed otherwise must be told apart from what is wrong, so both are tried."""
    formats_of_clean = {"html_struck": "docx_struck", "rtf_struck": "docx_struck", "einvoice_differs": "einvoice"}
    clean = {case.topic for case in CLEAN}
    topics = {formats_of_clean.get(case.topic, case.topic) for case in DEFECTIVE}
    assert (set(), True) == (topics - clean, len(topics) >= 30)
