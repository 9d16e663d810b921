"""`intray bench`: what parts of Intray cost, measured by themselves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from quality.measure import Figure

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

    from local.terminal import console
    from quality.bench.read import Scale, measure
    from quality.measure import exit_code, figures_table, report, write

    terminal = console()
    with tempfile.TemporaryDirectory(prefix="intray-bench-") as folder:
        measurement = asyncio.run(
            measure(Path(folder), Scale(), contracts, lambda text: terminal.print(text, markup=False))
        )
    terminal.print(figures_table("bench read", measurement.figures))
    for name, reason in measurement.skipped.items():
        terminal.print(f"not measured: {name} ({reason})", markup=False, soft_wrap=True)
    if json_file is not None:
        write(json_file, report("bench read", measurement.figures, {"skipped": measurement.skipped}))
    raise typer.Exit(exit_code(measurement.figures, check))


@app.command()
def ocr(
    receipts: Annotated[
        Path | None,
        typer.Option(metavar="SET_DIR", exists=True, file_okay=False, help="Also read the scans of this labelled set."),
    ] = None,
    scans: Annotated[
        Path | None,
        typer.Option(metavar="DIR", exists=True, file_okay=False, help="Also read the scanned PDFs in this folder."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many scans of each kind.")] = None,
    json_file: Out = None,
    check: Check = False,
) -> None:
    """Read scans with the OCR engine of the settings: words found again, CPU a page, memory.

    Beside the labelled set it reads the project's own samples, printed and scanned well and badly. Of the PDFs nobody
    knows the text: how many words were found, and how certain they are.
    """
    import asyncio

    from local.cloud.options import APP
    from local.terminal import complain, console
    from quality.bench.ocr import Subjects, measure
    from quality.evals.sets.labelled import InvalidSet
    from quality.measure import exit_code, figures_table, report, write
    from shared.domain.base.errors import IntrayError
    from shared.settings import settings

    terminal, options = console(), settings()
    subjects = Subjects(APP / "samples" / "files", receipts, scans)

    def tell(name: str) -> None:
        terminal.print(f"reading {name}")

    try:
        figures = asyncio.run(measure(options, subjects, limit, tell))
    except (IntrayError, InvalidSet) as error:
        complain(str(error))
        raise typer.Exit(1) from None
    terminal.print(figures_table(f"bench ocr ({options.ocr_engine})", figures))
    if json_file is not None:
        write(json_file, report("bench ocr", figures, {"engine": options.ocr_engine, "limit": limit}))
    raise typer.Exit(exit_code(figures, check))


@app.command()
def hostile(
    folder: Annotated[
        Path, typer.Argument(metavar="SET_DIR", exists=True, file_okay=False, help="Folder with manifest.jsonl.")
    ],
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many files.")] = None,
    json_file: Out = None,
    check: Check = False,
) -> None:
    """Put files that break pipelines through a throwaway cloud, and hold what comes of each against what is expected.

    Looks at the memory of every process, and at whether one dies.
    """
    from cli.interrupt import run
    from quality.bench.hostile import HostileBenchOptions
    from quality.bench.hostile import hostile as start

    raise typer.Exit(run(start(HostileBenchOptions(folder, json_file, check, limit)), "Stopping."))


@app.command()
def rows(
    max_rows: Annotated[int, typer.Option("--rows", min=50, max=3200, help="Leave longer tables out.")] = 3200,
    json_file: Out = None,
    check: Check = False,
) -> None:
    """Send long tables through a cloud that is thrown away, whose model cuts its answers off: every row must come back.

    Headings on every page and on the first alone; once with a model that leaves rows out.
    """
    from quality.bench.rows import CASES, measure

    _measure_in_cloud(
        "rows",
        lambda folder, tell: measure(folder, [case for case in CASES if case.rows <= max_rows], tell),
        {"rows": max_rows},
        json_file,
        check=check,
    )


@app.command()
def pages(
    count: Annotated[int, typer.Option("--pages", min=1, max=5000, help="Pages of the file.")] = 5000,
    json_file: Out = None,
    check: Check = False,
) -> None:
    """Send one very long text through a cloud that is thrown away: its outcome, its pages, memory, time.

    5,000 pages take 16 minutes of CPU, shared by the cores there are, and 2 GB in a folder that is thrown away.
    """
    from quality.bench.pages import measure

    _measure_in_cloud(
        "pages", lambda folder, tell: measure(folder, count, tell), {"pages": count}, json_file, check=check
    )


@app.command()
def fairness(
    count: Annotated[int, typer.Option("--pages", min=2, max=5000, help="Pages of the large files.")] = 400,
    json_file: Out = None,
    check: Check = False,
) -> None:
    """Send one-page files right behind large ones: how many times their time alone they take.

    A text and a scan of 400 pages, each in a cloud of its own that is thrown away: about five minutes.
    """
    from quality.bench.fairness import measure

    _measure_in_cloud(
        "fairness", lambda folder, tell: measure(folder, count, tell), {"pages": count}, json_file, check=check
    )


def _measure_in_cloud(
    name: str,
    measure: "Callable[[Path, Callable[[str], None]], Awaitable[list[Figure]]]",
    details: "Mapping[str, object]",
    json_file: Path | None,
    *,
    check: bool,
) -> None:
    """Measure in a temporary folder, show the figures and write them; exit with the command's code."""
    import asyncio
    import tempfile

    from local.cloud.addresses import CloudError
    from local.terminal import complain, console
    from quality.measure import exit_code, figures_table, report, write

    terminal = console()

    async def work(folder: str) -> "list[Figure]":
        return await measure(Path(folder), lambda text: terminal.print(text, markup=False))

    with tempfile.TemporaryDirectory(prefix="intray-") as folder:
        try:
            figures = asyncio.run(work(folder))
        except CloudError as error:
            complain(str(error))
            raise typer.Exit(1) from None
    terminal.print(figures_table(f"bench {name}", figures))
    if json_file is not None:
        write(json_file, report(f"bench {name}", figures, details))
    raise typer.Exit(exit_code(figures, check))
