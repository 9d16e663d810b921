"""What every command that measures has in common: figures with goals, a table, a JSON file and an exit code."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from rich.table import Table
from rich.text import Text

from local.cloud.options import APP
from shared.domain.values.amounts import as_json_number

Better = Literal["higher", "lower"]


class Figure(BaseModel):
    """One measured value. Without a goal it is told, not judged.

    Attributes:
        name: what was measured; stable, so that runs can be compared.
        value: in `unit`.
        unit: what one is, for example `documents` or `s`.
        goal: the least (`better` higher) or most (`better` lower) that is wanted.
        better: which way is better.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: float
    unit: str = ""
    goal: float | None = None
    better: Better = "lower"

    @property
    def ok(self) -> bool:
        """Whether the goal is met; without one there is nothing to miss."""
        if self.goal is None:
            return True
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal


def report(command: str, figures: Sequence[Figure], details: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `--json` writes: the figures, where and on what they were measured, and the command's own details."""
    told = {"command": command, "commit": commit(), "machine": describe_machine()}
    return {**told, "figures": [figure.model_dump() | {"ok": figure.ok} for figure in figures], **details}


def write(target: Path, content: Mapping[str, Any]) -> None:
    """Write a report; its folder is made when needed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        json.dumps(content, ensure_ascii=False, indent=2, default=as_json_number) + "\n", encoding="utf-8"
    )


def figures_table(title: str, figures: Sequence[Figure]) -> Table:
    """Return the figures for people."""
    table = Table("figure", "value", "unit", "goal", "", title=title, box=None, header_style="bold", pad_edge=False)
    for figure in figures:
        sign = "≥" if figure.better == "higher" else "≤"
        goal = "" if figure.goal is None else f"{sign} {figure.goal:g}"
        mark = Text("ok", "green") if figure.ok else Text("MISSED", "bold red")
        table.add_row(figure.name, f"{figure.value:g}", figure.unit, goal, mark if goal else "")
    table.columns[1].justify = "right"
    return table


def exit_code(figures: Sequence[Figure], check: bool) -> int:
    """0 when it ran; with `check`, 1 when a figure misses its goal."""
    return int(check and not all(figure.ok for figure in figures))


def commit() -> str:
    """Return the commit that is checked out, marked when files differ from it; `unknown` outside a checkout."""
    asked = ["git", "-C", str(APP), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def describe_machine() -> dict[str, Any]:
    """Return what a measurement ran on."""
    import psutil

    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
    }
