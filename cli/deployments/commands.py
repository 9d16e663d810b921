"""`intray deployments`: name the deployments that commands can work on."""

from typing import Annotated

import typer

app = typer.Typer(help="Deployments that commands work on with --deployment.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and -.")]


@app.command("add")
def deployments_add(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the app: INTRAY_URL of `azd env get-values`.")],
    client_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Application id of its sign-in; else the key in INTRAY_KEY is sent."),
    ] = None,
) -> None:
    """Name a deployment, or change the one of this name."""
    from cli.deployments.registry import add, print_outcome

    raise typer.Exit(print_outcome(lambda: add(name, url, client_id)))


@app.command("list")
def deployments_list() -> None:
    """List the deployments that are named."""
    from cli.deployments.registry import list_all, print_outcome

    raise typer.Exit(print_outcome(list_all))


@app.command("remove")
def deployments_remove(name: Name) -> None:
    """Forget the name of a deployment; nothing happens to the deployment itself."""
    from cli.deployments.registry import print_outcome, remove

    raise typer.Exit(print_outcome(lambda: remove(name)))
