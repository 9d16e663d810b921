"""`intray eval`: a labelled set through the whole pipeline in a throwaway cloud, then scored."""

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from cli.commands.eval_record import check_recordable, conditions, write_records
from local.cloud.api import EventLog, api
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.cloud.storage import uploads
from local.processing.files import Source, blob_names
from local.processing.processing import Item, Processing
from local.settings import LocalSettings
from local.terminal import Starting, complain, console
from quality.evals.drafted_types.drafted import Drafted, draft
from quality.evals.evaluation import Case, cases, evaluation, judged_values
from quality.evals.record import Conditions, InvalidRecord
from quality.evals.sets.labelled import InvalidSet, Labelled, load
from quality.evals.sets.prediction import Prediction
from quality.evals.tables import acceptance_line, accuracy_table, classification, figures, worst_table
from quality.measure import exit_code, figures_table, report, write
from quality.outcomes import HAS_RESULT, answering_models, collect
from shared.document_types.loader import BUILT_IN, load_types
from shared.document_types.yaml_files.folder import InvalidType
from shared.domain.types.document_type import DocumentType
from shared.domain.values.amounts import as_json_number
from shared.pipeline.store.context import WORK

_PATIENCE = 1200.0
"""Seconds without any change after which it gives up: OCR of a large scan changes nothing for a while."""


@dataclass(frozen=True)
class EvalOptions:
    """The options of `intray eval`.

    `classify`: classify the documents; `limit`: process only the first documents; `record`: where to write the record
    that a policy refers to.
    """

    folder: Path
    out: Path | None = None
    check: bool = False
    classify: bool = False
    limit: int | None = None
    types: Path | None = None
    workers: int | None = None
    record: Path | None = None


async def evaluate(options: EvalOptions) -> int:
    """Process and score a set; return 1 when it is invalid, or with `check` when a goal is missed, else 0."""
    try:
        documents = load(options.folder)
        types, drafted = _types(options, documents)
        documents = documents[: options.limit]
        if options.record is not None:
            labels = {document.document_type for document in documents}
            check_recordable(options.record, types, labels & types.keys(), set(drafted))
    except (InvalidSet, InvalidType, InvalidRecord) as error:
        complain(str(error))
        return 1
    scored_documents = [document for document in documents if document.document_type in types]
    skipped = [document for document in documents if document.document_type not in types]
    began = time.monotonic()
    processed = await _process(options, scored_documents, drafted) if scored_documents else Processed({})
    scored_cases = cases(scored_documents, processed.predictions, types)
    details = evaluation(scored_cases) | {
        "set": options.folder.resolve().name,
        "drafted": sorted(drafted),
        "skipped": [
            {
                "file": document.file,
                "reason": f"No field of the type {document.document_type!r} is labelled.",
            }
            for document in skipped
        ],
        "seconds": round(time.monotonic() - began, 1),
    }
    if options.classify:
        details["classification"] = classification(scored_cases)
    measured_figures = figures(details)
    _show(scored_cases, details)
    console().print(figures_table(f"eval {details['set']}", measured_figures))
    if options.out is not None:
        _write(options.out, scored_cases, report("eval", measured_figures, details))
    if options.record is not None and write_records(options.record, scored_cases, _conditions(options, processed)):
        return 1
    return exit_code(measured_figures, options.check)


def _conditions(eval_options: EvalOptions, processed: "Processed") -> Conditions:
    cloud_options = CloudOptions(Path(), LocalSettings())
    return conditions(eval_options.folder.resolve().name, cloud_options, sorted(processed.answered_by))


def _types(options: EvalOptions, documents: Sequence[Labelled]) -> tuple[dict[str, DocumentType], dict[str, Drafted]]:
    """Return the types that documents are scored against, and those among them that are drafted, by the set's names."""
    extra_types = load_types(options.types) if options.types else {}
    types = load_types(BUILT_IN) | extra_types
    drafted = {draft_type.label: draft_type for draft_type in draft(documents, types, extra_types)}
    with tempfile.TemporaryDirectory(prefix="intray-") as folder:
        for draft_type in drafted.values():
            draft_type.write(Path(folder))
        loaded = load_types(Path(folder))
    return types | {
        label: draft_type.type_as_labelled(loaded[draft_type.name]) for label, draft_type in drafted.items()
    }, drafted


def _show(scored_cases: Sequence[Case], details: Mapping[str, Any]) -> None:
    terminal = console()
    terminal.print(accuracy_table(details))
    if details["worst"]:
        terminal.print(worst_table(details["worst"]))
    terminal.print(acceptance_line(details["confidence"]["documents"]), markup=False)
    for name in details["drafted"]:
        terminal.print(f"drafted from the labels' names and shapes: {name}", markup=False)
    counts: dict[str, int] = {}
    for skip in details["skipped"]:
        counts[skip["reason"]] = counts.get(skip["reason"], 0) + 1
    for reason, count in counts.items():
        terminal.print(f"skipped {count}: {reason}", markup=False)
    for case in scored_cases:
        if case.prediction.state not in HAS_RESULT:
            reasons = ", ".join(case.prediction.reasons)
            terminal.print(f"{case.labelled.file}: no result ({case.prediction.state}) {reasons}", markup=False)


def _write(out: Path, scored_cases: Sequence[Case], content: Mapping[str, Any]) -> None:
    """Write the report, and beside it each document's prediction and each value's signals with whether it was right."""
    write(out, content)
    _write_lines(out.parent / "predictions.jsonl", [case.prediction.line() for case in scored_cases])
    values = [
        {
            "set": content["set"],
            "document_type": document_type,
            "group": group,
            "file": value.file,
            "field": value.field,
            "row": value.row,
            "verdict": value.verdict,
            "signals": value.signals.model_dump() if value.signals else None,
        }
        for document_type, group, value in judged_values(scored_cases)
    ]
    _write_lines(out.parent / "signals.jsonl", values)


def _write_lines(target: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    target.write_text(
        "".join(json.dumps(line, ensure_ascii=False, default=as_json_number) + "\n" for line in lines), encoding="utf-8"
    )


class Processed(NamedTuple):
    """What a throwaway cloud made of documents: predictions by file, and the models that the API said had answered."""

    predictions: dict[str, Prediction]
    answered_by: frozenset[str] = frozenset()


async def _process(options: EvalOptions, documents: Sequence[Labelled], drafted: Mapping[str, Drafted]) -> Processed:
    """Process the documents in a throwaway cloud; one that came to no outcome has no prediction."""
    from azure.storage.blob.aio import ContainerClient

    settings = LocalSettings()
    if options.workers:
        settings = settings.model_copy(update={"workers": options.workers})
    with tempfile.TemporaryDirectory(prefix="intray-") as state, Starting(console()) as starting:
        reports = Path(state, "reports")
        reports.mkdir()
        types_folder = Path(state, "types")
        types_folder.mkdir()
        for draft_type in drafted.values():
            draft_type.write(types_folder)
        folders = (types_folder, *([options.types.resolve()] if options.types else []))
        names = {label: draft_type.name for label, draft_type in drafted.items()}
        items = _items(documents, reports, names, classify=options.classify)
        async with Cloud(CloudOptions(Path(state, "cloud"), settings, type_folders=folders), starting.tell) as cloud:
            starting.finish()
            account = cloud.addresses.storage
            work = ContainerClient.from_connection_string(account, WORK)
            async with api(cloud.addresses) as client, uploads(account) as storage, work:
                events = EventLog(cloud.addresses.events)
                await Processing(list(items.values()), client, storage, events, _PATIENCE).run()
                collected, models = await collect(items, work), await answering_models(work)
    by_name = {draft_type.name: draft_type for draft_type in drafted.values()}
    predictions = {
        file: by_name[name].as_labelled(prediction) if (name := prediction.document_type) in by_name else prediction
        for file, prediction in collected.items()
    }
    return Processed(predictions, models)


def _items(
    documents: Sequence[Labelled], reports: Path, names: Mapping[str, str], *, classify: bool
) -> dict[str, Item]:
    """Return an upload for each document, by file: into the folder of its type, or where its type is not told.

    `names`: the names of types that the set calls otherwise.
    """
    items: dict[str, Item] = {}
    for document_type in dict.fromkeys(None if classify else document.document_type for document in documents):
        of_type = [
            document for document in documents if document_type is None or document.document_type == document_type
        ]
        sources = [Source(document.path, PurePosixPath(document.path.name)) for document in of_type]
        for document, source, blob in zip(
            of_type, sources, blob_names(sources, names.get(document_type or "", document_type)), strict=True
        ):
            items[document.file] = Item(source, blob, reports / f"{len(items)}.json")
    return items
