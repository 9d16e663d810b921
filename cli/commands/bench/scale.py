"""`intray bench scale`: what a small document takes, how many pass in a minute, and what bounds growth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.bench.commands import Check, Out

if TYPE_CHECKING:
    from quality.bench.scale.record import Measurement


def scale(
    documents: Annotated[int, typer.Option(min=10, max=2000, help="Small documents to measure.")] = 100,
    kept: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", exists=True, dir_okay=False, help="Simulate with a kept measurement."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Replace the measurement that docs/scale.md states.")] = False,
    json_file: Out = None,
    check: Check = False,
) -> None:
    """Measure small documents in throwaway clouds (CPU, requests, throughput), and simulate 1 to 1,000 instances.

    Measuring 100 documents takes about 15 minutes, simulating three. Wall-clock figures need a quiet machine.
    """
    from local.terminal import console
    from quality.bench.scale.figures import headline_figures
    from quality.bench.scale.report import load_report, save_report, simulate
    from quality.measure import exit_code, figures_table, report
    from quality.measure import write as write_json

    terminal = console()
    measured = load_report(kept).measurement if kept else _measure(documents)
    terminal.print("simulating 1 to 1,000 instances")
    found = simulate(measured)
    figures = headline_figures(found)
    terminal.print(figures_table("bench scale", figures))
    if write:
        save_report(found)
        terminal.print("Now run `python -m scripts.generate_docs`: it makes docs/scale.md and its chart.", markup=False)
    if json_file is not None:
        write_json(json_file, report("bench scale", figures, {"scale": found.model_dump(mode="json")}))
    raise typer.Exit(exit_code(figures, check))


def _measure(documents: int) -> "Measurement":
    """Measure in a temporary folder; exit with 1 when that fails."""
    import asyncio
    import tempfile

    from local.cloud.addresses import CloudError
    from local.terminal import complain, console
    from quality.bench.scale.measure import Effort, measure
    from quality.bench.scale.stand import MeasurementError

    terminal = console()
    with tempfile.TemporaryDirectory(prefix="intray-") as folder:
        try:
            return asyncio.run(
                measure(Path(folder), Effort(documents), lambda text: terminal.print(text, markup=False))
            )
        except (CloudError, MeasurementError) as error:
            complain(str(error))
            raise typer.Exit(1) from None
