"""Encrypted files: the passwords of their type open them; without one they fail, and a replay after adding it works."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import State
from shared.domain.reading.ocr_need import Ceiling
from shared.pipeline.operations.replay import replay
from shared.ports.reading import SourceFile, SourcePage
from shared.testing.builders.pages import text_page
from shared.testing.passwords import MemoryPasswords
from shared.testing.reading import ScriptedReader
from tests.support.pipeline.world import PAGE, World, make_world

PAGES = tuple(text_page(number, *PAGE) for number in (1, 2, 3))


class LockedReader(ScriptedReader):
    """A reader of files that open with one password only. `tried` holds what it was handed."""

    def __init__(self, password: str) -> None:
        super().__init__(PAGES)
        self._password = password
        self.tried: list[tuple[str, ...]] = []

    def _open(self, file: SourceFile) -> None:
        self.tried.append(file.passwords)
        if self._password not in file.passwords:
            raise Unreadable("password_required", "it is encrypted")

    async def count(self, file: SourceFile) -> int:
        self._open(file)
        return await super().count(file)

    async def pages(
        self, file: SourceFile, numbers: Sequence[int], model: Ceiling, ocr: Ceiling
    ) -> AsyncIterator[SourcePage]:
        self._open(file)
        async for page in super().pages(file, numbers, model, ocr):
            yield page


def locked_world(passwords: MemoryPasswords | None, password: str = "pa55") -> tuple[World, LockedReader]:
    """A World whose files are all encrypted, read one page at a time."""
    world, reader = make_world(passwords=passwords, read_range=1), LockedReader(password)
    world.context = replace(world.context, readers={"application/pdf": reader})
    return world, reader


async def outcome(world: World, document: str) -> tuple[State, list[str]]:
    """How the Document's last Run ended, and why."""
    await world.settle()
    run = await world.run(document)
    return run.state, [reason.code for reason in run.reasons]


async def test_a_password_of_the_type_opens_a_file_in_every_range() -> None:
    """Each page range opens the file anew."""
    world, reader = locked_world(MemoryPasswords({"note": ["pa55"], "other": ["x"]}))
    document = await world.drop("note/a.pdf")
    assert (State.FINALIZED, []) == await outcome(world, document)
    assert [(), *[("pa55",)] * 4] == reader.tried


async def test_a_file_of_unknown_type_is_tried_with_all_passwords() -> None:
    """What it is can be told only once it is open."""
    world, reader = locked_world(MemoryPasswords({"note": ["wrong"], "*": ["pa55"]}))
    await outcome(world, await world.drop("a.pdf"))
    assert ("wrong", "pa55") == reader.tried[-1]


async def test_a_file_that_is_not_encrypted_asks_for_no_password() -> None:
    """A vault is asked only when there is need."""
    world, reader = locked_world(MemoryPasswords({"*": ["never"]}))
    world.context = replace(world.context, readers={"application/pdf": ScriptedReader(PAGES)})
    assert (State.FINALIZED, []) == await outcome(world, await world.drop())
    assert [] == reader.tried


async def test_a_replay_after_adding_the_password_works() -> None:
    """Neither the failed Run's claim on the content nor what was read before may stand in its way."""
    passwords = MemoryPasswords({"note": ["old"]})
    world, _ = locked_world(passwords)
    document, copy = await world.drop("note/a.pdf"), await world.drop("note/b.pdf")
    assert (State.FAILED, ["password_required"]) == await outcome(world, document)
    passwords.lists["note"].append("pa55")
    await replay(world.context, document)
    assert (State.FINALIZED, []) == await outcome(world, document)
    await replay(world.context, copy)
    assert (State.DUPLICATE, []) == await outcome(world, copy)


async def test_without_a_store_of_passwords_a_file_fails_just_so() -> None:
    """Who never set one up is told the same."""
    world, _ = locked_world(None)
    assert (State.FAILED, ["password_required"]) == await outcome(world, await world.drop())


async def test_a_password_is_kept_nowhere() -> None:
    """Not in a row, an artifact, a message, an event or a prompt."""
    world, _ = locked_world(MemoryPasswords({"note": ["hunter2-hunter2"]}), "hunter2-hunter2")
    document = await world.drop("note/a.pdf")
    seen = list[str]()
    while await world.step():
        seen += [body for queue in ("read", "extract", "validate", "decide") for body in world.queues.bodies(queue)]
    assert State.FINALIZED == (await world.run(document)).state
    for place in await world.storage.contents():
        if len(place) == 2:
            seen.append(repr(await world.blobs.read(*place)))
        else:
            record = await world.records.get(*place)
            seen.append(repr(record))
    seen += [repr(event) for event in world.events.published] + [repr(call) for call in world.models.calls]
    assert len(seen) > 20
    assert not [text for text in seen if "hunter2" in text]
