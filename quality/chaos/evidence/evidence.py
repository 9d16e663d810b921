"""What is found after a run, as plain data: the audit judges nothing else."""

from dataclasses import dataclass, field
from typing import Any

from quality.chaos.evidence.payments import Payments
from quality.chaos.evidence.witness import Delivery
from shared.domain.documents.event import Event
from shared.domain.documents.run import Run
from shared.pipeline.store.rows.audit import Audit


@dataclass(frozen=True)
class Upload:
    """One written version of a blob.

    `required`: it must have come to an outcome, because it is the last version and was not deleted, or because its
    Document was seen before it was overwritten or deleted. `good`: it can be read and stays, so it must not fail.
    """

    name: str
    document_id: str
    required: bool
    good: bool = False


@dataclass
class Partition:
    """The rows of one Document: its runs by number, their audit lines in order, its events and whether each is out."""

    runs: dict[int, Run] = field(default_factory=dict)
    audits: dict[int, list[Audit]] = field(default_factory=dict)
    events: list[tuple[Event, bool]] = field(default_factory=list)


@dataclass(frozen=True)
class Evidence:
    """Everything that was found.

    Attributes:
        uploads: what was written.
        documents: the table's partitions by Document.
        results: the contents of the results container, by blob name.
        deliveries: what the witness was told, in order, repeats included.
        premature: ids of `finalized` events that were told before outcome and result stood.
        payments: the calls of models, with what became of their answers.
        poison: kept poison messages.
        marks: Documents still listed as active.
        waiting: messages left in queues.
        undelivered: events that the topic still tries to deliver.
        faults: what was done, by kind.
        seconds: of faults, and until everything had settled after them.
        settled: whether everything came to rest.
    """

    uploads: list[Upload]
    documents: dict[str, Partition]
    results: dict[str, dict[str, Any]]
    deliveries: list[Delivery]
    premature: list[str]
    payments: Payments
    poison: list[str]
    marks: list[str]
    waiting: dict[str, int]
    undelivered: int
    faults: dict[str, int]
    seconds: tuple[float, float]
    settled: bool
