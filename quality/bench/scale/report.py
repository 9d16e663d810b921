"""The measurement with all that is computed from it, as it is kept in `measured.json`."""

from pathlib import Path

from quality.bench.scale.record import Measurement, Record
from quality.bench.scale.simulation.growth import Arrival, Capacity, arrivals, capacities
from quality.bench.scale.simulation.local import Prediction, predict_throughput
from quality.bench.scale.simulation.quotas import load_quotas
from quality.bench.scale.simulation.work import demands, load_assumptions

RECORD = Path(__file__).with_name("measured.json")
"""The measurement that docs/scale.md states."""


class ScaleReport(Record):
    """A measurement, what the simulation predicts for the measuring machine, and for 1 to 1,000 instances."""

    measurement: Measurement
    predictions: list[Prediction]
    capacities: list[Capacity]
    arrivals: list[Arrival]


def simulate(measured: Measurement) -> ScaleReport:
    """Return the report of a measurement: takes some minutes, and is the same each time."""
    assumptions, quotas = load_assumptions(), load_quotas()
    documents = demands(measured, assumptions)
    found = capacities(documents, quotas, assumptions)
    return ScaleReport(
        measurement=measured,
        predictions=predict_throughput(measured),
        capacities=found,
        arrivals=arrivals(documents, quotas, assumptions, found),
    )


def load_report(file: Path = RECORD) -> ScaleReport:
    """Return a kept report."""
    return ScaleReport.model_validate_json(file.read_bytes())


def save_report(report: ScaleReport, file: Path = RECORD) -> None:
    """Replace the kept report."""
    file.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
