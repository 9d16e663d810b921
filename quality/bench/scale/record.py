"""What one measurement found, as it is kept in a file: everything that prices, simulation and page are made from."""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel, ConfigDict

from quality.bench.scale.operations import SHARED_PARTITION, Billing, Service
from quality.bench.scale.worker.cpu_clock import Category

OWN_CPU_GOAL = 15
"""Milliseconds of CPU that our own code may take for a small document."""
STAGES = ("receive_blob", "read_pages", "extract_fields", "validate_fields", "decide_outcome", "publish_events")
"""The functions that a small document passes, in order."""


class Record(BaseModel):
    """Base of all records: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StageCpu(Record):
    """CPU of a document in milliseconds by stage (empty: of no stage) and category."""

    stage: str
    category: Category
    milliseconds: float


class StageRequests(Record):
    """Requests of a document by stage and operation; `rows`: changed in tables; `sent`, `received`: bytes of bodies."""

    stage: str
    service: Service
    operation: str
    target: str
    billing: Billing
    requests: float
    rows: float
    sent: float
    received: float


class Process(Record):
    """CPU of a document in milliseconds in one kind of process."""

    name: str
    milliseconds: float


class ModelUse(Record):
    """Requests and tokens of a document at one deployment."""

    deployment: str
    requests: float
    prompt_tokens: float
    completion_tokens: float


class Throughput(Record):
    """Documents that were uploaded at once to a cloud with this many workers, and the seconds to the last outcome.

    `processes`: CPU of one document in each kind of process. `other_cores`: how many cores other programs used.
    """

    workers: int
    documents: int
    seconds: float
    processes: list[Process]
    other_cores: float

    @property
    def per_minute(self) -> float:
        """Documents a minute."""
        return 60 * self.documents / self.seconds


class Measurement(Record):
    """One measurement.

    Attributes:
        day: when.
        commit: of what.
        machine: on what.
        documents: how many documents the figures of one document are means of.
        document_bytes: size of a document.
        cpu: of the worker.
        reading_milliseconds: CPU of the worker's child processes, which read files.
        process_milliseconds: CPU of the worker as the operating system reports it; the sum of `cpu` must be near.
        requests: of the worker.
        host_requests: of the Functions host for its queues and its blob trigger.
        invocations: of functions.
        model_seconds: the constant time of a model's answer.
        models: what is asked of each deployment; tokens as the local model server counts them.
        log_bytes: that the worker logged of a document.
        throughput: of several numbers of workers.
    """

    day: date
    commit: str
    machine: dict[str, str | int | float]
    documents: int
    document_bytes: int
    cpu: list[StageCpu]
    reading_milliseconds: float
    process_milliseconds: float
    requests: list[StageRequests]
    host_requests: list[StageRequests]
    invocations: float
    model_seconds: float
    models: list[ModelUse]
    log_bytes: float
    throughput: list[Throughput]

    def cpu_of(self, category: Category, stage: str | None = None) -> float:
        """Return the milliseconds of a category, in one stage or in all."""
        return sum(
            entry.milliseconds for entry in self.cpu if entry.category == category and stage in {None, entry.stage}
        )

    def requests_of(self, service: Service, stage: str | None = None) -> float:
        """Return the worker's requests to a service, in one stage or in all."""
        return sum(
            entry.requests for entry in self.requests if entry.service == service and stage in {None, entry.stage}
        )

    def active_rows(self, stage: str) -> float:
        """Return the rows that a stage changes in the partition that all documents share."""
        return sum(entry.rows for entry in self.requests if entry.stage == stage and entry.target == SHARED_PARTITION)

    @property
    def all_requests(self) -> Iterator[StageRequests]:
        """The requests of worker and host."""
        yield from self.requests
        yield from self.host_requests
