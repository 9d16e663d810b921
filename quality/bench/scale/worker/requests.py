"""How many HTTP requests a worker sent, by stage and operation."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from quality.bench.scale.operations import Operation


@dataclass
class Traffic:
    """Requests of one operation: how many, the rows that they changed, the bytes of their bodies."""

    requests: int = 0
    rows: int = 0
    sent: int = 0
    received: int = 0


@dataclass
class RequestCounter:
    """Requests by stage and operation, and invocations by function."""

    traffic: dict[tuple[str, Operation], Traffic] = field(default_factory=lambda: defaultdict(Traffic))
    invocations: Counter[str] = field(default_factory=Counter)

    def count(self, stage: str, operation: Operation, sent: int, received: int, rows: int) -> None:
        """Count one request of a stage with the bytes of its bodies and the rows that it changes."""
        traffic = self.traffic[stage, operation]
        traffic.requests += 1
        traffic.rows += rows
        traffic.sent += sent
        traffic.received += received
