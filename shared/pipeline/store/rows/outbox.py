"""Events as rows beside the state they tell of; the publish stage relays them to the topic."""

from datetime import datetime

from shared.domain.base.stored import Stored, dump_stored
from shared.domain.documents.document import Document
from shared.domain.documents.event import CorrectedFact, Event, EventName, Fact
from shared.domain.documents.run import Run
from shared.pipeline.store.context import StoreContext
from shared.pipeline.store.rows.keys import EVENT_PREFIX


class OutboxRow(Stored):
    """An event, when the topic took it (None: not yet), or why it refused it for good."""

    event: Event
    published: datetime | None = None
    refused: str | None = None

    @property
    def waiting(self) -> bool:
        """Whether the topic has neither taken nor refused it."""
        return self.published is None and self.refused is None


def event_key(run: Run) -> str:
    """Return the key of the event of the Run's present sequence number; sorts in the order of the facts."""
    return f"{EVENT_PREFIX}{run.number:04d}-{run.sequence:06d}"


def event_row(event: Event) -> str:
    """Return a new outbox row's body."""
    return dump_stored(OutboxRow(event=event))


def new_event(context: StoreContext, document: Document, run: Run, name: EventName, fact: Fact) -> Event:
    """Return the event `name` of a Run. A Run states each fact at most once, so its id is made of both.

    It may be corrected more than once: then the revision makes the difference.
    """
    revision = f".{fact.revision}" if isinstance(fact, CorrectedFact) else ""
    return Event(
        id=f"{document.id}.{run.number}.{name}{revision}",
        name=name,
        source=f"{context.storage_url.rstrip('/')}/{document.container}",
        subject=f"documents/{document.id}",
        time=run.updated,
        data=fact.model_dump(mode="json"),
    )


def base_fact(document: Document, run: Run) -> dict[str, object]:
    """Return the part of an event's data that every event has."""
    return {
        "document_id": document.id,
        "run": run.number,
        "container": document.container,
        "name": document.name,
        "etag": document.etag,
        "parent": document.parent,
    }
