"""`intray process`: files in, one JSON each out, through a cloud that is thrown away afterwards."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.output.acceptance import acceptance_note
from cli.output.tables import outcome_line, results_table
from local.cloud.api import EventLog, api
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.cloud.storage import uploads
from local.processing.files import blob_names, collect, output_names
from local.processing.processing import Item, Processing, check_type
from local.settings import load_settings
from local.terminal import Starting, complain, console


@dataclass(frozen=True)
class Order:
    """What `intray process` is asked for. `patience`: seconds without any change after which it gives up."""

    paths: tuple[Path, ...]
    out: Path
    types: Path | None = None
    document_type: str | None = None
    workers: int | None = None
    patience: float = 600.0


async def process(order: Order) -> int:
    """Process the files of an order; 1 when a path is wrong or a file came to no outcome, else 0."""
    sources, problems = collect(order.paths)
    for problem in problems:
        complain(problem)
    if not sources:
        return 1
    order.out.mkdir(parents=True, exist_ok=True)
    if not _is_writable(order.out):
        complain(f"{order.out}: the folder of the reports cannot be written to. Choose another --out.")
        return 1
    names = zip(sources, blob_names(sources, order.document_type), output_names(sources), strict=True)
    items = [Item(source, blob, order.out / output) for source, blob, output in names]
    settings = load_settings()
    if order.workers:
        settings = settings.model_copy(update={"workers": order.workers})
    folders = (order.types.resolve(),) if order.types else ()
    with tempfile.TemporaryDirectory(prefix="intray-") as state:
        options = CloudOptions(Path(state), settings, type_folders=folders)
        with Starting(console()) as starting:
            async with Cloud(options, starting.tell) as cloud:
                starting.finish()
                async with api(cloud.addresses) as client, uploads(cloud.addresses.storage) as storage:
                    await check_type(client, order.document_type)
                    await Processing(
                        items, client, storage, EventLog(cloud.addresses.events), order.patience, describe=outcome_line
                    ).run()
    return _close(items, order.out, problems)


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _close(items: Sequence[Item], out: Path, problems: Sequence[str]) -> int:
    """Show what came of each input; the exit code."""
    terminal = console()
    shown = [row for item in items for row in item.shown]
    terminal.print(results_table(shown))
    if note := acceptance_note(detail for _, detail in shown):
        terminal.print(note, markup=False)
    ended = [item for item in items if item.detail and item.detail.run.settled]
    for item in items:
        if item not in ended:
            state = item.detail.run.state.value if item.detail else "not received"
            complain(f"{item.file}: no outcome ({state})")
    terminal.print(f"{len(ended)} of {len(items)} files came to an outcome; their reports are in {out}")
    return int(bool(problems) or len(ended) < len(items))
