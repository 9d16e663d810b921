"""The figures of a report that are told on the terminal, with goals where there are some."""

from collections.abc import Iterator

from quality.bench.scale.record import OWN_CPU_GOAL
from quality.bench.scale.report import ScaleReport
from quality.measure import Figure

MAX_REQUESTS = 95
"""Requests to storage that a small document may take, those of the host included."""
MAX_ERROR = 0.35
"""How far the simulation of the measuring machine may be off."""


def headline_figures(report: ScaleReport) -> list[Figure]:
    """Return the figures of a small document, of the throughput, and of the largest number of instances."""
    measured = report.measurement
    storage = sum(entry.requests for entry in measured.all_requests if entry.service in {"blob", "queue", "table"})
    return [
        Figure(name="own code", value=round(measured.cpu_of("own"), 1), unit="CPU-ms", goal=OWN_CPU_GOAL),
        Figure(name="reading processes", value=measured.reading_milliseconds, unit="CPU-ms"),
        Figure(name="Azure SDKs", value=round(measured.cpu_of("azure"), 1), unit="CPU-ms"),
        Figure(name="openai SDK", value=round(measured.cpu_of("openai"), 1), unit="CPU-ms"),
        Figure(name="whole worker", value=round(measured.process_milliseconds, 1), unit="CPU-ms"),
        Figure(name="storage requests", value=round(storage, 1), unit="requests", goal=MAX_REQUESTS),
        Figure(name="model requests", value=measured.requests_of("model"), unit="requests"),
        *_throughput(report),
        *_growth(report),
    ]


def _throughput(report: ScaleReport) -> Iterator[Figure]:
    for one in report.predictions:
        name = f"{one.workers} workers"
        yield Figure(name=f"{name}: throughput", value=one.measured, unit="documents/min")
        yield Figure(name=f"{name}: error of the simulation", value=round(abs(one.error), 2), goal=MAX_ERROR)


def _growth(report: ScaleReport) -> Iterator[Figure]:
    most = max(entry.instances for entry in report.capacities)
    for entry in report.capacities:
        if entry.instances == most:
            name = f"{most} instances, {entry.mix}, {entry.tier}: bound by {entry.bottleneck}"
            yield Figure(name=name, value=entry.per_minute, unit="documents/min")
