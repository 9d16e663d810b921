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
class ProcessOptions:
    """The options of `intray process`. `patience`: seconds without any change after which it gives up."""

    paths: tuple[Path, ...]
    out: Path
    types: Path | None = None
    document_type: str | None = None
    workers: int | None = None
    patience: float = 600.0


async def process(options: ProcessOptions) -> int:
    """Process files; return 1 when a path is wrong or a file has no outcome, else 0."""
    sources, problems = collect(options.paths)
    for problem in problems:
        complain(problem)
    if not sources:
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    if not _is_writable(options.out):
        complain(f"{options.out}: the folder of the reports cannot be written to. Choose another --out.")
        return 1
    names = zip(sources, blob_names(sources, options.document_type), output_names(sources), strict=True)
    items = [Item(source, blob, options.out / output) for source, blob, output in names]
    settings = load_settings()
    if options.workers:
        settings = settings.model_copy(update={"workers": options.workers})
    folders = (options.types.resolve(),) if options.types else ()
    with tempfile.TemporaryDirectory(prefix="intray-") as state:
        cloud_options = CloudOptions(Path(state), settings, type_folders=folders)
        with Starting(console()) as starting:
            async with Cloud(cloud_options, starting.tell) as cloud:
                starting.finish()
                container = cloud.addresses.containers[0]
                async with api(cloud.addresses) as client, uploads(cloud.addresses.storage, container) as storage:
                    await check_type(client, options.document_type)
                    await Processing(
                        items,
                        client,
                        storage,
                        EventLog(cloud.addresses.events),
                        options.patience,
                        describe=outcome_line,
                    ).run()
    return _close(items, options.out, problems)


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _close(items: Sequence[Item], out: Path, problems: Sequence[str]) -> int:
    """Show the outcome of each input; return the exit code."""
    terminal = console()
    rows = [row for item in items for row in item.rows]
    terminal.print(results_table(rows))
    if note := acceptance_note(detail for _, detail in rows):
        terminal.print(note, markup=False)
    ended = [item for item in items if item.detail and item.detail.run.is_settled]
    for item in items:
        if item not in ended:
            state = item.detail.run.state.value if item.detail else "not received"
            complain(f"{item.file}: no outcome ({state})")
    terminal.print(f"{len(ended)} of {len(items)} files came to an outcome; their reports are in {out}")
    return int(bool(problems) or len(ended) < len(items))
