"""Processes that die in the middle of their writes, and a platform that delivers again."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from functions.steps import run_step
from shared.pipeline.operations.sweep import sweep
from tests.support.pipeline.world import STEPS, World


class Crash(BaseException):
    """The process died."""


def dying_before(world: World, write: int) -> list[int]:
    """Make the process die in place of its `write`-th write (counted from 0) to blobs, tables, queues or the topic.

    Holds how many writes are left before that; negative once it died.
    """
    left = [write]

    def guarded(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def guard(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] == -1:
                raise Crash
            return await call(*args, **kwargs)

        return guard

    for port, name in (
        (world.context.blobs, "write"),
        (world.context.blobs, "upload"),
        (world.context.blobs, "set_tags"),
        (world.context.records, "commit"),
        (world.context.queues, "send"),
        (world.context.events, "publish"),
    ):
        setattr(port, name, guarded(getattr(port, name)))
    return left


async def deliver_with_redelivery(world: World) -> None:
    """Deliver every message; one whose step dies is delivered again, as the platform does."""
    for _ in range(500):
        waiting = next(((queue, body) for queue in STEPS for body in world.queues.bodies(queue)), None)
        if waiting is None:
            return
        queue, body = waiting
        try:
            await run_step(world.context, queue, body.encode(), STEPS[queue])
        except Crash:
            continue
        world.queues.remove(queue, body)
    message = "the messages never end"
    raise AssertionError(message)


async def heal(world: World) -> None:
    """Deliver what there is, then let the sweeper look three times, ten minutes apart, and deliver what it sends."""
    await deliver_with_redelivery(world)
    for _ in range(3):
        world.clock.advance(timedelta(minutes=10))
        with suppress(Crash):
            await sweep(world.context)
        await deliver_with_redelivery(world)
