"""The limits of the core are those that an operator sets."""

import json
from dataclasses import fields
from pathlib import Path

from annotated_types import Le

from shared.bootstrap import _limits
from shared.pipeline.store.context import Limits
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
CONVERTED = {"ocr_ceiling", "stalled_after", "lease", "longest_wait", "retention", "malware_wait"}
"""Limits that are set in other units than they are used in, and so by settings of other names."""
CONSTANT = {"classify_pages"}


def test_a_step_ends_before_the_platform_ends_it() -> None:
    """The time for asking models, one more answer, and looking at every page of the largest file fit in together."""
    timeout = json.loads((ROOT / "host.json").read_text())["functionTimeout"]
    hours, minutes, seconds = map(int, timeout.split(":"))
    largest = max(
        float(str(rule.le)) for rule in Settings.model_fields["step_seconds"].metadata if isinstance(rule, Le)
    )
    one_answer, all_pages = Settings.model_fields["model_seconds"].default, 300
    assert largest + one_answer + all_pages <= 3600 * hours + 60 * minutes + seconds


def test_every_limit_has_its_setting_and_follows_it() -> None:
    """A setting that was renamed alone would leave its limit at the default, whatever an operator sets."""
    named = {limit.name for limit in fields(Limits)} - CONVERTED - CONSTANT
    assert named <= set(Settings.model_fields)
    changed = {name: Settings.model_fields[name].default + 1 for name in named}
    limits = _limits(Settings.model_validate(changed))
    assert changed == {name: getattr(limits, name) for name in named}
