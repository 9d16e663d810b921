"""`intray up`: run a local cloud with a drop folder, and report the outcomes of dropped files."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from cli.drop_folder import DropFolder, UploadRecord
from cli.output.acceptance import acceptance_note
from cli.output.reasons import LEGEND, reason_lines
from cli.output.tables import documents_table, events_table, outcome_line, placed_name, results_table
from local.cloud.addresses import Addresses
from local.cloud.api import Api, EventLog, api
from local.cloud.cloud import Cloud
from local.cloud.options import APP, CloudOptions
from local.cloud.storage import Uploads, uploads
from local.cloud.watch import Watcher
from local.processing.family import family, has_settled, in_families
from local.processing.files import Source, list_files
from local.settings import load_settings
from local.terminal import Starting, complain, console, plain
from shared.domain.documents.run import State
from shared.pipeline.operations.status import DocumentDetail, DocumentStatus
from shared.upload_settings import Intake

STOPPING = "Stopping: what has begun is finished first. Files dropped from now on wait for the next start."
_SAMPLES = ("files", "awkward", "bundles")


@dataclass(frozen=True)
class UpOptions:
    """The options of `intray up`; None: as the settings say."""

    samples: bool
    workers: int | None = None
    state: Path | None = None
    drop: Path | None = None
    intake: Intake | None = None
    sign_in: bool = False


async def up(options: UpOptions) -> int:
    """Run a cloud until cancelled."""
    settings = load_settings()
    if options.workers:
        settings = settings.model_copy(update={"workers": options.workers})
    if options.intake:
        settings = settings.model_copy(update={"intake": options.intake})
    state, drop = (options.state or settings.state).absolute(), (options.drop or settings.drop).absolute()
    drop.mkdir(parents=True, exist_ok=True)
    terminal = console()
    with Starting(terminal) as starting:
        async with Cloud(
            CloudOptions(state, settings, fixed_ports=True, drop=drop, sign_in=options.sign_in), starting.tell
        ) as cloud:
            starting.finish()
            terminal.print(f"The local cloud is ready after {cloud.ready_after:.1f} s.")
            for sentence in cloud.moved_ports:
                complain(sentence)
            async with (
                api(cloud.addresses) as client,
                uploads(cloud.addresses.storage, cloud.addresses.containers[0]) as storage,
            ):
                await UpSession(terminal, cloud.addresses, client, storage, options.sign_in).run(options.samples)
    return 0


class UpSession:
    """Upload dropped files and report the outcome of every document."""

    def __init__(
        self, terminal: Console, addresses: Addresses, client: Api, storage: Uploads, signs_in: bool = False
    ) -> None:
        self._terminal = terminal
        self._addresses = addresses
        self._client = client
        self._storage = storage
        self._signs_in = signs_in
        self._log = EventLog(addresses.events)
        self._watcher = Watcher(client)
        self._checked_folders: set[str] = set()

    async def run(self, samples: bool) -> None:
        """Process the samples when asked for, show the results, then report each further outcome until cancelled."""
        await self._watcher.poll()
        reported = self._watcher.states()  # what an earlier start has finished is no news
        async with asyncio.TaskGroup() as group:
            waited_for = await self._upload_samples() if samples else set()
            group.create_task(self._upload_drops())
            if waited_for:
                await self._follow(waited_for)
                await self._show_results(waited_for)
                shown = {
                    status.document.id
                    for document_id in waited_for
                    for status in family(document_id, self._watcher.known)
                }
                reported |= {
                    document_id: state for document_id, state in self._watcher.states().items() if document_id in shown
                }
            self._show_addresses()
            await self._report_outcomes(reported)

    async def _upload_samples(self) -> set[str]:
        """Upload the samples that are not in storage yet; return the ids of all sample documents."""
        there = await self._storage.documents("samples/")
        for folder in _SAMPLES:
            prefix = "samples/" if folder == "files" else f"samples/{folder}/"
            for source in list_files(APP / "samples" / folder):
                name = f"{prefix}{source.relative}"
                if name not in there:
                    there[name] = await self._storage.upload(source.path, name)
        return set(there.values())

    async def _upload_drops(self) -> None:
        from azure.core.exceptions import AzureError

        if self._addresses.drop is None:
            return
        folder = DropFolder(self._addresses.drop, UploadRecord(self._addresses.state / "uploaded.jsonl"))
        async for source, version in folder.settled_files():
            try:
                await self._storage.upload(source.path, str(source.relative))
            except OSError as error:
                folder.refuse(source, version)
                complain(f"{_name(source)} cannot be read ({error.strerror}); it is tried again when it changes")
            except AzureError as error:
                complain(f"{_name(source)} could not be uploaded yet: {type(error).__name__}")
            else:
                folder.mark_uploaded(source, version)
                self._terminal.print(Text(f"uploaded {_name(source)}", style="dim"))
                await self._report_unknown_folder(source)

    async def _report_unknown_folder(self, source: Source) -> None:
        """Warn once about each folder whose name is no document type."""
        name = source.relative.parts[0]
        if len(source.relative.parts) == 1 or name in self._checked_folders:
            return
        self._checked_folders.add(name)
        types = [listed.name for listed in (await self._client.types()).types]
        if name not in types:
            complain(
                f"{plain(name)}/ in the drop folder names no document type, so the type of its files is found out; "
                f"the types are {', '.join(types)}"
            )

    async def _follow(self, waited_for: set[str]) -> None:
        """Show running documents until those `waited_for` have their outcomes."""
        with Live(console=self._terminal, auto_refresh=False, transient=True) as live:
            async for changed in self._watcher.changes():
                statuses = self._watcher.known
                followed = [status for document_id in waited_for for status in family(document_id, statuses)]
                if self._terminal.is_terminal:
                    live.update(documents_table(_select_rows(followed, self._terminal.height - 4)), refresh=True)
                else:
                    self._print_changes(changed)
                if all(has_settled(document_id, statuses) for document_id in waited_for):
                    return

    async def _report_outcomes(self, reported: dict[str, State]) -> None:
        """Print a line for each outcome that is not in `reported` yet, until cancelled."""
        for status in [*self._watcher.known.values()]:
            await self._report_outcome(status, reported)
        async for changed in self._watcher.changes():
            for status in changed:
                await self._report_outcome(status, reported)

    async def _report_outcome(self, status: DocumentStatus, reported: dict[str, State]) -> None:
        key, state = status.document.id, status.run.state
        if not status.run.is_settled or reported.get(key) == state:
            return
        reported[key] = state
        detail = await self._client.detail(key)
        if detail is not None:
            self._terminal.print(outcome_line(detail))

    async def _show_results(self, ids: set[str]) -> None:
        self._terminal.rule("results")
        details = await self._details(ids)
        self._terminal.print(results_table(details))
        self._terminal.rule("why documents wait, failed or are held")
        for line in reason_lines(details):
            self._terminal.print(line)
        self._terminal.print(LEGEND, style="dim")
        if note := acceptance_note(detail for _, detail in details):
            self._terminal.print(note, markup=False)
        self._log.read()
        self._terminal.rule("events that the demo subscriber received")
        self._terminal.print(events_table(self._log.events))

    async def _details(self, ids: set[str]) -> list[tuple[str, DocumentDetail]]:
        uploads = sorted(
            (self._watcher.known[document_id] for document_id in ids), key=lambda status: status.document.name
        )
        statuses = [status for upload in uploads for status in family(upload.document.id, self._watcher.known)]
        details = [
            (placed_name(placed), await self._client.detail(placed.status.document.id))
            for placed in in_families(statuses)
        ]
        return [(name, detail) for name, detail in details if detail is not None]

    def _print_changes(self, changed: Sequence[DocumentStatus]) -> None:
        for status in changed:
            at = f"{status.run.updated.astimezone():%H:%M:%S}"
            self._terminal.print(f"{at}  {plain(status.document.title)}  {status.run.state.value}", markup=False)

    def _show_addresses(self) -> None:
        addresses = self._addresses
        self._terminal.rule("addresses")
        key = "" if self._signs_in else f"?code={addresses.api_key}"
        sign_in = f"{addresses.host}/.auth/login/local?name=Ada&role=Reviewer"
        lines = {
            "drop folder": str(addresses.drop),
            **({"sign-in": sign_in} if self._signs_in else {}),
            "review API": f"{addresses.api}/reviews{key}",
            "status API": f"{addresses.api}/documents{key}",
            "event topic": f"{addresses.topic}  (aeg-sas-key: {addresses.topic_key})",
            "events received": f"{addresses.subscriber}/events",
            "models": addresses.models,
            "storage": addresses.storage,
            "logs": str(addresses.state / "logs"),
        }
        for name, text in lines.items():
            self._terminal.print(f"{name:>16}  {text}", markup=False, soft_wrap=True)
        self._terminal.print("Drop files into the folder, or use `intray drop`. Ctrl-C stops.")


def _select_rows(statuses: Sequence[DocumentStatus], rows: int) -> list[DocumentStatus]:
    """Return the documents to show when not all fit: running ones first, then the latest outcomes; sorted by name."""
    urgent = sorted(statuses, key=lambda status: (status.run.is_settled, -status.run.updated.timestamp()))
    return sorted(urgent[: max(rows, 5)], key=lambda status: status.document.name)


def _name(source: Source) -> str:
    return plain(str(source.relative))
