"""`intray bench`: what parts of Intray cost, measured by themselves."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Measure parts of Intray by themselves.", no_args_is_help=True)
Out = Annotated[Path | None, typer.Option("--json", metavar="OUT", dir_okay=False, help="Write the figures to a file.")]
Check = Annotated[bool, typer.Option("--check", help="Exit 1 when a figure misses its goal.")]


@app.command()
def read(
    contracts: Annotated[
        Path | None,
        typer.Option(metavar="DIR", exists=True, file_okay=False, help="Also measure the PDFs in this folder."),
    ] = None,
    json_file: Out = None,
    check: Check = False,
) -> None:
    """Measure reading: CPU, bytes, memory, stalls, beside other libraries (those of intray[bench] that are installed).

    It makes its files in a folder that is thrown away: about 600 MB.
    """
    import asyncio
    import tempfile

    from local.bench.read import Scale, measure
    from local.cli.measure import exit_code, figures_table, report, write
    from local.cli.terminal import console

    terminal = console()
    with tempfile.TemporaryDirectory(prefix="intray-bench-") as folder:
        found = asyncio.run(measure(Path(folder), Scale(), contracts, lambda text: terminal.print(text, markup=False)))
    terminal.print(figures_table("bench read", found.figures))
    for name, reason in found.skipped.items():
        terminal.print(f"not measured: {name} ({reason})", markup=False, soft_wrap=True)
    if json_file is not None:
        write(json_file, report("bench read", found.figures, {"skipped": found.skipped}))
    raise typer.Exit(exit_code(found.figures, check))
