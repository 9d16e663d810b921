"""What one document demands of each resource, stage by stage: the measured figures, and kinds of documents beside."""

from collections import defaultdict
from pathlib import Path

import yaml

from quality.bench.scale.record import STAGES, Measurement, Record

ASSUMPTIONS = Path(__file__).parents[1] / "data" / "assumptions.yaml"
BLOB_TRIGGER_QUEUE = "blob trigger"
_NEXT_QUEUE = dict(zip(STAGES[:-1], ("read", "extract", "validate", "decide", "publish"), strict=True))
_OWN_QUEUE = dict(zip(STAGES, (BLOB_TRIGGER_QUEUE, "read", "extract", "validate", "decide", "publish"), strict=True))
_MODEL_STAGES = ("extract_fields", "validate_fields")


class ModelDemand(Record):
    """One request to a deployment: tokens that it reserves of the quota, and the seconds until the answer."""

    deployment: str
    tokens: float
    seconds: float


class StageDemand(Record):
    """One invocation of a function.

    Attributes:
        name: of the function.
        queue: whose message it takes.
        core_seconds: of one core, in the worker and in the processes that read.
        requests: to the storage account, those of the host for the message included.
        messages: sent, taken and deleted, by queue.
        active_rows: changed in the partition `active` that all documents share.
        events: published.
        model: what it asks a model; None for a stage that asks none.
        repeated: how many invocations of it a document has, at the same time.
    """

    name: str
    queue: str
    core_seconds: float
    requests: float
    messages: dict[str, float]
    active_rows: float
    events: float
    model: ModelDemand | None = None
    repeated: int = 1


class DocumentDemand(Record):
    """A kind of document: what each stage demands."""

    name: str
    stages: tuple[StageDemand, ...]

    @property
    def core_seconds(self) -> float:
        """Seconds of one core that a document takes."""
        return sum(stage.core_seconds * stage.repeated for stage in self.stages)

    @property
    def requests(self) -> float:
        """Requests to the storage account."""
        return sum(stage.requests * stage.repeated for stage in self.stages)

    @property
    def most_tokens(self) -> float:
        """The tokens that it reserves at the deployment where it reserves most."""
        return max((stage.model.tokens * stage.repeated for stage in self.stages if stage.model), default=0.0)

    def waiting_seconds(self, storage_request_seconds: float) -> float:
        """Return the seconds that it waits for answers of services."""
        models = sum(stage.model.seconds for stage in self.stages if stage.model)
        return models + storage_request_seconds * sum(stage.requests for stage in self.stages)


class DocumentKind(Record):
    """How a kind of document differs from the measured one.

    `ranges`: invocations of reading and of extraction, at the same time. `extra_read_seconds`: of a core, in each of
    them, above what a small document takes.
    """

    name: str
    description: str
    ranges: int = 1
    extra_read_seconds: float = 0.0


class Mix(Record):
    """Documents of several kinds: shares by kind, which add up to 1."""

    name: str
    shares: dict[str, float]


class Assumptions(Record):
    """What was not measured: times of the real services, kinds of documents, and mixes of them."""

    storage_request_seconds: float
    model_seconds: dict[str, float]
    max_output_tokens: int
    invocations_at_once: int
    kinds: list[DocumentKind]
    mixes: list[Mix]


def load_assumptions(file: Path = ASSUMPTIONS) -> Assumptions:
    """Return the assumptions of the simulation."""
    return Assumptions.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def demands(measured: Measurement, assumptions: Assumptions) -> dict[str, DocumentDemand]:
    """Return what each kind of document demands."""
    small = _measured_demand(measured, assumptions)
    return {kind.name: _as_kind(small, kind) for kind in assumptions.kinds}


def _measured_demand(measured: Measurement, assumptions: Assumptions) -> DocumentDemand:
    shared_seconds = sum(entry.milliseconds for entry in measured.cpu if entry.stage not in STAGES) / 1000
    models = {
        stage: ModelDemand(
            deployment=use.deployment,
            tokens=use.prompt_tokens + assumptions.max_output_tokens * use.requests,
            seconds=assumptions.model_seconds[stage],
        )
        for stage, use in zip(_MODEL_STAGES, measured.models, strict=False)
    }
    stages = []
    for stage in STAGES:
        own = [entry for entry in measured.requests if entry.stage == stage]
        seconds = sum(entry.milliseconds for entry in measured.cpu if entry.stage == stage) / 1000
        reading = measured.reading_milliseconds / 1000 if stage == "read_pages" else 0.0
        storage = sum(entry.requests for entry in own if entry.service in {"blob", "queue", "table"})
        messages: defaultdict[str, float] = defaultdict(float)
        for entry in own:
            if entry.service == "queue":
                messages[entry.target] += 3 * entry.requests
        if stage == "receive_blob":
            messages[BLOB_TRIGGER_QUEUE] += 3
        stages.append(
            StageDemand(
                name=stage,
                queue=_OWN_QUEUE[stage],
                core_seconds=seconds + reading + shared_seconds / len(STAGES),
                requests=storage + _HOST_REQUESTS_PER_MESSAGE,
                messages=dict(messages),
                active_rows=measured.active_rows(stage),
                events=sum(entry.requests for entry in own if entry.service == "topic"),
                model=models.get(stage),
            )
        )
    return DocumentDemand(name="small", stages=tuple(stages))


_HOST_REQUESTS_PER_MESSAGE = 2
"""The host takes and deletes the message that starts an invocation."""


def _as_kind(small: DocumentDemand, kind: DocumentKind) -> DocumentDemand:
    """Return the demand of another kind: ranges repeat reading and extraction, their messages too."""
    stages = []
    for stage in small.stages:
        if stage.name == "read_pages":
            extra = {"core_seconds": stage.core_seconds + kind.extra_read_seconds, "repeated": kind.ranges}
            stages.append(stage.model_copy(update=extra))
        elif stage.name == "extract_fields":
            stages.append(stage.model_copy(update={"repeated": kind.ranges}))
        else:
            stages.append(stage)
    return DocumentDemand(name=kind.name, stages=tuple(stages))
