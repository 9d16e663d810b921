"""`intray correct` and `intray review`: what a person knows better than the pipeline."""

from typing import Annotated

import typer

from cli.arguments import Deployment, State

app = typer.Typer()
Document = Annotated[str, typer.Argument(help="Its id, the beginning of its id, or its blob name.")]


@app.command()
def correct(
    document: Document,
    values: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="New values; FIELD= takes one away.")],
    state: State = None,
    deployment: Deployment = None,
) -> None:
    """Change values of a document's final result; subscribers are told again."""
    from cli.commands.operate import correct as change
    from cli.deployments.connect import AppTarget
    from cli.interrupt import run

    raise typer.Exit(run(change(document, values, AppTarget(state, deployment)), "Stopped."))


@app.command()
def review(
    document: Document,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[FIELD=VALUE]...", help="Corrections; FIELD= takes a value away.")
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Reject the document.")] = False,
    state: State = None,
    deployment: Deployment = None,
) -> None:
    """Clear a case: accept a document's draft result, with corrections if there are any, or reject it."""
    from cli.commands.operate import review as clear
    from cli.deployments.connect import AppTarget
    from cli.interrupt import run

    raise typer.Exit(run(clear(document, values or [], reject, AppTarget(state, deployment)), "Stopped."))
