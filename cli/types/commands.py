"""`intray types`: check, list, add, draft and export document types."""

from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import Deployment, Json, Paths, State

app = typer.Typer(help="Document types: folders with a type.yaml.", no_args_is_help=True)
Folders = Annotated[
    list[Path], typer.Argument(metavar="DIR...", exists=True, file_okay=False, help="A type's folder, or one of them.")
]
Out = Annotated[Path, typer.Option(metavar="DIR", file_okay=False, help="Where the type's folder is made.")]


@app.command("check")
def types_check(folders: Folders) -> None:
    """Say what is wrong with types, with file, line and remedy; exits 1 when something is."""
    from cli.types.types import check

    raise typer.Exit(check(folders))


@app.command("list")
def types_list(as_json: Json = False, state: State = None, deployment: Deployment = None) -> None:
    """List the types of the running cloud or a deployment, and what is wrong with others that were added to it."""
    from cli.deployments.connect import AppTarget
    from cli.interrupt import run
    from cli.types.types import list_types

    raise typer.Exit(run(list_types(as_json, AppTarget(state, deployment)), "Stopped."))


@app.command("add")
def types_add(folders: Folders, state: State = None) -> None:
    """Add types to the running cloud; they are in force at once, without a restart."""
    from cli.interrupt import run
    from cli.types.types import add

    raise typer.Exit(run(add(folders, state), "Stopped."))


@app.command("new")
def types_new(
    paths: Paths,
    name: Annotated[str, typer.Option(metavar="N", help="The type's name: small letters, digits, _ and -.")],
    out: Out = Path(),
) -> None:
    """Draft a type from sample documents, for you to go on with."""
    from cli.interrupt import run
    from cli.types.new import new

    raise typer.Exit(run(new(paths, name, out), "Stopped."))


@app.command("export")
def types_export(
    model: Annotated[str, typer.Argument(metavar="MODULE:MODEL", help="A Pydantic model that can be imported.")],
    name: Annotated[str | None, typer.Option(metavar="N", help="The type's name. [default: the model's]")] = None,
    out: Out = Path(),
) -> None:
    """Make a type from a Pydantic model."""
    from cli.types.types import export

    raise typer.Exit(export(model, out, name))
