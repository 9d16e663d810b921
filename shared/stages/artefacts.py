"""Claim checks: what stages leave for each other in the work container, by Document, Run and name."""

from pydantic import BaseModel

from shared.domain.errors import Unavailable
from shared.domain.page import Page, PageImage
from shared.domain.run import Run
from shared.stages.core import WORK, Core

JSON = "application/json"
RUNS = "runs"


def folder(run: Run) -> str:
    """Where the artefacts of a Run are kept."""
    return f"{RUNS}/{run.document_id}/{run.number:04d}"


def artefact_name(run: Run, name: str) -> str:
    """The blob name of a JSON artefact of a Run."""
    return f"{folder(run)}/{name}.json"


async def save(core: Core, run: Run, name: str, model: BaseModel) -> None:
    """Keep `model` under `name`; the same step repeated writes the same again."""
    await core.blobs.write(WORK, artefact_name(run, name), model.model_dump_json().encode(), JSON)


async def fetch_saved[M: BaseModel](core: Core, run: Run, name: str, kind: type[M]) -> M:
    """What was kept under `name`; raises Unavailable when it is not there (yet)."""
    data = await core.blobs.read(WORK, artefact_name(run, name))
    if data is None:
        message = f"artefact {name} of run {run.number} of {run.document_id} is missing"
        raise Unavailable(message)
    return kind.model_validate_json(data)


async def fetch_if_saved[M: BaseModel](core: Core, run: Run, name: str, kind: type[M]) -> M | None:
    """What was kept under `name`, or None: for what not every Run has."""
    data = await core.blobs.read(WORK, artefact_name(run, name))
    return None if data is None else kind.model_validate_json(data)


async def save_page(core: Core, run: Run, page: Page, picture: PageImage | None) -> None:
    """Keep a page and the picture that models see: the picture first, because the page says whether there is one."""
    if picture is not None:
        await core.blobs.write(WORK, _picture_name(run, page.number), picture.data, picture.media_type)
    await save(core, run, _page_name(page.number), page)


async def pages(core: Core, run: Run, numbers: range) -> tuple[Page, ...]:
    """Pages as they were read, in order."""
    return tuple([await fetch_saved(core, run, _page_name(number), Page) for number in numbers])


async def picture(core: Core, run: Run, number: int) -> bytes | None:
    """The JPEG of a page that models and reviewers see, or None."""
    return await core.blobs.read(WORK, _picture_name(run, number))


def _page_name(number: int) -> str:
    return f"pages/{number:05d}"


def _picture_name(run: Run, number: int) -> str:
    return f"{folder(run)}/pages/{number:05d}.jpg"
