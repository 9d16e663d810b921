"""`intray doctor` and `intray trace`: whether an app has all it needs, and where a document's time went."""

from typing import Annotated

import typer

from cli.arguments import DOCUMENT, Deployment, Json, State

app = typer.Typer()


@app.command()
def doctor(
    models: Annotated[
        bool, typer.Option("--models/--no-models", help="Ask each model deployment once: about a hundred tokens.")
    ] = True,
    as_json: Json = False,
    state: State = None,
    deployment: Deployment = None,
) -> None:
    """Check an app: settings, storage and its roles, topic, models, timers, types, clocks; exits 1 on a problem."""
    from cli.deployments.connect import AppTarget
    from cli.deployments.doctor import doctor as check
    from cli.interrupt import run

    raise typer.Exit(run(check(AppTarget(state, deployment), models, as_json), "Stopped."))


@app.command()
def trace(
    document: Annotated[str, typer.Argument(help=DOCUMENT)],
    run: Annotated[int | None, typer.Option(min=1, help="Which of its runs. [default: the last]")] = None,
    query: Annotated[bool, typer.Option("--query", help="Print the query for Log Analytics instead.")] = False,
    as_json: Json = False,
    state: State = None,
    deployment: Deployment = None,
) -> None:
    """Show the way of one document through the stages: what took how long, and what it cost.

    For a deployment it prints the query that shows this in Log Analytics.
    """
    from cli.commands.trace import trace as tell
    from cli.deployments.connect import AppTarget
    from cli.interrupt import run as start

    raise typer.Exit(start(tell(document, run, as_json, query, AppTarget(state, deployment)), "Stopped."))
