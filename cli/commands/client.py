"""The commands that talk to a running cloud about single documents: drop and show."""

from collections.abc import Sequence
from pathlib import Path

from cli.output.show import print_document
from cli.output.tables import outcome_line
from local.cloud.addresses import CloudError, find
from local.cloud.api import Api, api
from local.cloud.storage import uploads
from local.cloud.watch import Watcher
from local.processing.family import family, has_settled
from local.processing.files import collect
from local.processing.processing import check_type
from local.settings import LocalSettings
from local.terminal import complain, console, plain
from shared.domain.documents.run import State
from shared.pipeline.operations.status import DocumentDetail


async def drop(
    paths: Sequence[Path], document_type: str | None, container: str | None, wait: bool, state: Path | None
) -> int:
    """Upload files to the running cloud and print the names and ids of their documents; return 1 when one failed.

    `container`: None: the first of the cloud. Raises CloudError when it has no such container of uploads.

    With `wait`, print the outcome of each too, and return 1 when one failed or is held.
    """
    from azure.core.exceptions import AzureError

    sources, problems = collect(paths)
    uploaded: list[str] = []
    addresses = find(state or LocalSettings().state)
    container = container or addresses.containers[0]
    if container not in addresses.containers:
        listed = ", ".join(addresses.containers)
        raise CloudError(f"The container {container!r} takes no uploads. There are: {listed} (INTRAY_CONTAINERS).")
    async with api(addresses) as client, uploads(addresses.storage, container) as storage:
        await check_type(client, document_type)
        for source in sources:
            name = "/".join(filter(None, [document_type, str(source.relative)]))
            try:
                blob_name, document_id = await storage.upload_beside(source.path, name)
            except (OSError, AzureError) as error:
                problems.append(f"{source.path}: it could not be uploaded: {type(error).__name__}: {error}")
            else:
                uploaded.append(document_id)
                console().print(f"{document_id}  {plain(blob_name)}", markup=False, soft_wrap=True)
        failed = await _print_outcomes(client, uploaded) if wait else False
    for problem in problems:
        complain(problem)
    return int(bool(problems) or failed)


async def _print_outcomes(client: Api, uploaded: Sequence[str]) -> bool:
    """Print the outcome of each document and of what came out of it; return whether one failed or is held."""
    waiting, failed = set(uploaded), False
    watcher = Watcher(client)
    async for _ in watcher.changes():
        for document_id in [
            upload_id for upload_id in uploaded if upload_id in waiting and has_settled(upload_id, watcher.known)
        ]:
            waiting.discard(document_id)
            for status in family(document_id, watcher.known):
                failed = failed or status.run.state in {State.FAILED, State.HELD}
                if (detail := await client.detail(status.document.id)) is not None:
                    console().print(outcome_line(detail))
        if not waiting:
            break
    return failed


async def show(reference: str, as_json: bool, state: Path | None) -> int:
    """Show one document; `reference` is its id, the beginning of its id, or its blob name."""
    async with api(find(state or LocalSettings().state)) as client:
        detail = await find_document(client, reference)
        if as_json:
            print(detail.model_dump_json(indent=2))
        else:
            print_document(console(), detail)
    return 0


async def find_document(client: Api, reference: str) -> DocumentDetail:
    """Return the document of a reference; the latest version, when it is a blob name. Raises CloudError."""
    if (detail := await client.detail(reference)) is not None:
        return detail
    documents = await client.documents()
    exact_matches = [
        status
        for status in documents
        if reference in {status.document.name, f"{status.document.container}/{status.document.name}"}
    ]
    matches = exact_matches[:1] or [status for status in documents if status.document.id.startswith(reference)]
    if not matches:
        raise CloudError(f"There is no document {reference!r}: `intray status` lists them.")
    if len(matches) > 1:
        ids = ", ".join(status.document.id for status in matches[:5])
        raise CloudError(f"{reference!r} is the beginning of {len(matches)} documents: {ids}.")
    detail = await client.detail(matches[0].document.id)
    if detail is None:
        raise CloudError(f"Document {matches[0].document.id} was removed meanwhile.")
    return detail
