"""The commands that talk to a running cloud: drop, status, show."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter
from rich.live import Live

from local.cli.files import collect
from local.cli.process import check_type
from local.cli.show import print_document
from local.cli.tables import documents_table
from local.cli.terminal import complain, console, plain
from local.cloud.addresses import CloudError, find
from local.cloud.api import Api, api
from local.cloud.storage import uploads
from local.cloud.watch import Watcher
from local.settings import LocalSettings
from shared.stages.status import DocumentDetail, DocumentStatus

_STATUSES = TypeAdapter(list[DocumentStatus])


async def drop(paths: Sequence[Path], document_type: str | None, state: Path | None) -> int:
    """Upload files to the running cloud and print the names and ids of their documents; 1 when one could not be."""
    from azure.core.exceptions import AzureError

    sources, problems = collect(paths)
    addresses = find(state or LocalSettings().state)
    async with api(addresses) as client, uploads(addresses.storage) as storage:
        await check_type(client, document_type)
        for source in sources:
            name = "/".join(filter(None, [document_type, str(source.relative)]))
            try:
                chosen, document_id = await storage.upload_beside(source.path, name)
            except (OSError, AzureError) as error:
                problems.append(f"{source.path}: it could not be uploaded: {type(error).__name__}: {error}")
            else:
                console().print(f"{document_id}  {plain(chosen)}", markup=False, soft_wrap=True)
    for problem in problems:
        complain(problem)
    return int(bool(problems))


async def status(watch: bool, as_json: bool, state: Path | None) -> int:
    """List every document of the running cloud, the latest first; with `watch` until cancelled."""
    async with api(find(state or LocalSettings().state)) as client:
        if as_json:
            print(_STATUSES.dump_json(await client.documents(), indent=2).decode())
            return 0
        terminal = console()
        if not watch:
            terminal.print(documents_table(await client.documents()))
            return 0
        watcher = Watcher(client)
        with Live(console=terminal, auto_refresh=False) as live:
            async for _ in watcher.changes():
                latest = sorted(watcher.known.values(), key=lambda one: one.document.received, reverse=True)
                live.update(documents_table(latest[: max(terminal.height - 4, 5)]), refresh=True)
    return 0


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
    """The one that is meant; the latest version, when it is a blob name. Raises CloudError."""
    if (detail := await client.detail(reference)) is not None:
        return detail
    documents = await client.documents()
    named = [
        one for one in documents if reference in {one.document.name, f"{one.document.container}/{one.document.name}"}
    ]
    begun = named[:1] or [one for one in documents if one.document.id.startswith(reference)]
    if not begun:
        raise CloudError(f"There is no document {reference!r}: `intray status` lists them.")
    if len(begun) > 1:
        ids = ", ".join(one.document.id for one in begun[:5])
        raise CloudError(f"{reference!r} is the beginning of {len(begun)} documents: {ids}.")
    detail = await client.detail(begun[0].document.id)
    if detail is None:
        raise CloudError(f"Document {begun[0].document.id} was removed meanwhile.")
    return detail
