"""One mail, taken apart by the real reader, through a real Azurite: its text and its attachment are documents."""

from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage

import pytest

from shared.adapters.members.mail import mail_entries
from shared.adapters.members.unpacker import MemberUnpacker
from shared.domain.documents.run import State
from shared.pipeline.operations.sweep import sweep
from shared.pipeline.publish.forget import forget
from shared.pipeline.store.runs import all_documents
from shared.testing.clock import FixedClock
from shared.testing.isolation import InlineIsolation
from tests.integration.azurite_storage import AzuriteStorage, empty
from tests.support.pipeline.world import make_world


@pytest.fixture
async def storage(azurite: str) -> AsyncIterator[Callable[[FixedClock], AzuriteStorage]]:
    """A maker of storage on an empty Azurite."""
    opened: list[AzuriteStorage] = []

    def make(clock: FixedClock) -> AzuriteStorage:
        empty(azurite)
        opened.append(AzuriteStorage(azurite, clock))
        return opened[-1]

    yield make
    for each in opened:
        await each.close()
    empty(azurite)


async def test_a_mail_goes_through_real_storage_and_is_forgotten_with_its_members(
    storage: Callable[[FixedClock], AzuriteStorage],
) -> None:
    """Blobs, manifest, children, event and deletion behave on a real account as on the twins."""
    message = EmailMessage()
    message["Subject"] = "Two documents"
    message.set_content("see below")
    message.add_attachment(b"%PDF attached", "application", "pdf", filename="Größe €.pdf")
    unpackers = {"message/rfc822": MemberUnpacker(InlineIsolation(), mail_entries)}
    world = make_world(storage=storage, unpackers=unpackers)
    parent = await world.drop("note/mail.eml", message.as_bytes())
    await world.settle()
    children = sorted([one async for one in all_documents(world.context) if one.parent], key=lambda one: one.name)
    names = [f"note/{parent}/00001-body.html", f"note/{parent}/00002-Größe €.pdf"]
    assert names == [child.name for child in children]
    assert State.UNPACKED is (await world.run(parent)).state
    assert [State.FINALIZED] * 2 == [(await world.run(child.id)).state for child in children]
    assert await world.blobs.read("results", f"unpacked/{parent}.json")
    await forget(world.context, parent)
    await world.settle()
    await sweep(world.context)
    assert set() == await world.kept()
