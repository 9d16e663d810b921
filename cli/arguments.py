"""Arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated, Literal

import typer

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}
TIME_HELP = "2026-11-28T09:00:00Z (UTC without a zone), or an age such as 2h or 7d."
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders with all that is below them.")]
Type = Annotated[str | None, typer.Option("--type", metavar="T", help="The document type; else it is found out.")]
State = Annotated[
    Path | None, typer.Option(metavar="DIR", file_okay=False, help="Folder of the cloud's state. [default: .intray]")
]
DOCUMENT = "Its id, the beginning of its id, or its blob name."
Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Workers = Annotated[int | None, typer.Option(min=1, max=10, help="Worker processes of the Functions host.")]
Intake = Annotated[
    Literal["webhook", "queue"] | None, typer.Option(help="How uploads are announced. [default: INTRAY_INTAKE]")
]
