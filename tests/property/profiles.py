"""How far the property tests search.

`make test` takes the profile `short`: few examples, always the same, so that a push is never a lottery. Without a
profile each test searches as far as it says itself; `make property-long` searches on, at random, for minutes.
"""

from hypothesis import HealthCheck, settings

SHORT, LONG = "short", "long"
SHORT_SHARE = 5
"""Of its own number of examples, a stateful test takes the fifth part in the profile `short`."""
SECONDS = 180
"""A search takes 7 to 22 s of CPU: on a machine that does other work too, more than other tests are given."""


def register() -> None:
    """Make the profiles known to pytest's `--hypothesis-profile`; call it from a conftest."""
    settings.register_profile(SHORT, max_examples=25, derandomize=True, deadline=None, database=None)
    settings.register_profile(LONG, max_examples=3000, stateful_step_count=60, deadline=None, database=None)


def search(examples: int, steps: int) -> settings:
    """Return the settings of a stateful test: `examples` of `steps` each, as far as the profile does not say otherwise.

    They are the same examples each time, but in the profile `long`.
    """
    profile = settings()
    if settings.get_current_profile_name() != LONG:
        count = examples // SHORT_SHARE if settings.get_current_profile_name() == SHORT else examples
        profile = settings(max_examples=count, stateful_step_count=steps, derandomize=True, database=None)
    return settings(profile, deadline=None, report_multiple_bugs=False, suppress_health_check=list(HealthCheck))
