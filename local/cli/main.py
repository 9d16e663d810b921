"""The command line; each command imports what it needs, so that asking for help is quick."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Turns documents into checked data, on a cloud of its own on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders with all that is below them.")]
Type = Annotated[str | None, typer.Option("--type", metavar="T", help="The document type; else it is found out.")]
Workers = Annotated[int | None, typer.Option(min=1, max=10, help="Worker processes of the Functions host.")]


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
    from local.cli.interrupt import run
    from local.cli.process import Order, process

    order = Order(tuple(paths), out, types, document_type, workers, patience * 60)
    raise typer.Exit(run(process(order), "Stopping: what is left is not processed."))


if __name__ == "__main__":
    app()
