"""`intray correct` and `intray review`: what a person knows better than the pipeline."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
Document = Annotated[str, typer.Argument(help="Its id, the beginning of its id, or its blob name.")]
State = Annotated[
    Path | None, typer.Option(metavar="DIR", file_okay=False, help="Folder of the cloud's state. [default: .intray]")
]


@app.command()
def correct(
    document: Document,
    values: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="New values; FIELD= takes one away.")],
    state: State = None,
) -> None:
    """Change values of a document's final result; subscribers are told again."""
    from cli.commands.operate import correct as change
    from cli.interrupt import run

    raise typer.Exit(run(change(document, values, state), "Stopped."))


@app.command()
def review(
    document: Document,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[FIELD=VALUE]...", help="Corrections; FIELD= takes a value away.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Reject the document.")] = False,
    state: State = None,
) -> None:
    """Clear a case: accept a document's draft result, with corrections if there are any, or reject it."""
    from cli.commands.operate import review as clear
    from cli.interrupt import run

    raise typer.Exit(run(clear(document, values or [], reject, state), "Stopped."))
