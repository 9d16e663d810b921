"""The limits of the core are those that an operator sets."""

from dataclasses import fields

from shared.bootstrap import _limits
from shared.settings import Settings
from shared.stages.core import Limits

CONVERTED = {"ocr_ceiling", "stalled_after", "lease", "longest_wait", "retention"}
"""Limits that are set in other units than they are used in, and so by settings of other names."""
CONSTANT = {"classify_pages"}


def test_every_limit_has_its_setting_and_follows_it() -> None:
    """A setting that was renamed alone would leave its limit at the default, whatever an operator sets."""
    named = {limit.name for limit in fields(Limits)} - CONVERTED - CONSTANT
    assert named <= set(Settings.model_fields)
    changed = {name: Settings.model_fields[name].default + 1 for name in named}
    limits = _limits(Settings.model_validate(changed))
    assert changed == {name: getattr(limits, name) for name in named}
