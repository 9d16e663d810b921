"""What is written, what of it must come to an outcome, and that meddling with queues loses nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast

import pytest

from quality.chaos.evidence.outside import Outside
from quality.chaos.faults.shuffle import Shuffle
from quality.chaos.load import Item
from quality.chaos.uploads import Uploader
from shared.pipeline.operations.health.backlog import STAGE_QUEUES


@dataclass
class Account:
    """An account in memory; `takes_in`: whether an upload becomes a Document."""

    takes_in: bool = True
    log: list[str] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)

    async def upload(self, name: str, data: bytes) -> str:
        self.log.append(f"put {name} {data.decode()}")
        if self.takes_in:
            self.documents.add(f"{name}@{data.decode()}")
        return f"{name}@{data.decode()}"

    async def delete(self, name: str) -> None:
        self.log.append(f"delete {name}")

    async def taken_in(self) -> set[str]:
        return self.documents


async def written(account: Account, *items: Item) -> set[tuple[str, bool]]:
    uploader = Uploader(cast("Outside", account), pause=0)
    await uploader.run(items, 0)
    return {(one.document_id, one.required) for one in uploader.written}


async def test_what_stays_must_have_an_outcome() -> None:
    """Each upload is one version."""
    account = Account(takes_in=False)
    assert {("a@1", True), ("b@2", True)} == await written(account, Item("a", b"1"), Item("b", b"2"))


@pytest.mark.parametrize(("takes_in", "seen"), [(True, True), (True, False), (False, True)])
async def test_a_version_that_goes_is_required_only_if_it_was_taken_in_first(takes_in: bool, seen: bool) -> None:
    """Nobody can process what was never seen; what was seen must end, and so must its successor."""
    account = Account(takes_in)
    changed = Item("a", b"1", "overwritten", b"2", seen)
    assert {("a@1", takes_in and seen), ("a@2", True)} == await written(account, changed)
    assert ["put a 1", "put a 2"] == account.log


async def test_only_what_can_be_read_and_stays_is_good() -> None:
    """The audit asks of these that they do not fail."""
    uploader = Uploader(cast("Outside", Account()), pause=0)
    items = (Item("a", b""), Item("b", b"1"), Item("c", b"2", "overwritten", b"3"), Item("d", b"4", "deleted"))
    await uploader.run(items, 0)
    assert {"b@1", "c@3"} == {one.document_id for one in uploader.written if one.good}


async def test_a_deleted_file_has_no_successor() -> None:
    """Its one version ends clearly when it was seen."""
    account = Account()
    assert {("a@1", True)} == await written(account, Item("a", b"1", "deleted"))
    assert ["put a 1", "delete a"] == account.log


@dataclass
class Message:
    id: str
    content: str


class Queue:
    """A queue in memory; what is sent with a delay is kept apart."""

    def __init__(self, ids: Iterator[int]) -> None:
        self._ids = ids
        self.visible: list[Message] = []
        self.hidden: list[Message] = []

    async def send_message(self, content: str, *, visibility_timeout: int = 0, time_to_live: int = -1) -> Message:
        message = Message(str(next(self._ids)), content)
        (self.hidden if visibility_timeout else self.visible).append(message)
        assert (True, -1) == (visibility_timeout <= 10, time_to_live)
        return message

    async def peek_messages(self, max_messages: int) -> list[Message]:
        return self.visible[:max_messages]

    async def receive_messages(self, max_messages: int, visibility_timeout: int) -> AsyncIterator[Message]:
        assert visibility_timeout >= 60
        for message in self.visible[:max_messages]:
            yield message

    async def delete_message(self, message: Message) -> None:
        self.visible.remove(message)


class Queues:
    """The queue service in memory."""

    def __init__(self) -> None:
        ids = count()
        self.queues = {name: Queue(ids) for name in STAGE_QUEUES}

    def get_queue_client(self, name: str) -> Queue:
        return self.queues[name]


async def test_meddling_loses_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message is still there, at least once; some twice, some later; as often as is counted."""
    queues = Queues()
    for number in range(40):
        await queues.queues["read"].send_message(str(number))
    shuffle = Shuffle(cast("Any", queues), 3)
    over = asyncio.Event()
    rounds = iter(range(30))

    async def pause(_seconds: float) -> None:
        if next(rounds, None) is None:
            over.set()

    monkeypatch.setattr("quality.chaos.faults.shuffle.asyncio.sleep", pause)
    await shuffle.run(over)
    read = queues.queues["read"]
    contents = [message.content for message in (*read.visible, *read.hidden)]
    assert {str(number) for number in range(40)} == set(contents)
    assert shuffle.counts["copied"] == len(contents) - 40 > 0
    assert 0 < shuffle.counts["delayed"] <= len(read.hidden)
