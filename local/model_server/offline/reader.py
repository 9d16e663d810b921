"""The offline reader's front: one question in, the answer's JSON text out. Runs in a worker process."""

import json
import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from typing import Any

from local.model_server.offline.ocr import with_ocr
from shared.rule_reader.classify import classify
from shared.rule_reader.draft import draft
from shared.rule_reader.extract import extract
from shared.rule_reader.request import image_pages, read_document, read_samples, wanted_rows
from shared.rule_reader.split import split
from shared.rule_reader.verify import verify


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
        return json.dumps(draft(read_samples(question.texts)), ensure_ascii=False)
    document = with_ocr(read_document(question.texts), image_pages(question.texts), question.images)
    properties = question.schema.get("properties", {})
    if question.schema_name.startswith("verify_") and "verdicts" in properties:
        found = verify(document, question.schema, question.texts)
    elif "first_pages" in properties and question.schema_name.startswith("split"):
        found = split(document, question.texts)
    elif "document_type" in properties and question.schema_name.startswith("classify"):
        found = classify(document, question.schema, question.texts)
    else:
        found = extract(document, question.schema, wanted_rows(question.texts))
    return json.dumps(found, ensure_ascii=False)
