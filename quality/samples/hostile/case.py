"""What a file of the hostile set is: its bytes, its category and the expected outcome."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class HostileCase:
    """A file of the hostile set.

    Attributes:
        file: its name.
        category: what is wrong with it.
        expect: a key of `quality.evals.sets.hostile.EXPECTATIONS`.
        make: returns its bytes.
        code: the reason with which it is refused; None when it is processed.
    """

    file: str
    category: str
    expect: str
    make: Callable[[], bytes]
    code: str | None = None
