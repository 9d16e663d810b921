"""Workers of the previous release and of this one share one storage: every document ends once, whoever did what."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from fpdf import FPDF

from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.settings import LocalSettings
from tests.e2e.documents import invoice
from tests.e2e.previous_release import (
    PREVIOUS_RELEASE,
    has_previous_release,
    previous_host,
    unpack_previous_release,
)
from tests.e2e.test_files_in_files import outcomes, zipped
from tests.e2e.world import World, wait_until

OUTCOMES = {"finalized", "failed", "held", "duplicate", "unpacked", "review_requested"}
pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not has_previous_release(),
        reason=f"the history lacks the previous release, {PREVIOUS_RELEASE}",
    ),
]


def long_letter(topic: str, pages: int = 24) -> bytes:
    """A PDF of several page ranges, whose fan-out and fan-in the workers of both releases share."""
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    for number in range(1, pages + 1):
        pdf.add_page()
        for line in (f"Invoice no.: {topic}", f"Page {number} of {pages}", "Grand total: EUR 119.00"):
            pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def upload_all(world: World, batch: str) -> list[str]:
    """Upload one document of each kind: plain, contradictory, long, a ZIP with members, one that is no document."""
    return [
        world.upload(f"invoice/{batch}-plain.pdf", invoice(f"{batch}-1")),
        world.upload(f"invoice/{batch}-doubtful.pdf", invoice(f"{batch}-2", grand_total="120.00")),
        world.upload(f"invoice/{batch}-long.pdf", long_letter(f"{batch}-3")),
        world.upload(f"invoice/{batch}.zip", zipped({"a.pdf": invoice(f"{batch}-4"), "b.pdf": invoice(f"{batch}-5")})),
        world.upload(f"invoice/{batch}-broken.pdf", b"%PDF-1.7 broken " + batch.encode()),
    ]


def wait_until_received(world: World, documents: Iterable[str]) -> None:
    """Wait until no event of these uploads is on its way to a host that is about to be stopped."""
    for document in documents:
        wait_until(f"document {document}", partial(world.detail, document))


def check_outcomes(world: World, documents: Iterable[str]) -> None:
    """Wait for every outcome; each document and each member has one Run, and was told of one outcome."""
    for document in documents:
        try:
            detail = world.outcome(document)
        except AssertionError as error:
            status = world.detail(document)
            error.add_note(f"{status and (status.document.name, status.run)}, events {world.events(document)}")
            raise
        for inner in (detail, *outcomes(world, detail).values()):
            events = world.events(inner.document.id)
            assert 1 == len(OUTCOMES & set(events)), (inner.document.name, inner.run.state, events)
            assert (1, len(events)) == (inner.run.number, len(set(events))), (inner.document.name, events)


async def test_every_document_ends_once_whichever_release_takes_its_steps(tmp_path: Path) -> None:
    """Both at once; then the previous release alone, as after a rollback; then this one alone, as after an upgrade."""
    tree = unpack_previous_release(tmp_path / "previous")
    state, log = tmp_path / "cloud", tmp_path / "previous.log"
    async with Cloud(CloudOptions(state, LocalSettings())) as cloud:
        world = World(cloud.addresses, state)
        async with previous_host(tree, cloud, tmp_path / "previous-state", log):
            await asyncio.to_thread(lambda: check_outcomes(world, upload_all(world, "both")))
        begun = await asyncio.to_thread(upload_all, world, "rollback")
        await asyncio.to_thread(wait_until_received, world, begun)
        async with without_this_host(cloud), previous_host(tree, cloud, state / "host", log, cloud.host.port):
            later = await asyncio.to_thread(upload_all, world, "previous")
            await asyncio.to_thread(check_outcomes, world, begun)
            await asyncio.to_thread(wait_until_received, world, later)
        await asyncio.to_thread(check_outcomes, world, later)
        for host in (log, cloud.host.log):
            lines = host.read_text(errors="replace").splitlines()
            assert [] == [line for line in lines if "ValidationError" in line or "row_unreadable" in line]


@asynccontextmanager
async def without_this_host(cloud: Cloud) -> AsyncIterator[None]:
    """Stop this release's host for the length of a block; afterwards it serves at its address again."""
    await cloud._stop_keeping()
    await cloud.host.stop()
    try:
        yield
    finally:
        await cloud.host.start()
