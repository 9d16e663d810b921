"""`intray backup`, `intray restore` and `intray migrate`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import State

app = typer.Typer()
Folder = Annotated[Path, typer.Argument(metavar="DIR", file_okay=False, help="The folder of the backup.")]
Account = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="A storage account in Azure, reached as you; else the running local cloud."),
]


@app.command()
def backup(
    folder: Folder,
    rows_only: Annotated[bool, typer.Option("--rows-only", help="Leave the blobs to another tool.")] = False,
    account: Account = None,
    state: State = None,
) -> None:
    """Copy the state of a deployment into a new folder, while it runs: table rows, then blobs.

    The folder holds documents: keep it where they may be.
    """
    from cli.interrupt import run
    from cli.state.run import run_backup

    raise typer.Exit(run(run_backup(folder, rows_only, account, state), "Stopped: the backup is incomplete."))


@app.command()
def restore(
    folder: Folder,
    over: Annotated[bool, typer.Option("--over", help="Also into an account that holds documents.")] = False,
    account: Account = None,
    state: State = None,
) -> None:
    """Write a backup into the storage account of a deployment whose app is stopped (docs/backup.md)."""
    from cli.interrupt import run
    from cli.state.run import run_restore

    raise typer.Exit(run(run_restore(folder, over, account, state), "Stopped: repeat it with --over."))


@app.command()
def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Only look; needed, because no version needs a migration yet.")
    ],
    sample: Annotated[int, typer.Option(min=0, help="Documents whose artifacts are read as well.")] = 100,
    account: Account = None,
    state: State = None,
) -> None:
    """Say whether this version of Intray can read what a deployment keeps; exits 1 when it cannot.

    Run it before an upgrade with the new version, and before a rollback with the old one.
    """
    from cli.interrupt import run
    from cli.state.run import run_check

    if not check:
        raise typer.BadParameter(
            "nothing needs a migration: every version reads what its neighbours write; use --check"
        )
    raise typer.Exit(run(run_check(sample, account, state), "Stopped."))
