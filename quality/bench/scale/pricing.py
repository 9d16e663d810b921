"""What a million documents cost, from the counted operations and the prices in `data/prices.yaml`."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from quality.bench.scale.record import Measurement, Record, StageRequests
from shared.domain.models.catalogue import Catalogue

PRICES = Path(__file__).parent / "data" / "prices.yaml"
MILLION = 1_000_000
INSTANCE_GB = 2.0
"""Memory of an instance (2,048 MB, with one core)."""
MIN_EXECUTION_SECONDS = 1.0
"""The least time that an execution is billed for while nothing else runs on its instance."""
EVENT_DELIVERIES = 2
"""Subscribers of the topic that get each event, as an example."""


class Price(Record):
    """A list price: `dollars` for `per` units of a meter, and the page that says so."""

    meter: str
    per: int
    dollars: float
    source: str


class PriceList(Record):
    """Prices on a day."""

    as_of: date
    prices: list[Price]

    def cost(self, meter: str, units: float) -> float:
        """Return the dollars for `units` of a meter; raises LookupError for a meter without a price."""
        for price in self.prices:
            if price.meter == meter:
                return units * price.dollars / price.per
        raise LookupError(f"data/prices.yaml has no price for {meter!r}")


class CostLine(NamedTuple):
    """Units that a document uses of a meter, and the dollars for a million documents."""

    meter: str
    units: float
    dollars: float


def load_prices(file: Path = PRICES) -> PriceList:
    """Return the list of prices."""
    return PriceList.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def cost_lines(measured: Measurement, prices: PriceList, catalogue: Catalogue) -> list[CostLine]:
    """Return the lines of the bill for a million documents like the measured one, on instances that are kept busy."""
    lines = [CostLine(meter, units, MILLION * prices.cost(meter, units)) for meter, units in _units(measured)]
    return [*lines, *_model_lines(measured, catalogue)]


def lonely_execution_cost(measured: Measurement, prices: PriceList) -> float:
    """Return the dollars for the executions of a million documents that come one by one, each alone on an instance."""
    seconds = max(MIN_EXECUTION_SECONDS * measured.invocations, _busy_seconds(measured))
    return MILLION * prices.cost("execution GB-second", INSTANCE_GB * seconds)


def _units(measured: Measurement) -> Iterator[tuple[str, float]]:
    """Yield the meters of storage, executions, events and logs with the units of a document."""
    storage: defaultdict[str, float] = defaultdict(float)
    for entry in measured.all_requests:
        if entry.service in {"blob", "queue", "table"}:
            storage[_meter(entry)] += entry.requests
    yield from sorted(storage.items())
    yield "execution GB-second", INSTANCE_GB * _busy_seconds(measured)
    yield "execution", measured.invocations
    yield "event operation", _event_operations(measured)
    yield "log gigabyte", measured.log_bytes / 1e9


def _meter(entry: StageRequests) -> str:
    return f"blob {entry.billing}" if entry.service == "blob" else f"{entry.service} operation"


def _busy_seconds(measured: Measurement) -> float:
    """Return the seconds that a document occupies a core of an instance that always has something to do."""
    return (measured.process_milliseconds + measured.reading_milliseconds) / 1000


def _event_operations(measured: Measurement) -> float:
    """Return the operations of Event Grid: the upload and its delivery, and each event published and delivered."""
    published = sum(entry.requests for entry in measured.requests if entry.service == "topic")
    return 2 + published * (1 + EVENT_DELIVERIES)


def _model_lines(measured: Measurement, catalogue: Catalogue) -> Iterator[CostLine]:
    deployments = {deployment.name: deployment for deployment in catalogue.deployments}
    for use in measured.models:
        deployment = deployments[use.deployment]
        for unit, tokens, price in (
            ("input tokens", use.prompt_tokens, deployment.input_price),
            ("output tokens", use.completion_tokens, deployment.output_price),
        ):
            yield CostLine(f"{use.deployment}: {unit}", tokens, tokens * price)
