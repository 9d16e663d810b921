"""How far the stateful tests search: short and the same each time by default, so that a push is never a lottery.

`pytest tests/property --timeout 0 --hypothesis-profile long` searches on, at random, for minutes.
"""

from hypothesis import HealthCheck, settings

LONG = "long"
SECONDS = 180
"""A search takes 7 to 22 s of CPU: on a machine that does other work too, more than other tests are given."""


def register() -> None:
    """Make the long search known to pytest's `--hypothesis-profile`; call it from a conftest."""
    settings.register_profile(LONG, max_examples=3000, stateful_step_count=60, database=None)


def search(examples: int, steps: int) -> settings:
    """So many examples of so many steps, always the same ones; or those of the long profile, when it was asked for."""
    chosen = settings()
    if settings.get_current_profile_name() != LONG:
        chosen = settings(max_examples=examples, stateful_step_count=steps, derandomize=True, database=None)
    return settings(chosen, deadline=None, report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
