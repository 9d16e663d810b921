"""The whole of Intray as it runs locally, with a real language model in place of the offline reader."""

import asyncio
from pathlib import Path

import pytest

from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.settings import LocalSettings
from shared.pipeline.operations.status import DocumentDetail
from tests.e2e.documents import text_pdf
from tests.e2e.world import World, wait_until
from tests.llm.conftest import LanguageModel

pytestmark = pytest.mark.timeout(600)
TYPE = """
name: weigh_slip
title: Weigh slip
description: What a weighbridge prints.
schema:
  type: object
  required: [slip_number]
  properties:
    slip_number: {type: string, x-kind: identifier, title: Slip number, x-labels: [Slip no.]}
    weight: {type: number, title: Weight in kg, x-labels: [Net weight]}
"""
CATALOGUE = """
deployments:
  - {name: smollm2, capabilities: [vision, reasoning], input_price: 1, cached_price: 0.1, output_price: 10, images: 0}
"""
TEXT = ["Weigh slip", "Slip no. W-2041", "Net weight 812 kg"]


async def test_an_upload_has_one_outcome_with_its_events_whatever_the_model_says(
    language_model: LanguageModel, tmp_path: Path
) -> None:
    """Upload, worker, queues, adapter, model, result, event: and no value of a nonsense answer passes unseen."""
    (tmp_path / "types" / "weigh_slip").mkdir(parents=True)
    (tmp_path / "types" / "weigh_slip" / "type.yaml").write_text(TYPE)
    (tmp_path / "models.yaml").write_text(CATALOGUE)
    environment = {
        "INTRAY_MODEL_ENDPOINT": language_model.url,
        "INTRAY_MODEL_KEY": language_model.key,
        "INTRAY_MODEL_CATALOGUE": str(tmp_path / "models.yaml"),
        "INTRAY_MAX_OUTPUT_TOKENS": "256",
    }
    settings = LocalSettings(model_endpoint=language_model.url)
    options = CloudOptions(tmp_path / "state", settings, type_folders=(tmp_path / "types",), environment=environment)
    async with Cloud(options) as cloud:
        detail, told = await asyncio.to_thread(_outcome, World(cloud.addresses, options.state))
    assert detail.result is not None
    values = {name: found.value for name, found in detail.result.fields.items()}
    print(f"{detail.run.disposition} {[reason.code for reason in detail.run.reasons]} {values} {detail.run.bill}")
    right = values == {"slip_number": "W-2041", "weight": 812}
    assert ["received", "finalized" if right and detail.run.disposition == "ACCEPT" else "review_requested"] == told
    assert detail.run.bill.usage.prompt > 0


def _outcome(world: World) -> tuple[DocumentDetail, list[str]]:
    """What became of an upload, and the events of it."""
    document = world.upload("weigh_slip/a.pdf", text_pdf(TEXT))
    wait_until("the model's first answer", lambda: _answered(world.detail(document)))  # it takes its time
    return world.outcome(document), world.events(document)


def _answered(detail: DocumentDetail | None) -> bool:
    return detail is not None and detail.run.bill.calls > 0
