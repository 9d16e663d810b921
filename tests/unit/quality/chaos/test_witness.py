"""The subscriber that believes nothing."""

import aiohttp

from quality.chaos.evidence.witness import Delivery, Witness, serve


def event(name: str, number: int = 1) -> dict[str, object]:
    return {
        "id": f"d1.{number}.{name}", "source": "s", "type": f"dev.intray.document.{name}.v1",
        "data": {"document_id": "d1", "run": number},
    }  # fmt: skip


async def deliver(witness: Witness, *events: dict[str, object]) -> None:
    async with serve(witness) as url, aiohttp.ClientSession() as session:
        for one in events:
            async with session.post(url, json=one) as answer:
                assert 200 == answer.status


async def test_every_delivery_is_kept_repeats_too() -> None:
    """A subscriber that de-duplicates could not tell whether the repeat said the same."""
    witness = Witness(lambda _: always(True))
    await deliver(witness, event("received"), event("received"), event("failed"))
    assert ["received", "received", "failed"] == [one.name for one in witness.deliveries]
    assert [("d1", 1, "received")] * 2 == [one.fact for one in witness.deliveries[:2]]


async def test_it_looks_at_once_whether_a_finalized_run_has_its_outcome() -> None:
    """Only at the first delivery: a repeat comes later, when everything may stand."""
    asked: list[str] = []

    async def stands(told: Delivery) -> bool:
        asked.append(told.id)
        return told.id != "d1.2.finalized"

    witness = Witness(stands)
    await deliver(witness, event("finalized"), event("finalized"), event("finalized", 2), event("received"))
    assert (["d1.1.finalized", "d1.2.finalized"], ["d1.2.finalized"]) == (asked, witness.premature)


async def test_it_agrees_to_receive() -> None:
    """The handshake of CloudEvents webhooks."""
    asking = {"WebHook-Request-Origin": "grid"}
    async with (
        serve(Witness(lambda _: always(True))) as url,
        aiohttp.request("OPTIONS", url, headers=asking) as answer,
    ):
        assert "grid" == answer.headers["WebHook-Allowed-Origin"]


async def always(value: bool) -> bool:
    return value
