"""The command line; each command imports what it needs, so that asking for help is quick."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.arguments import DOCUMENT, HELP_OPTIONS, TIME_HELP, Intake, Json, Paths, State, Type, Workers
from cli.commands.bench.commands import app as bench
from cli.commands.bench.scale import scale
from cli.commands.correcting import app as correcting
from cli.state.commands import app as keeping
from cli.times import read_time
from cli.types.commands import app as types

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    context_settings=HELP_OPTIONS,
)


def _print_version(is_requested: bool) -> None:
    if is_requested:
        from importlib.metadata import version

        print(f"intray {version('intray')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Turn documents into checked data, on a cloud of its own on this machine."""


@app.command()
def up(
    samples: Annotated[bool, typer.Option("--samples", help="Process the project's samples first.")] = False,
    workers: Workers = None,
    state: State = None,
    drop: Annotated[
        Path | None, typer.Option(metavar="DIR", file_okay=False, help="Folder to watch. [default: drop]")
    ] = None,
    intake: Intake = None,
    sign_in: Annotated[
        bool, typer.Option("--sign-in", help="Callers of the API sign in with a role, as on Azure.")
    ] = False,
) -> None:
    """Start the cloud, watch the drop folder, and tell what becomes of each file, until Ctrl-C."""
    from cli.interrupt import check_settings, run

    check_settings()
    from cli.commands.up import STOPPING, UpOptions
    from cli.commands.up import up as start

    raise typer.Exit(run(start(UpOptions(samples, workers, state, drop, intake, sign_in)), STOPPING, stopped=0))


@app.command()
def drop(
    paths: Paths,
    document_type: Type = None,
    container: Annotated[
        str | None, typer.Option("--container", metavar="NAME", help="Container of uploads. [default: the first]")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for the outcomes; exit 1 when a document failed or is held.")
    ] = False,
    state: State = None,
) -> None:
    """Upload files to the running cloud, and print the id and name of each document."""
    from cli.commands.client import drop as send
    from cli.interrupt import run

    raise typer.Exit(run(send(paths, document_type, container, wait, state), "Stopped."))


@app.command()
def status(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    watch: Annotated[bool, typer.Option("--watch", help="Keep the list up to date until Ctrl-C.")] = False,
    in_state: Annotated[
        str | None, typer.Option("--state-is", metavar="STATE", help="Only documents in this state, such as held.")
    ] = None,
    document_type: Annotated[str | None, typer.Option("--type", metavar="T", help="Only those of this type.")] = None,
    since: Annotated[
        datetime | None, typer.Option(parser=read_time, metavar="TIME", help=f"Only those received since: {TIME_HELP}")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="GLOB", help="Only those whose name fits, such as '*.pdf' or 'invoice/*'.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="At most so many, the latest; 0: all.")] = 50,
    as_json: Json = False,
    state: State = None,
) -> None:
    """List documents of the running cloud, the latest first, with the reasons of those that wait or failed."""
    from cli.commands.status import Selection
    from cli.commands.status import status as show_status
    from cli.interrupt import run
    from cli.states import read_state

    selection = Selection(read_state(in_state), document_type, since, name, limit)
    raise typer.Exit(run(show_status(selection, watch, as_json, state), "", stopped=0))


@app.command()
def show(
    document: Annotated[str, typer.Argument(help=DOCUMENT)],
    as_json: Json = False,
    state: State = None,
) -> None:
    """Show one document: state, values with their evidence, reasons, cost, events."""
    from cli.commands.client import show as tell
    from cli.interrupt import run

    raise typer.Exit(run(tell(document, as_json, state), "Stopped."))


@app.command()
def trace(
    document: Annotated[str, typer.Argument(help=DOCUMENT)],
    run: Annotated[int | None, typer.Option(min=1, help="Which of its runs. [default: the last]")] = None,
    query: Annotated[bool, typer.Option("--query", help="Print the query for Log Analytics instead.")] = False,
    as_json: Json = False,
    state: State = None,
) -> None:
    """Show the way of one document through the stages: what took how long, and what it cost."""
    from cli.commands.trace import trace as tell
    from cli.interrupt import run as start

    raise typer.Exit(start(tell(document, run, as_json, query, state), "Stopped."))


@app.command()
def replay(
    documents: Annotated[list[str] | None, typer.Argument(metavar="[DOCUMENT]...", help=DOCUMENT)] = None,
    in_state: Annotated[
        str | None,
        typer.Option("--state-is", metavar="STATE", help="Also every document in this state, such as failed."),
    ] = None,
    document_type: Annotated[
        str | None, typer.Option("--type", metavar="T", help="Also every ended document of this type.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="CODE", help="Also every one that ended for this reason, such as poisoned.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="Also every one whose blob name begins so.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also where equal content has a result.")] = False,
    state: State = None,
) -> None:
    """Process documents of the running cloud again; model answers that were paid for are reused.

    Of the options that say which, a document must fit all that are given.
    """
    from cli.commands.operate import Filter
    from cli.commands.operate import replay as again
    from cli.interrupt import run
    from cli.states import read_state

    also = Filter(read_state(in_state), document_type, reason, name)
    raise typer.Exit(run(again(documents or [], also, force, state), "Stopped."))


app.add_typer(correcting)
app.add_typer(keeping)


@app.command()
def forget(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT...", help=DOCUMENT)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    state: State = None,
) -> None:
    """Delete everything about documents of the running cloud: upload, results, artifacts, model answers, records.

    It cannot be undone, so it asks first; without a terminal it needs --yes.
    """
    from cli.commands.operate import forget as erase
    from cli.interrupt import run

    raise typer.Exit(run(erase(documents, yes, state), "Stopped."))


bench.command()(scale)
app.add_typer(bench, name="bench")
app.add_typer(types, name="types")
events = typer.Typer(help="The events of the running cloud.", no_args_is_help=True)
app.add_typer(events, name="events")


@events.command("replay")
def events_replay(
    since: Annotated[datetime, typer.Option(parser=read_time, metavar="TIME", help=f"{TIME_HELP} From then on.")],
    state: State = None,
) -> None:
    """Publish events again, with the ids they had."""
    from cli.commands.operate import replay_events
    from cli.interrupt import run

    raise typer.Exit(run(replay_events(since, state), "Stopped."))


@app.command()
def process(
    paths: Paths,
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the reports; made when needed.")],
    types: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder of further document types.")
    ] = None,
    document_type: Type = None,
    workers: Workers = None,
    patience: Annotated[
        float, typer.Option(min=0.1, help="Minutes without any change after which it gives up.")
    ] = 10.0,
) -> None:
    """Process files in a throwaway cloud and write one JSON report each.

    The report of a.pdf is a.json; where two files differ in their ending only, a.pdf.json and a.jpg.json.
    Exits 1 when a path is wrong or a file came to no outcome; what is wrong with one file never stops the others.
    """
    from cli.interrupt import check_settings, run

    check_settings()
    from cli.commands.process import ProcessOptions, process

    order = ProcessOptions(tuple(paths), out, types, document_type, workers, patience * 60)
    raise typer.Exit(run(process(order), "Stopping: what is left is not processed."))


@app.command()
def chaos(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    documents: Annotated[int, typer.Option(min=1, help="How many documents to upload.")] = 300,
    seed: Annotated[int, typer.Option(help="What decides documents and faults; the same one, the same run.")] = 1,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help="Length of uploads and faults. [default: 1 for 100 documents]")
    ] = None,
    burst: Annotated[int | None, typer.Option(min=1, help="Instead: so many at once, each event three times.")] = None,
    outage: Annotated[
        Literal["tables", "all"] | None, typer.Option(help="Instead: storage is away during the uploads.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Length of the outage.")] = 300,
    workers: Annotated[int, typer.Option(min=1, max=10, help="Worker processes of the Functions host.")] = 2,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", dir_okay=False, help="Write the figures to a file.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 when a figure misses its goal.")] = False,
) -> None:
    """Put documents through a throwaway cloud while everything breaks, and count what was lost, paid or said twice."""
    from cli.commands.chaos import chaos as start
    from cli.interrupt import run
    from quality.chaos.run import Wish

    length = seconds / 60 if outage else minutes or max(documents / 100, 0.5)
    wish = Wish(burst or documents, seed, length, burst is not None, workers, outage)
    raise typer.Exit(run(start(wish, json_file, check), "Stopping."))


@app.command("eval")
def evaluate(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command line
    folder: Annotated[
        Path, typer.Argument(metavar="SET_DIR", exists=True, file_okay=False, help="Folder with labels.jsonl.")
    ],
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="OUT", dir_okay=False, help="Write a report, and predictions.jsonl beside it."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 when a figure misses its goal.")] = False,
    classify: Annotated[bool, typer.Option("--classify", help="Do not tell the types: have them found out.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many documents.")] = None,
    types: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Folder of further document types.")
    ] = None,
    workers: Workers = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write a record that policy.evaluation can name; {type} stands for the type's name."
        ),
    ] = None,
) -> None:
    """Process a labelled set in a throwaway cloud and tell how much of it is right, field by field."""
    from cli.commands.eval import EvalOptions
    from cli.commands.eval import evaluate as run_evaluation
    from cli.interrupt import run

    raise typer.Exit(
        run(run_evaluation(EvalOptions(folder, json_file, check, classify, limit, types, workers, record)), "Stopping.")
    )


if __name__ == "__main__":
    app()
