"""`intray doctor`: whether an app has all it needs, and whether this machine's clock agrees with it."""

from copy import replace
from datetime import UTC, datetime, timedelta

from rich.table import Table
from rich.text import Text

from cli.deployments.connect import AppTarget, open_api
from local.terminal import console, plain
from shared.pipeline.operations.health.diagnosis import MAX_CLOCK_OFFSET, Check, Diagnosis

_STYLES = {"ok": "green", "warning": "yellow", "problem": "red"}


async def doctor(target: AppTarget, ask_models: bool, as_json: bool) -> int:
    """Print what the checks of an app show; return 1 when one found a problem."""
    async with open_api(target) as client:
        diagnosis = await client.diagnose(ask_models=ask_models)
    checks = [*diagnosis.checks, compare_clocks(diagnosis, datetime.now(UTC))]
    if as_json:
        print(replace(diagnosis, checks=tuple(checks)).model_dump_json(indent=2))
    else:
        _print(checks)
    return int(any(check.status == "problem" for check in checks))


def compare_clocks(diagnosis: Diagnosis, now: datetime) -> Check:
    """Say by how much this machine's clock differs from that of the app, which is right within the answer's time."""
    offset = now - diagnosis.time
    detail = f"this machine's clock and the app's: {offset.total_seconds():+.1f} s"
    is_off = abs(offset) > MAX_CLOCK_OFFSET + timedelta(seconds=1)
    return Check(name="own clock", status="warning" if is_off else "ok", detail=detail)


def _print(checks: list[Check]) -> None:
    table = Table("check", "", "what it showed", box=None, header_style="bold")
    for check in checks:
        table.add_row(Text(plain(check.name)), Text(check.status, _STYLES[check.status]), Text(plain(check.detail)))
    console().print(table)
