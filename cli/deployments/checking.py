"""`intray doctor`: whether an app has all it needs."""

from typing import Annotated

import typer

from cli.arguments import Deployment, Json, State

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
