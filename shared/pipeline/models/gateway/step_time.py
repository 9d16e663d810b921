"""The time that one step may spend on asking models: what is left is asked by the next delivery of its message."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.base.errors import IntrayError
from shared.ports.clock import Clock


class OutOfTime(IntrayError):
    """The step used up its time. Every answer it got is stored, so the step that is begun again goes on from there."""

    def __init__(self) -> None:
        super().__init__("the step used up its time and goes on in a message of its own")


@dataclass
class StepTime:
    """Until when a step may ask models. The first request is always made, so that every delivery gets further."""

    clock: Clock
    until: datetime
    asked: bool = field(default=False, init=False)

    def check(self) -> None:
        """Raise OutOfTime when the step should not ask a model again."""
        if self.asked and self.clock.now() >= self.until:
            raise OutOfTime
        self.asked = True
