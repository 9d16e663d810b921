"""The documented limits, and settings of them to simulate."""

from datetime import date
from pathlib import Path

import yaml

from quality.bench.scale.record import Record

QUOTAS = Path(__file__).parents[1] / "data" / "quotas.yaml"


class Quota(Record):
    """A limit: how much, of what, what to do when it is reached, and the page that says so."""

    name: str
    limit: float
    unit: str
    of: str
    remedy: str
    source: str


class Scaling(Record):
    """How fast a platform adds instances."""

    decision_seconds: float
    instances_per_decision: int
    source: str


class Quotas(Record):
    """All limits on a day."""

    as_of: date
    quotas: list[Quota]
    scaling: Scaling

    def limit(self, name: str) -> float:
        """Return the limit called `name`."""
        return self.find(name).limit

    def find(self, name: str) -> Quota:
        """Return the quota called `name`; raises LookupError."""
        for quota in self.quotas:
            if quota.name == name:
                return quota
        raise LookupError(f"data/quotas.yaml has no quota called {name!r}")

    def raised(self, **factors: float) -> "Quotas":
        """Return the same quotas with some limits multiplied."""
        quotas = [
            quota.model_copy(update={"limit": quota.limit * factors.get(quota.name, 1.0)}) for quota in self.quotas
        ]
        return self.model_copy(update={"quotas": quotas})


def load_quotas(file: Path = QUOTAS) -> Quotas:
    """Return the documented limits."""
    return Quotas.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
