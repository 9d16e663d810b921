"""The blob of an upload shows its outcome: at least once, never an older one, and never of another version."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.base.errors import Blocked, Permanent, Throttled
from shared.domain.documents.run import State
from shared.domain.documents.task import StageMessage
from shared.pipeline.publish.publish import publish
from shared.pipeline.review import review
from shared.pipeline.review.review import Decision
from shared.testing.blobs import MemoryBlobs
from tests.support.pipeline.packing import packed, packing_world
from tests.support.pipeline.world import ANSWERS, Twins, World, answering, make_world

NAME = "note/a.pdf"
SCANNED = {"Malware Scanning scan result": "No threats found"}


class CountedBlobs(MemoryBlobs):
    """Counts requests for tags, and runs `before_write` once before the next write of tags."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.requests: list[str] = []
        self.before_write: Callable[[], Awaitable[object]] | None = None

    async def tags(self, container: str, name: str, etag: str) -> dict[str, str] | None:
        self.requests.append("get")
        return await super().tags(container, name, etag)

    async def set_tags(self, container: str, name: str, etag: str, tags: Mapping[str, str]) -> bool:
        self.requests.append("set")
        intruder, self.before_write = self.before_write, None
        if intruder is not None:
            await intruder()
        return await super().set_tags(container, name, etag, tags)


class CountedTwins(Twins):
    """Storage that counts requests for tags."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.blobs: CountedBlobs = CountedBlobs(*arguments)


async def tags_of(world: World, name: str = NAME) -> dict[str, str] | None:
    """The tags of an upload as it is now."""
    info = await world.blobs.info("incoming", name)
    return await world.blobs.tags("incoming", name, info.etag) if info else None


async def tag(world: World, tags: Mapping[str, str]) -> None:
    """Set tags as somebody else would."""
    info = await world.blobs.info("incoming", NAME)
    assert info is not None
    assert await world.blobs.set_tags("incoming", NAME, info.etag, tags)


async def test_received_and_the_outcome_are_shown(world: World) -> None:
    """Whoever looks while the file is processed sees that it arrived."""
    document_id = await world.drop()
    await publish(world.context, StageMessage(document_id=document_id))
    assert {"intray": "received", "intray_document": document_id} == await tags_of(world)
    await world.settle()
    assert {"intray": "finalized", "intray_document": document_id} == await tags_of(world)


async def test_a_message_costs_a_read_and_a_change_a_write() -> None:
    """Three messages (one of them delivered twice) are three reads; two outcomes are two writes."""
    world = make_world(storage=CountedTwins)
    document_id = await world.drop()
    await publish(world.context, StageMessage(document_id=document_id))
    await world.settle()
    assert isinstance(world.blobs, CountedBlobs)
    assert ["get", "set", "get", "set", "get"] == world.blobs.requests


async def test_a_decision_of_a_person_is_shown() -> None:
    """In review, then rejected."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    world = make_world(script=answering(extract_note=wrong))
    document_id = await world.drop()
    await world.settle()
    assert {"intray": "in_review", "intray_document": document_id} == await tags_of(world)
    lease = (await review.claim(world.context, document_id, "Ada")).lease
    assert lease is not None
    await review.complete(world.context, document_id, Decision(token=lease.token, disposition="REJECT"))
    await world.settle()
    assert {"intray": "rejected", "intray_document": document_id} == await tags_of(world)


async def test_a_file_without_a_type_says_why() -> None:
    """Held, with the code of the reason."""
    world = make_world(script=answering(classify_document={"document_type": "unknown", "lines": []}))
    document_id = await world.drop("a.pdf")
    await world.settle()
    code = (await world.run(document_id)).reasons[0].code
    expected = {"intray": "held", "intray_reason": code, "intray_document": document_id}
    assert expected == await tags_of(world, "a.pdf")


async def test_a_container_file_shows_that_it_was_unpacked() -> None:
    """Its members have documents of their own, and their blobs no tags."""
    world = packing_world()
    document_id = await world.drop("note/both.zip", packed(("a.pdf", b"%PDF a"), ("b.pdf", b"%PDF b")))
    await world.settle()
    assert {"intray": "unpacked", "intray_document": document_id} == await tags_of(world, "note/both.zip")
    async for entry in world.blobs.listing("unpacked", ""):
        assert {} == await world.blobs.tags("unpacked", entry.name, entry.etag)


async def test_tags_of_others_stay(world: World) -> None:
    """The verdict of a scanner outlives each outcome."""
    await world.drop()
    await tag(world, SCANNED)
    await world.settle()
    tags = await tags_of(world)
    assert tags is not None
    assert SCANNED.items() <= tags.items()
    assert "finalized" == tags["intray"]


async def test_a_newer_version_never_gets_an_older_outcome(world: World) -> None:
    """The file was overwritten while it was processed: the old Document's failure stays off the new blob."""
    old = await world.drop()
    await world.blobs.write("incoming", NAME, b"%PDF other", "application/pdf")
    await world.settle()
    assert State.FAILED is (await world.run(old)).state
    tags = await tags_of(world)
    assert tags is not None
    assert old != tags["intray_document"]
    assert "finalized" == tags["intray"]


async def test_a_version_with_the_same_bytes_is_shown_the_outcome(world: World) -> None:
    """Metadata changed, so the ETag did: the Document still stands for the file."""
    document_id = await world.drop()
    world.clock.advance(timedelta(seconds=2))
    await world.blobs.write("incoming", NAME, b"%PDF a", "application/pdf")
    await world.settle()
    assert {"intray": "finalized", "intray_document": document_id} == await tags_of(world)


async def test_of_two_at_once_the_later_event_stays() -> None:
    """One worker reads `received` and is slow; the outcome that another wrote meanwhile is there in the end."""
    world = make_world(storage=CountedTwins)
    document_id = await world.drop()
    blobs = world.blobs
    assert isinstance(blobs, CountedBlobs)
    blobs.before_write = world.settle
    await publish(world.context, StageMessage(document_id=document_id))
    assert {"intray": "finalized", "intray_document": document_id} == await tags_of(world)


async def test_a_busy_service_delays_neither_outcome_nor_event() -> None:
    """The events are out and the Run has ended; the tag follows when its message is delivered again."""
    world = make_world(storage=CountedTwins)
    blobs = world.blobs
    assert isinstance(blobs, CountedBlobs)

    async def refuse() -> None:
        raise Throttled("busy", timedelta(seconds=1))

    blobs.before_write = refuse
    document_id = await world.drop()
    with pytest.raises(Throttled):
        await publish(world.context, StageMessage(document_id=document_id))
    assert ["received"] == world.told()
    blobs.before_write = refuse
    await world.settle()
    assert ["received", "finalized"] == world.told()
    assert {"intray": "finalized", "intray_document": document_id} == await tags_of(world)


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (Blocked("no role", code="access_denied"), 2),
        (Permanent("tags_refused", "leased"), 2),
        (ValueError("the name is refused"), 2),
        (Permanent("tags_unsupported", "hierarchical namespace"), 1),
    ],
)
async def test_without_tags_everything_else_goes_on(
    error: Exception, asked: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No role, a leased blob, an account without tags, which is not asked again: logged, and nothing more."""
    world = make_world(storage=CountedTwins)
    requests = []

    async def refuse(*_: Any) -> None:
        requests.append("get")
        raise error

    monkeypatch.setattr(world.blobs, "tags", refuse)
    document_id = await world.drop()
    await world.settle()
    assert State.FINALIZED is (await world.run(document_id)).state
    assert ["received", "finalized"] == world.told()
    assert asked == len(requests)
    reports = [record for record in caplog.records if record.getMessage().startswith("outcome_not_tagged ")]
    assert len(reports) <= 1  # other tests of this process may have raised the same alarm


async def test_a_blob_with_ten_tags_is_left_alone(world: World) -> None:
    """There is no room, and nothing is taken away."""
    others = {f"t{number}": "x" for number in range(10)}
    await world.drop()
    await tag(world, others)
    await world.settle()
    assert others == await tags_of(world)


async def test_it_can_be_switched_off() -> None:
    """INTRAY_OUTCOME_TAGS=false: not a request more than before."""
    world = make_world(storage=CountedTwins)
    world.context.tag_support.enabled = False
    await world.drop()
    await world.settle()
    assert isinstance(world.blobs, CountedBlobs)
    assert [] == world.blobs.requests


async def test_it_is_shown_while_the_topic_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who dropped the file do not wait for those who subscribe."""

    async def refuse(*_: Any) -> None:
        raise Throttled("busy", timedelta(seconds=1))

    document_id = await world.drop()
    with monkeypatch.context() as away:
        away.setattr(world.events, "publish", refuse)
        with pytest.raises(Throttled):
            await publish(world.context, StageMessage(document_id=document_id))
    assert {"intray": "received", "intray_document": document_id} == await tags_of(world)
    await world.settle()
    assert ["received", "finalized"] == world.told()
