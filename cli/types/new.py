"""`intray types new`: a document type drafted from samples, by a model or by the offline reader."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jsonschema import Draft202012Validator

from cli.types.types import find_name_problem, write
from local.drafting.draft import Draft, type_yaml
from local.drafting.request import draft_call
from local.model_server.offline.reader import Question
from local.model_server.offline.reader import answer as offline_answer
from local.processing.files import collect
from local.terminal import complain
from shared import bootstrap
from shared.adapters.formats.sniffer import PuremagicSniffer
from shared.bootstrap_formats import readers
from shared.domain.base.errors import IntrayError
from shared.domain.models.model_call import ModelAnswer, ModelCall, TextPart, Usage
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import Page
from shared.domain.reading.page_range import PageRange
from shared.pipeline.read.recognize import read_page_with_ocr
from shared.ports.reading import Reader, Sniffer, SourceFile, TextRecognizer
from shared.settings import Settings, settings, storage_settings

MAX_SAMPLE_PAGES = 3
"""Of each sample."""
MAX_SAMPLES = 5


class _PageReaders(NamedTuple):
    """What turns a file into pages."""

    sniffer: Sniffer
    readers: Mapping[str, Reader]
    recognizer: TextRecognizer | None


async def new(paths: Sequence[Path], name: str, out: Path) -> int:
    """Draft `<out>/<name>/type.yaml` from sample documents; 1 when that cannot be."""
    if problem := find_name_problem(name, out):
        complain(problem)
        return 1
    options = settings()
    sources, problems = collect(paths)
    samples, parts = [], _parts(options)
    for source in sources[:MAX_SAMPLES]:
        try:
            samples.append(await _pages(options, parts, source.path))
        except IntrayError as error:
            problems.append(f"{source.path}: {error}")
    if len(sources) > MAX_SAMPLES:
        complain(f"only the first {MAX_SAMPLES} of {len(sources)} samples are looked at")
    for problem in problems:
        complain(problem)
    if not samples:
        complain("there is no sample to draft from")
        return 1
    draft = await _draft(options, samples)
    if draft is None:
        return 1
    if not draft.fields:
        complain("no field was found: the samples hold no labels with values beside them; write the type by hand")
        return 1
    return write(out / name, type_yaml(name, draft)) or int(bool(problems))


def _parts(options: Settings) -> _PageReaders:
    pool, ocr_pool = bootstrap.reading_pools(options.model_copy(update={"reader_processes": 1}))
    engine = bootstrap.recognizer(options, storage_settings(), ocr_pool)
    return _PageReaders(PuremagicSniffer(pool), readers(options, pool), engine)


async def _pages(options: Settings, parts: _PageReaders, path: Path) -> list[Page]:
    """Return the first pages of a sample, as the pipeline reads them."""
    media_type = await parts.sniffer.media_type(path)
    reader = parts.readers.get(media_type)
    if reader is None:
        raise IntrayError(f"{media_type} cannot be read: use a PDF or a picture")
    file = SourceFile(path)
    numbers = PageRange(first=1, last=min(MAX_SAMPLE_PAGES, await reader.count(file))).numbers
    ceiling = Ceiling(options.ocr_side)
    pages = reader.pages(file, list(numbers), ceiling, ceiling)
    return [await read_page_with_ocr(parts.recognizer, source) async for source in pages]


async def _draft(options: Settings, samples: Sequence[Sequence[Page]]) -> Draft | None:
    """Return what a model proposes; the offline reader, in this process, where no model is set."""
    catalogue = bootstrap.catalogue(options)
    call = draft_call(catalogue.for_task("reasoning").name, samples, options.max_output_tokens)
    if options.model_endpoint:
        answer = await bootstrap.models(options, storage_settings()).answer(call, call.hash())
    else:
        answer = _offline(call)
    if answer.finish != "stop":
        complain(f"the model gave no draft ({answer.finish}): try fewer samples")
        return None
    try:
        body = json.loads(answer.text)
    except json.JSONDecodeError:
        body = None
    if not Draft202012Validator(call.json_schema).is_valid(body):
        complain("the model's draft is not of the shape that was asked for: try again, or another model")
        return None
    return Draft.model_validate(body)


def _offline(call: ModelCall) -> ModelAnswer:
    texts = tuple(part.text for part in call.parts if isinstance(part, TextPart))
    text = offline_answer(Question(call.schema_name, call.json_schema, texts, ()))
    return ModelAnswer(text=text, finish="stop", model="offline-reader", usage=Usage())
