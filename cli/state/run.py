"""Run the commands on the state of a deployment, and print what they did."""

from pathlib import Path

from cli.state.account import open_account
from cli.state.backup import back_up
from cli.state.check import check_state
from cli.state.folder import BackupFolder, Manifest
from cli.state.restore import restore
from local.cloud.storage import CONTAINERS
from local.settings import load_settings
from local.terminal import console
from shared.adapters.storage.system_clock import SystemClock

SHOWN = 20
"""Places of a sort that are printed."""


async def run_backup(folder: Path, rows_only: bool, account: str | None, state: Path | None) -> int:
    """Back up an account into a new folder, with the containers that INTRAY_CONTAINERS names; return the exit code."""
    containers = (*(container.name for container in load_settings().upload_containers), *CONTAINERS)
    async with open_account(account, state) as (blobs, records):
        manifest = await back_up(blobs, records, SystemClock(), BackupFolder(folder), () if rows_only else containers)
    _print("backed up", manifest)
    return 0


async def run_restore(folder: Path, over: bool, account: str | None, state: Path | None) -> int:
    """Restore a backup into an account; return the exit code."""
    async with open_account(account, state) as (blobs, records):
        manifest = await restore(blobs, records, BackupFolder(folder), over=over)
    _print("restored", manifest)
    if manifest.blobs is None:
        console().print("The backup has no blobs: copy them back before the app starts (docs/backup.md).")
    return 0


def _print(done: str, manifest: Manifest) -> None:
    blobs = "no blobs" if manifest.blobs is None else f"{sum(manifest.blobs.values())} blobs"
    rows = sum(manifest.rows.values())
    console().print(f"{done}: {manifest.documents} documents, {rows} rows, {blobs}, as of {manifest.began:%F %T} UTC")


async def run_check(sample: int, account: str | None, state: Path | None) -> int:
    """Check that this version reads an account; return 1 when something cannot be read."""
    async with open_account(account, state) as (blobs, records):
        report = await check_state(blobs, records, sample)
    read = ", ".join(f"{count} of {sort}" for sort, count in report.read.items()) or "nothing is stored"
    console().print(f"read: {read}", markup=False, soft_wrap=True)
    for title, places in (
        ("cannot be read by this version: do not switch to it, or repair or forget these documents", report.unreadable),
        ("of no sort that this version knows: written by a later one, and left alone", report.unknown),
        ("with fields of a later version: they are read, and kept", report.newer),
    ):
        if places:
            console().print(f"{len(places)} {title}", markup=False, soft_wrap=True)
        for place in places[:SHOWN]:
            console().print(f"  {place}", markup=False, soft_wrap=True)
    if not report.unreadable:
        console().print("This version can run on it.")
    return int(bool(report.unreadable))
