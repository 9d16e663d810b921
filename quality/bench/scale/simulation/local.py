"""The local cloud on the measuring machine, simulated: what the model of stations predicts beside what was measured."""

import simpy

from quality.bench.scale.record import STAGES, Measurement, Process, Record, Throughput
from quality.bench.scale.simulation.resources import Station, Waiting

_LEAST_CORES = 0.25
SLICES = 4
"""Parts into which a stage's CPU is cut: worker and storage take turns many times in a stage."""
INVOCATIONS_AT_ONCE = 6
"""Of a function in the local host, whatever the number of workers: batchSize + newBatchThreshold of host.json."""
_MODEL_STAGES = ("extract_fields", "validate_fields")
_SINGLE = ("storage", "host", "event grid", "subscriber", "the bench itself")
"""Processes that compute on one core at a time, whatever the number of workers."""


class Prediction(Record):
    """Documents a minute with a number of workers, measured and simulated."""

    workers: int
    measured: float
    predicted: float

    @property
    def error(self) -> float:
        """How far the prediction is off, as a share of what was measured."""
        return self.predicted / self.measured - 1


def predict_throughput(measured: Measurement) -> list[Prediction]:
    """Predict every measured throughput from the CPU of each process with one worker and the number of cores."""
    cores = int(measured.machine["cpus"])
    [calibration] = [run for run in measured.throughput if run.workers == 1]
    return [
        Prediction(
            workers=run.workers,
            measured=round(run.per_minute, 1),
            predicted=round(_simulate(calibration, run, cores, measured.model_seconds), 1),
        )
        for run in measured.throughput
    ]


def _simulate(calibration: Throughput, run: Throughput, cores: int, model_seconds: float) -> float:
    """Return the documents a minute of a run."""
    share = max(cores - run.other_cores, _LEAST_CORES) / cores  # other programs leave less of each core
    processes = [
        process.model_copy(update={"milliseconds": process.milliseconds / share}) for process in calibration.processes
    ]
    cloud = _LocalCloud(simpy.Environment(), processes, run.workers, cores, model_seconds)
    documents = [cloud.env.process(cloud.process()) for _ in range(run.documents)]
    cloud.env.run(until=cloud.env.all_of(documents))
    return 60 * run.documents / float(cloud.env.now)


class _LocalCloud:
    """Processes that compete for the cores: each computes on as many at once as it has threads that compute."""

    def __init__(
        self, env: simpy.Environment, processes: list[Process], workers: int, cores: int, model_seconds: float
    ) -> None:
        self.env = env
        self._model_seconds = model_seconds
        self._seconds = {process.name: process.milliseconds / 1000 for process in processes}
        self._cores = Station(env, "cores", cores)
        single = {name: Station(env, name, 1) for name in _SINGLE}
        self._stations = {
            **single, "worker": Station(env, "worker", workers), "reading processes": Station(env, "reading", workers)
        }  # fmt: skip
        self._places = {stage: Station(env, stage, INVOCATIONS_AT_ONCE) for stage in STAGES}

    def process(self) -> Waiting:
        """Take a document through its stages."""
        yield from self._compute("the bench itself")
        yield from self._compute("event grid")
        for stage in STAGES:
            yield from self._compute("host", 1 / len(STAGES))
            yield from self._places[stage].hold(self._invoke(stage))
        yield from self._compute("subscriber")

    def _invoke(self, stage: str) -> Waiting:
        share = 1 / len(STAGES) / SLICES
        for _ in range(SLICES):
            yield from self._compute("worker", share)
            yield from self._compute("storage", share)
        if stage == "read_pages":
            yield from self._compute("reading processes")
        if stage in _MODEL_STAGES:
            yield self.env.timeout(self._model_seconds)

    def _compute(self, name: str, share: float = 1.0) -> Waiting:
        """Compute a share of what a document takes of a process: it needs the process and a core."""
        yield from self._stations[name].hold(self._cores.serve(self._seconds.get(name, 0.0) * share))
