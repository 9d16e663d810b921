"""What a deployment's own checks show: each service that does not work, by its name, and nothing raised."""

from copy import replace
from datetime import timedelta

import pytest

from shared.adapters.storage.system_clock import SystemClock
from shared.domain.base.errors import Blocked, IntrayError
from shared.domain.models.model_call import ModelCall
from shared.pipeline.intake.reconciliation import Reconciliation, reconcile_containers
from shared.pipeline.operations.health.diagnosis import MAX_TIMER_SILENCE, Check, diagnose
from shared.pipeline.store.context import WORK
from tests.support.pipeline.world import World, make_world

REFUSAL = "the app has no right to do this: give it the role Storage Queue Data Contributor"


async def checked(world: World, *problems: str, ask_models: bool = True) -> dict[str, Check]:
    diagnosis = await diagnose(world.context, problems, ask_models=ask_models)
    return {check.name: check for check in diagnosis.checks}


@pytest.fixture
async def world() -> World:
    """An app that processed one document, and whose timer ran."""
    world = make_world()
    await world.drop()
    await world.settle()
    await reconcile_containers(
        world.context, Reconciliation(max_calls=100, grace=timedelta(minutes=2), started=world.clock.now())
    )
    return world


async def test_a_working_app_has_no_problem(world: World) -> None:
    """And it is left as it was: no blob stays behind, no event is sent."""
    before, told = await world.storage.contents(), world.told()
    checks = await checked(world, ask_models=False)
    assert {"ok"} == {check.status for name, check in checks.items() if name != "clock"}
    assert {"settings", "blobs", "tables", "queues", "topic", "timers", "types", "clock"} == set(checks)
    assert (before, told) == (await world.storage.contents(), world.told())


async def test_each_problem_of_the_settings_is_a_line(world: World) -> None:
    """They are shown as the app logs them."""
    diagnosis = await diagnose(world.context, ["A is not set", "B is wrong"], ask_models=False)
    assert ["A is not set", "B is wrong"] == [check.detail for check in diagnosis.checks if check.name == "settings"]


async def test_a_refused_service_is_named_and_the_others_are_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing role shows with the message that names it."""

    async def refuse(_queue: str) -> int:
        raise Blocked(REFUSAL)

    monkeypatch.setattr(world.queues, "depth", refuse)
    checks = await checked(world)
    assert ("problem", REFUSAL) == (checks["queues"].status, checks["queues"].detail)
    assert "ok" == checks["blobs"].status


async def test_poisoned_messages_are_a_warning(world: World) -> None:
    """With the queue's name and the number of messages."""
    await world.queues.send("extract-poison", "{}")
    check = (await checked(world))["queues"]
    assert "warning" == check.status
    assert "extract-poison 1" in check.detail


async def test_a_timer_that_does_not_run_is_a_problem(world: World) -> None:
    """The comparison of uploads leaves behind when it ran."""
    world.clock.advance(MAX_TIMER_SILENCE + timedelta(minutes=1))
    check = (await checked(world))["timers"]
    assert "problem" == check.status
    assert "incoming (since" in check.detail


async def test_events_that_stay_are_a_problem(world: World) -> None:
    """Published ones speak for the topic, stuck ones against it."""
    assert "last event was published" in (await checked(world))["topic"].detail
    world.events.failure = Blocked("refused")
    await world.drop("note/b.pdf", b"%PDF b")
    world.clock.advance(timedelta(hours=1))
    check = (await checked(world))["topic"]
    assert "problem" == check.status
    assert "EventGrid Data Sender" in check.detail


@pytest.mark.parametrize(
    ("answer", "status"), [('{"ok": true}', "ok"), ("I am fine", "warning"), (Blocked("no deployment"), "problem")]
)
async def test_each_deployment_is_asked_once(answer: str | IntrayError, status: str) -> None:
    """One that does not exist, or does not answer as asked, is told apart from one that works."""

    def script(_call: ModelCall) -> str:
        if isinstance(answer, IntrayError):
            raise answer
        return answer

    world = make_world(script=script)
    checks = await checked(world)
    deployments = [deployment.name for deployment in world.context.gateway.catalogue.deployments]
    assert {f"model {name}": status for name in deployments} == {
        name: check.status for name, check in checks.items() if name.startswith("model ")
    }
    assert deployments == [call.deployment for call in world.models.calls]


async def test_nothing_of_the_check_stays_in_storage(world: World) -> None:
    """The blob that it writes is deleted again."""
    await checked(world)
    assert [] == [name async for name in world.blobs.names(WORK, "diagnosis")]


async def test_a_clock_that_is_off_is_a_warning(world: World) -> None:
    """The app's own clock runs; the twin's stands in the past."""
    assert "warning" == (await checked(world))["clock"].status
    world.context = replace(world.context, clock=SystemClock())
    assert "ok" == (await checked(world))["clock"].status
