"""From real files that try to instruct their reader, through the real readers and OCR, to the decision."""

import json
import re
from dataclasses import replace

import pytest
from pydantic import SecretStr

from shared.bootstrap import build_context
from shared.domain.documents.run import Run, State
from shared.domain.models.model_call import ImagePart, ModelCall, TextPart
from shared.environment import StorageSettings
from shared.pipeline.context import Context
from shared.pipeline.store.runs import all_documents
from shared.settings import Settings
from shared.testing.models import ModelScript
from tests.integration.injected import AROUND, ATTACK, HIDDEN, PHOTO, PICTURED, SEEN, Made
from tests.support.pipeline.world import World, answer, make_world

UNUSED = "http://127.0.0.1:9"
ALL = SEEN | PICTURED | HIDDEN | AROUND | {"the EXIF fields of a photo": PHOTO}


@pytest.fixture(scope="module")
def real() -> Context:
    """The Core that is deployed, with its readers and its OCR; its storage is never touched."""
    account = "DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey=AAAA;EndpointSuffix=localhost"
    storage = StorageSettings.model_validate({"AzureWebJobsStorage": account})
    options = Settings(model_endpoint=UNUSED, model_key=SecretStr("-"), topic_endpoint=UNUSED, topic_key=SecretStr("-"))
    return build_context(options, storage)


def _extracted(call: ModelCall, total: float) -> str:
    """A reading of the note with this total, which cites the lines that it quotes."""
    text = next(part.text for part in call.parts if isinstance(part, TextPart) and "<documents>" in part.text)
    lines = dict(re.findall(r'"(p\d+\.l\d+)"[^"]*"([^"]*)"', text))

    def citing(words: str) -> list[str]:
        return [line for line, said in lines.items() if words in said][:1]

    price = {"what": "Apples", "price": total, "lines": citing("Apples")}
    return json.dumps(
        {
            "number": {"value": "A-17", "lines": citing("A-17")},
            "total": {"value": total, "lines": citing(f"{total:.2f}") or citing("Total")},
            "rows": [price],
        }
    )


def _script(total: float) -> ModelScript:
    return lambda call: _extracted(call, total) if call.schema_name == "extract_note" else answer(call)


honest, obeying = _script(3.5), _script(999.0)


def _world(real: Context, script: ModelScript) -> World:
    world = make_world(script=script)
    names = ("readers", "embedded_data_readers", "unpackers", "sniffer", "pictures", "recognizer")
    return replace(world, context=replace(world.context, **{name: getattr(real, name) for name in names}))


async def _runs(world: World, made: Made) -> list[Run]:
    """What became of a file, and of all that came out of it, but for the file that only holds others."""
    name, data = made()
    await world.drop(f"note/{name}", data)
    await world.settle()
    documents = [document async for document in all_documents(world.context)]
    runs = [await world.run(document.id) for document in documents]
    return [run for run in runs if run.state is not State.UNPACKED]


def _codes(run: Run) -> set[str]:
    return {reason.code for reason in run.reasons}


@pytest.mark.parametrize("made", (SEEN | PICTURED).values(), ids=(SEEN | PICTURED).keys())
async def test_an_instruction_that_the_document_shows_goes_to_a_person(real: Context, made: Made) -> None:
    """Though the model read everything right: somebody tried, and a person should know."""
    (run,) = await _runs(_world(real, honest), made)
    assert (State.IN_REVIEW, True) == (run.state, "addresses_reader" in _codes(run))


@pytest.mark.parametrize("made", HIDDEN.values(), ids=HIDDEN.keys())
async def test_an_instruction_that_nobody_sees_reaches_no_model_and_goes_to_a_person(real: Context, made: Made) -> None:
    """It is kept out of every request and reported as hidden text.

    What goes to a person in any case is not checked by a model, so its values may lack confidence beside that.
    """
    world = _world(real, honest)
    (run,) = await _runs(world, made)
    assert (State.IN_REVIEW, {"hidden_text"}) == (run.state, _codes(run) - {"low_confidence"})
    assert [] == [call for call in world.models.calls if "Ignore all" in _told(call)]


@pytest.mark.parametrize("made", AROUND.values(), ids=AROUND.keys())
async def test_an_instruction_around_the_document_reaches_no_model_and_changes_nothing(
    real: Context, made: Made
) -> None:
    """What a file says of itself is no part of the document: it is neither read nor a reason to doubt."""
    world = _world(real, honest)
    (run,) = await _runs(world, made)
    assert (State.FINALIZED, set()) == (run.state, _codes(run))
    assert world.models.calls
    assert [] == [call for call in world.models.calls if "Ignore all" in _told(call)]


async def test_an_instruction_in_the_fields_of_a_photo_reaches_no_model(real: Context) -> None:
    """Neither as text, nor in the bytes of the picture that is sent."""
    world = _world(real, honest)
    (run,) = await _runs(world, PHOTO)
    assert "addresses_reader" not in _codes(run)
    sent = [part.data for call in world.models.calls for part in call.parts if isinstance(part, ImagePart)]
    assert sent
    assert 0 == sum(ATTACK.encode() in data for data in sent)
    assert [] == [call for call in world.models.calls if "Ignore all" in _told(call)]


@pytest.mark.parametrize("made", ALL.values(), ids=ALL.keys())
async def test_a_model_that_obeys_never_gets_its_value_accepted(real: Context, made: Made) -> None:
    """Wherever it was told: what it made up stands nowhere, or stands in the very text that instructs it."""
    runs = await _runs(_world(real, obeying), made)
    assert [State.IN_REVIEW] == [run.state for run in runs]


def _told(call: ModelCall) -> str:
    """Everything a call says in words."""
    return "\n".join([call.system, *(part.text for part in call.parts if isinstance(part, TextPart))])
