"""What goes wrong when: a timetable made from the seed alone, so that a run can be asked for again."""

import random
from dataclasses import dataclass
from typing import Literal

from local.model_server.faults.script import Fault, Rule

Kind = Literal["kill worker", "kill host", "kill topic", "topic outage", "model faults", "storage storm"]

EVERY: dict[Kind, float] = {
    "kill worker": 9,
    "kill host": 35,
    "kill topic": 70,
    "topic outage": 25,
    "model faults": 4,
    "storage storm": 15,
}
"""Mean seconds between two of a kind. The host's are wide apart: the cloud gives up on a part that dies five times a
minute, and starting it takes some seconds."""
RESTS: dict[Kind, float] = {"kill host": 20, "kill topic": 20}
"""Least seconds between two of a kind, where it is not one."""

MODEL_SECONDS = 12.0
"""INTRAY_MODEL_SECONDS of a run: the app waits so long for a model, and the longer `delay` is longer than that."""
_THROTTLED = 429
MODEL_FAULTS = (
    Fault(kind="status", status=_THROTTLED),
    Fault(kind="status", status=503),
    Fault(kind="status", status=500),
    Fault(kind="delay", seconds=2.0),
    Fault(kind="delay", seconds=MODEL_SECONDS + 2),
    Fault(kind="drop"),
    Fault(kind="cut"),
)
_MANY = 20

_LONGEST = 10.0


@dataclass(frozen=True)
class Trouble:
    """One thing that goes wrong: `at` seconds after the start, for `seconds`, `choice` 0..1 says which variant."""

    at: float
    kind: Kind
    seconds: float
    choice: float


def timetable(seed: int, seconds: float) -> list[Trouble]:
    """Everything that goes wrong within `seconds`, in order; each kind at least once."""
    rng = random.Random(f"plan/{seed}")  # noqa: S311 - a repeatable choice, no secret
    longest = min(_LONGEST, max(3.0, seconds / 4))
    troubles: list[Trouble] = []
    for kind, mean in EVERY.items():
        at = rng.uniform(0.1, 0.9) * min(mean, seconds)
        while at < seconds:
            troubles.append(Trouble(round(at, 2), kind, round(rng.uniform(2, longest), 1), rng.random()))
            at += max(RESTS.get(kind, 1.0), rng.expovariate(1 / mean))
    return sorted(troubles, key=lambda trouble: trouble.at)


def model_rule(trouble: Trouble) -> Rule:
    """Return the model server's script for one trouble: a burst of one sort of fault; a slow spell lasts longer."""
    fault = MODEL_FAULTS[int(trouble.choice * len(MODEL_FAULTS))]
    if fault.status == _THROTTLED:
        asked = {"retry-after": str(round(trouble.seconds))}
        return Rule(fault=fault.model_copy(update={"headers": asked}), times=1 + round(trouble.seconds))
    slow = fault.kind == "delay" and not keeps_answer(fault)
    return Rule(fault=fault, times=_MANY if slow else 1 + round(trouble.seconds) % 3)


def keeps_answer(fault: Fault) -> bool:
    """Return whether the server answers and the app does not learn it: the request is then paid once more."""
    return fault.kind in {"drop", "cut"} or (fault.kind == "delay" and fault.seconds > MODEL_SECONDS)
