"""Follow the Documents of a running cloud: what changed since the last look."""

import asyncio
import time
from collections.abc import AsyncIterator

from local.cloud.api import Api
from shared.domain.documents.run import Run, State
from shared.pipeline.operations.status import DocumentStatus

_PAUSE = 1.0
_REST = 3.0  # at least this many times as long as a listing took passes before the next


def outcome_event(run: Run) -> str | None:
    """Return the name of the event of a Run's outcome; None while it has none."""
    if not run.is_settled:
        return None
    return "review_requested" if run.state is State.IN_REVIEW else run.state.value


class Watcher:
    """Polls the state of every Document about once a second, more rarely where listings take long."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.known: dict[str, DocumentStatus] = {}

    async def poll(self) -> list[DocumentStatus]:
        """Return the Documents that changed since the last poll, in the order of change; raises CloudError."""
        changed = [
            status
            for status in sorted(await self._api.documents(), key=lambda status: status.run.updated)
            if status.document.id not in self.known or self.known[status.document.id].run != status.run
        ]
        self.known.update((status.document.id, status) for status in changed)
        return changed

    async def changes(self) -> AsyncIterator[list[DocumentStatus]]:
        """Yield one list of changes, which may be empty, after each poll, without end; raises CloudError."""
        while True:
            began = time.monotonic()
            yield await self.poll()
            await asyncio.sleep(max(_PAUSE, _REST * (time.monotonic() - began)))

    def run(self, document_id: str) -> Run | None:
        """Return the Run of a Document; None when it has not been seen yet."""
        status = self.known.get(document_id)
        return status.run if status else None

    def states(self) -> dict[str, State]:
        """Return the state of every Document that has been seen, by id."""
        return {key: status.run.state for key, status in self.known.items()}
