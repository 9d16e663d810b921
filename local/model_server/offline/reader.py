"""The offline reader's front: one question in, the answer's JSON text out. Runs in a worker process."""

import json
import multiprocessing
import os
import signal
import threading
from dataclasses import asdict, dataclass
from typing import Any

from local.model_server.offline.ocr import with_ocr
from local.model_server.offline.request import Hints, image_pages, read_document, read_hints, read_samples
from local.model_server.offline.schema import guess_fields, shape_answer
from local.model_server.offline.word_lists import load_vocabulary
from shared.rule_reader.classify import TypeWords, classify
from shared.rule_reader.draft import draft
from shared.rule_reader.extract import extract
from shared.rule_reader.fields.fields import split_name
from shared.rule_reader.split import find_first_pages
from shared.rule_reader.text.page import Document
from shared.rule_reader.verify import verify

_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Question:
    """A request without its protocol: the schema's name and content, the user's texts, the images' bytes."""

    schema_name: str
    schema: dict[str, Any] | None
    texts: tuple[str, ...]
    images: tuple[bytes, ...]


def start_worker() -> None:
    """Set a worker process up: it leaves signals to the server, and dies with it however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def answer(question: Question) -> str:
    """Return the JSON text that the schema asks for; a plain sentence when there is no schema."""
    if question.schema is None:
        return "This is an offline reader without a language model: it answers requests with a JSON schema."
    if question.schema_name.startswith("draft_"):
        return json.dumps(draft(read_samples(question.texts), load_vocabulary()), ensure_ascii=False)
    document = with_ocr(read_document(question.texts), image_pages(question.texts), question.images)
    hints = read_hints(question.texts)
    return json.dumps(_answer(question, question.schema, document, hints), ensure_ascii=False)


def _answer(question: Question, schema: dict[str, Any], document: Document, hints: Hints | None) -> dict[str, Any]:
    """Return the answer's object; without hints every task but classification is an extraction of a foreign schema."""
    properties = schema.get("properties", {})
    name = question.schema_name
    if "document_type" in properties and name.startswith("classify"):
        return _classify(document, properties, hints)
    if hints is not None and "verdicts" in properties and name.startswith("verify_"):
        return {"verdicts": [asdict(verdict) for verdict in verify(document, hints.claims)]}
    if hints is not None and "first_pages" in properties and name.startswith("split"):
        return {"first_pages": find_first_pages(document, hints.types, hints.pages)}
    fields, only_rows = (guess_fields(schema), ()) if hints is None else (hints.fields, hints.only_rows)
    return shape_answer(schema, extract(document, fields, only_rows))


def _classify(document: Document, properties: dict[str, Any], hints: Hints | None) -> dict[str, Any]:
    names = [name for name in properties["document_type"].get("enum", ()) if name != _UNKNOWN]
    types = hints.types if hints else [TypeWords(name, split_name(name), ()) for name in names]
    classification = classify(document, types)
    answer = {"document_type": classification.name or _UNKNOWN, "lines": list(classification.lines)}
    return {name: value for name, value in answer.items() if name in properties}
