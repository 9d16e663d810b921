"""What a throwaway cloud made of the documents of a labelled set."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from local.processing.processing import Item
from local.processing.report import seconds
from quality.evals.comparing.evidence import Sheets, is_pdf
from quality.evals.sets.prediction import PredictedField, PredictedRow, Prediction
from shared.domain.documents.artifact_names import EXTRACTION
from shared.domain.documents.extraction import Extraction
from shared.domain.documents.result import ResultField
from shared.domain.documents.run import Run, State
from shared.domain.reading.page import Page
from shared.pipeline.models.gateway.gateway import ANSWERS, StoredAnswer
from shared.pipeline.operations.status import DocumentDetail
from shared.pipeline.store import artifacts

if TYPE_CHECKING:
    from azure.storage.blob.aio import ContainerClient

HAS_RESULT = frozenset({State.FINALIZED, State.IN_REVIEW})


async def collect(items: Mapping[str, Item], work: "ContainerClient") -> dict[str, Prediction]:
    """Return the predictions of the items that came to an outcome; a copy has the result of what it is a copy of."""
    details = {item.document_id: item.detail for item in items.values() if item.detail and item.detail.run.is_settled}
    found: dict[str, Prediction] = {}
    for file, item in items.items():
        detail = details.get(item.document_id)
        if detail is not None:
            original = details.get(detail.run.duplicate_of or item.document_id)
            found[file] = await _prediction(file, item.source.path, original or detail, work)
    return found


async def answering_models(work: "ContainerClient") -> frozenset[str]:
    """Return the models that the API named in the answers that are stored."""
    names = [blob.name async for blob in work.list_blobs(name_starts_with=f"{ANSWERS}/")]
    return frozenset(
        [StoredAnswer.model_validate_json(await _read_artifact(work, name)).answer.model for name in names]
    )


async def _prediction(file: str, path: Path, detail: DocumentDetail, work: "ContainerClient") -> Prediction:
    run = detail.run
    result = detail.result if run.state in HAS_RESULT else None
    fields: dict[str, PredictedField] = {}
    if result is not None:
        checked = await _read_artifact(work, f"{artifacts.folder(run)}/{EXTRACTION}.json")
        extraction = Extraction.model_validate_json(checked)
        own = (
            {page.number for page in result.pages if page.source == "text"} if await to_thread(is_pdf, path) else set()
        )
        recognised = [page async for page in _stored_pages(run, work) if page.number not in own]
        sheets = Sheets(path, {page.number: page for page in recognised})
        fields = {name: _field(name, field, extraction, sheets) for name, field in result.fields.items()}
    reasons = result.reasons if result else run.reasons
    return Prediction(
        file=file,
        state=run.state.value,
        document_type=run.document_type,
        disposition=run.disposition if result else None,
        reasons=tuple(reason.code for reason in reasons),
        fields=fields,
        pages=run.pages,
        seconds=seconds(detail.document.received, run),
        model_calls=run.bill.calls,
        prompt_tokens=run.bill.usage.prompt,
        completion_tokens=run.bill.usage.completion,
        cost=run.bill.cost_usd,
    )


async def _stored_pages(run: Run, work: "ContainerClient") -> AsyncIterator[Page]:
    async for blob in work.list_blobs(name_starts_with=f"{artifacts.folder(run)}/pages/"):
        if blob.name.endswith(".json"):
            for page in artifacts.PageGroup.model_validate_json(await _read_artifact(work, blob.name)).pages:
                yield page


async def _read_artifact(work: "ContainerClient", name: str) -> bytes:
    return await (await work.download_blob(name)).readall()


def _field(name: str, field: ResultField, extraction: Extraction, sheets: Sheets) -> PredictedField:
    """Return a field of a result with its signals (from the checking stage's artifact) and the texts of its boxes."""
    if name in extraction.tables:
        rows = tuple(PredictedRow(row.cells, row.confidence, row.signals) for row in field.rows)
        return PredictedField(confidence=field.confidence, rows=rows)
    value = None if isinstance(field.value, list) else field.value
    on_pages = not field.evidence or any(place.page is not None for place in field.evidence)
    texts = sheets.texts(field.evidence) if value is not None and on_pages else None
    return PredictedField(value, field.confidence, extraction.fields[name].signals, texts=texts)
