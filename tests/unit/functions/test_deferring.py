"""What triggers do while storage is away or the configuration is broken: messages wait, and spend no attempt."""

import json
from copy import replace
from datetime import timedelta
from typing import Any

import azure.functions as func
import pytest

from functions.deferring import MaxDeferralsExceeded
from functions.intake import receive_or_defer
from functions.poison import give_up_or_defer_upload, give_up_or_return
from functions.steps import run_stage
from shared import bootstrap, telemetry
from shared.domain.base.errors import Blocked, Conflict, Throttled, Unavailable
from shared.domain.documents.document import document_id
from shared.domain.documents.run import State
from shared.domain.documents.task import IntakeMessage, StageMessage
from shared.pipeline.context import Context
from shared.pipeline.operations.status import list_statuses
from shared.pipeline.publish.forget import forget
from shared.pipeline.store.context import Deferrals
from shared.ports.blobs import BlobInfo
from shared.setting_values import InvalidSetting, MissingSetting
from tests.support.pipeline.world import World, make_world

UPLOAD = IntakeMessage(container="incoming", name="note/a.pdf")


class App:
    """A World behind the triggers, whose configuration and blob service may fail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.broken: Exception | None = None
        self.queues_broken: Exception | None = None
        self.storage_error: Exception | None = None
        self._info = world.blobs.info

    def context(self) -> Context:
        if self.broken is not None:
            raise self.broken
        return self.world.context

    def deferrals(self) -> Deferrals:
        if self.queues_broken is not None:
            raise self.queues_broken
        return Deferrals(self.world.queues, 5, timedelta(minutes=5))

    async def info(self, container: str, name: str) -> BlobInfo | None:
        if self.storage_error is not None:
            raise self.storage_error
        return await self._info(container, name)

    async def next_upload(self) -> IntakeMessage:
        """The next message of the queue `intake`, when its time has come."""
        visible = self.world.queues.next_visible()
        assert visible is not None
        self.world.clock.advance(visible - self.world.clock.now())
        body = self.world.queues.receive("intake")
        assert body is not None
        return IntakeMessage.model_validate_json(body)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    made = App(make_world())
    monkeypatch.setattr(bootstrap, "context", made.context)
    monkeypatch.setattr(bootstrap, "deferrals", made.deferrals)
    monkeypatch.setattr(made.world.blobs, "info", made.info)
    monkeypatch.setattr(telemetry, "_raised", {})
    return made


def queue_message(body: str) -> func.QueueMessage:
    return func.QueueMessage(id="m1", body=body.encode())


STORAGE_ERRORS = [Unavailable("away"), Throttled("busy"), Blocked("no role"), Conflict()]
CONFIGURATIONS = [MissingSetting("Set INTRAY_MODEL_ENDPOINT"), InvalidSetting("no such engine"), OSError("models.yaml")]


@pytest.mark.parametrize("error", STORAGE_ERRORS, ids=lambda error: type(error).__name__)
async def test_an_upload_waits_until_storage_is_back(app: App, error: Exception) -> None:
    """Busy, away or closed to us: the upload is deferred until it can be received, and then gets its result."""
    await app.world.blobs.write("incoming", "note/a.pdf", b"%PDF a", "application/pdf")
    app.storage_error, message = error, UPLOAD
    for waits in range(3):
        await receive_or_defer(message)
        message = await app.next_upload()
        assert waits + 1 == message.waits
    app.storage_error = None
    await receive_or_defer(message)
    await app.world.settle()
    assert ["received", "finalized"] == app.world.told()


@pytest.mark.parametrize("error", CONFIGURATIONS, ids=lambda error: type(error).__name__)
async def test_an_upload_waits_until_the_configuration_is_complete(
    app: App, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """A missing setting is an alarm for the operator, who learns what to set, and no attempt of the upload."""
    await app.world.blobs.write("incoming", "note/a.pdf", b"%PDF a", "application/pdf")
    app.broken = error
    await receive_or_defer(UPLOAD)
    assert "not_configured" in caplog.text
    app.broken = None
    await receive_or_defer(await app.next_upload())
    await app.world.settle()
    assert ["received", "finalized"] == app.world.told()


async def test_the_delay_grows_up_to_a_minute(app: App) -> None:
    """An outage of hours costs a request a minute, and ends a minute late at most."""
    app.storage_error, message = Unavailable("away"), UPLOAD
    began, times = app.world.clock.now(), []
    for _ in range(5):
        await receive_or_defer(message)
        message = await app.next_upload()
        times.append((app.world.clock.now() - began).total_seconds())
        began = app.world.clock.now()
    assert [5, 7.5, 11.25] == times[:3]
    assert max(times) <= 60


async def test_deferrals_are_bounded(app: App) -> None:
    """After `INTRAY_MAX_WAITS` deferrals the platform counts attempts and poisons the message."""
    app.storage_error = Unavailable("away")
    with pytest.raises(MaxDeferralsExceeded):
        await receive_or_defer(replace(UPLOAD, waits=5))


async def test_without_queues_the_platform_retries(app: App) -> None:
    """Nothing can be sent without storage settings, or while the queue service is away too."""
    app.broken = app.queues_broken = MissingSetting("Set AzureWebJobsStorage")
    with pytest.raises(MissingSetting):
        await receive_or_defer(UPLOAD)


async def test_what_is_known_of_the_version_travels_along(app: App) -> None:
    """ETag, size and Content-MD5 still tell later which version the event meant."""
    app.storage_error = Unavailable("away")
    await receive_or_defer(replace(UPLOAD, etag="0x1", size=7, md5="x=="))
    deferred = await app.next_upload()
    assert ("0x1", 7, "x==", True) == (deferred.etag, deferred.size, deferred.md5, deferred.announced)


async def test_a_broken_configuration_spends_no_attempt_of_a_stage(app: App) -> None:
    """The message of any stage is deferred, and taken up when the configuration is complete."""
    document_id = await app.world.drop()
    body = app.world.queues.receive("read")
    assert body is not None
    app.broken = MissingSetting("Set INTRAY_MODEL_ENDPOINT")

    async def step(_core: Context, _message: StageMessage) -> None:
        raise AssertionError("the step cannot run")

    await run_stage("read", queue_message(body), step)
    [deferred] = app.world.queues.bodies("read")
    assert 1 == StageMessage.model_validate_json(deferred).waits
    await app.world.settle()
    assert State.FINALIZED is (await app.world.run(document_id)).state


async def test_a_stage_is_not_deferred_for_ever(app: App) -> None:
    """A configuration that stays broken ends in poison, where an operator finds the messages."""
    app.broken = MissingSetting("Set INTRAY_MODEL_ENDPOINT")
    body = StageMessage(document_id="d" + "0" * 24, waits=5).model_dump_json()

    async def step(_core: Context, _message: StageMessage) -> None:
        raise AssertionError("the step cannot run")

    with pytest.raises(MaxDeferralsExceeded):
        await run_stage("read", queue_message(body), step)


@pytest.mark.parametrize("broken", [True, False], ids=["configuration", "storage"])
async def test_a_poisoned_upload_is_deferred_and_counts_anew(app: App, broken: bool) -> None:
    """A poison queue has no poison queue of its own: what fails there five times would be lost."""
    await app.world.blobs.write("incoming", "note/a.pdf", b"%PDF a", "application/pdf")
    if broken:
        app.broken = MissingSetting("Set INTRAY_MODEL_ENDPOINT")
    else:
        app.storage_error = Unavailable("away")
    upload = replace(UPLOAD, waits=5)
    await give_up_or_defer_upload("intake", upload, queue_message(upload.model_dump_json()))
    app.broken = app.storage_error = None
    await receive_or_defer(await app.next_upload())
    await app.world.settle()
    assert ["received", "finalized"] == app.world.told()


async def test_a_poison_message_is_put_back_unchanged(app: App) -> None:
    """Also that of a stage: it is given up on when storage is back, and not forgotten before."""
    document = await app.world.drop()
    body = json.dumps({"document_id": document})
    app.broken = MissingSetting("Set INTRAY_MODEL_ENDPOINT")
    await give_up_or_return("read", queue_message(body))
    assert [body] == app.world.queues.bodies("read-poison")
    app.broken = None
    await give_up_or_return("read", queue_message(body))
    assert State.FAILED is (await app.world.run(document)).state


async def test_an_upload_that_can_never_be_received_fails_in_sight(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of ours, or a name that storage refuses: the upload has an outcome, and its message is kept."""
    monkeypatch.setattr(app.world.blobs, "info", _refuse)
    await give_up_or_defer_upload("intake", UPLOAD, queue_message(UPLOAD.model_dump_json()))
    await app.world.settle()
    assert ["received", "failed"] == app.world.told()
    failed = document_id(UPLOAD.container, UPLOAD.name, "unknown")
    assert ("work", f"poison/{failed}/intake/m1.json") in await app.world.kept()


async def test_a_given_up_message_goes_with_the_document_that_was_received_after_all(app: App) -> None:
    """The message names the upload; its ETag is known only once somebody could look."""
    await app.world.blobs.write(UPLOAD.container, UPLOAD.name, b"%PDF a", "application/pdf")
    await give_up_or_defer_upload("intake", UPLOAD, queue_message(UPLOAD.model_dump_json()))
    await app.world.settle()
    kept = [place[1] for place in await app.world.kept() if place[1].startswith("poison/")]
    (status,) = await list_statuses(app.world.context)
    assert [f"poison/{status.document.id}/intake/m1.json"] == kept
    await forget(app.world.context, status.document.id)
    await app.world.settle()
    assert set() == await app.world.kept()


async def _refuse(*_arguments: Any) -> BlobInfo | None:
    raise ValueError("the name is refused")
