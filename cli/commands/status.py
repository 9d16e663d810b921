"""`intray status`: the documents of an app that somebody asks for, and why those wait that do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from pydantic import TypeAdapter
from rich.live import Live

from cli.deployments.connect import AppTarget, open_api
from cli.output.tables import documents_table
from local.cloud.watch import Watcher
from local.terminal import console
from shared.domain.documents.run import State
from shared.pipeline.operations.status import DocumentStatus

_STATUSES = TypeAdapter(list[DocumentStatus])


@dataclass(frozen=True)
class Selection:
    """Which documents to list: those that fit everything that is given, at most `limit` of them (0: all)."""

    state: State | None = None
    document_type: str | None = None
    since: datetime | None = None
    name: str | None = None
    limit: int = 0

    def accepts(self, status: DocumentStatus) -> bool:
        """Return whether a document is listed. A name fits with or without the folders before it."""
        document, run = status.document, status.run
        names = {document.name, document.title, document.title.rpartition("/")[2]}
        return (
            self.state in {None, run.state}
            and self.document_type in {None, run.document_type}
            and (self.since is None or document.received >= self.since)
            and (self.name is None or any(fnmatchcase(name, self.name) for name in names))
        )

    def select(self, statuses: Iterable[DocumentStatus]) -> tuple[list[DocumentStatus], int]:
        """Return the documents to list, the latest first, and how many more there are beyond the limit."""
        fitting = sorted(filter(self.accepts, statuses), key=lambda status: status.document.received, reverse=True)
        shown = fitting[: self.limit] if self.limit else fitting
        return shown, len(fitting) - len(shown)


async def status(selection: Selection, watch: bool, as_json: bool, target: AppTarget) -> int:
    """List documents of the target, the latest first; with `watch` until cancelled."""
    async with open_api(target) as client:
        if not watch:
            _print(*selection.select(await client.documents()), as_json=as_json)
            return 0
        terminal, watcher = console(), Watcher(client)
        with Live(console=terminal, auto_refresh=False) as live:
            async for _ in watcher.changes():
                shown, _more = selection.select(watcher.known.values())
                live.update(documents_table(shown[: max(terminal.height - 4, 5)]), refresh=True)
    return 0


def _print(shown: list[DocumentStatus], more: int, *, as_json: bool) -> None:
    if as_json:
        print(_STATUSES.dump_json(shown, indent=2).decode())
        return
    terminal = console()
    if not shown:
        terminal.print("There is no such document.")
        return
    terminal.print(documents_table(shown))
    if more:
        terminal.print(f"{more} more: --limit 0 lists all; --state-is, --type, --since and --name choose.")
