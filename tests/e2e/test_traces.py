"""One document's trace at the local collector, and no content in anything that a running cloud logs or exports."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.cloud.options import APP, CloudOptions
from local.collector.telemetry_files import SIGNALS, read_entries, telemetry_folder
from local.collector.waterfall import Trace, load_trace
from local.settings import LocalSettings
from shared.telemetry import metrics
from shared.telemetry.traces import ROOT
from tests.e2e.conftest import running_world
from tests.e2e.documents import invoice
from tests.e2e.world import LIMIT, World, fetch, wait_until

pytestmark = pytest.mark.timeout(LIMIT)
CANARY = "KANARI-93AF61"
LOUD = {"PYTHON_ENABLE_DEBUG_LOGGING": "1", "OPENAI_LOG": "debug", "AZURE_SDK_LOGGING_LEVEL": "DEBUG"}
LOUD_LIBRARIES = ("openai", "httpx2", "httpcore2", "urllib3", "azure.core", "azure.storage")
"""They would log requests or addresses at these levels; see shared/telemetry/library_logs.py."""
FAULTS = [
    {"fault": {"kind": "status", "status": 500, "message": f"cannot read {CANARY}"}},
    {"fault": {"kind": "status", "status": 400, "code": "content_filter", "message": f"refused {CANARY}"}},
    {"fault": {"kind": "invalid_json"}},
    {"fault": {"kind": "body", "body": f"{{{CANARY}"}},
    {"fault": {"kind": "truncate"}},
]
STAGES = ["intake", "read", "extract", "validate", "decide", "publish"]


@pytest.fixture(scope="module")
def loud_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A cloud whose worker logs at DEBUG."""
    options = CloudOptions(
        tmp_path_factory.mktemp("cloud"),
        LocalSettings(),
        environment=LOUD,
        host_arguments=("--log-level", "DEBUG"),
    )
    with running_world(options) as made:
        yield made


def complete_trace(world: World, document: str) -> Trace:
    """The trace of a document's first Run, with the steps that follow its outcome."""

    def load() -> Trace | None:
        trace = load_trace(telemetry_folder(world.state), document, 1)
        if trace is None or [ROOT] != [span.name for span in trace.spans if span.depth == 0]:
            return None  # a step ends, and is exported, after those that it sent messages to
        return trace if 2 <= [span.name for span in trace.spans].count("publish events") else None

    return wait_until(f"the trace of {document}", load)


def exported_and_logged(world: World) -> dict[str, str]:
    """Everything that the cloud's parts logged, and that the app exported."""
    logs = {path.name: path.read_text(errors="replace") for path in (world.state / "logs").glob("*.log")}
    folder = telemetry_folder(world.state)
    return logs | {signal: "\n".join(map(json.dumps, read_entries(folder, signal))) for signal in SIGNALS}


def places_of(text: str, world: World) -> list[str]:
    """Where a text was logged or exported."""
    return [name for name, content in exported_and_logged(world).items() if text.lower() in content.lower()]


def keys_of(world: World) -> list[str]:
    """The keys that the worker has: of models, of the topic and of storage."""
    (host,) = [process for process in psutil.process_iter() if process.pid == world.addresses.pids["host"]]
    environment = host.environ()
    account = environment["AzureWebJobsStorage"].split("AccountKey=")[1].split(";")[0]
    return [environment["INTRAY_MODEL_KEY"], environment["INTRAY_TOPIC_KEY"], account, world.addresses.admin_key]


def run_command(*arguments: str) -> str:
    """What a command prints."""
    command, environment = [sys.executable, "-m", "cli.main", *arguments], {**os.environ, "PYTHONPATH": str(APP)}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_a_document_is_one_trace_at_the_local_collector(loud_world: World) -> None:
    """All stages, in the real worker, through real queues; and the metrics beside it."""
    document = loud_world.upload("invoice/plain.pdf", invoice("TR-1001"))
    loud_world.outcome(document)
    trace = complete_trace(loud_world, document)
    names = [span.name for span in trace.spans]
    assert ROOT == names[0]
    assert set(STAGES) <= set(names)
    assert trace.model_calls == sum(name.startswith("chat ") for name in names) > 0
    assert trace.cost_usd == pytest.approx(loud_world.outcome(document).run.bill.cost_usd)

    def metric_names() -> set[str] | None:
        found = {point["name"] for point in read_entries(telemetry_folder(loud_world.state), "metrics")}
        return found if {"intray.queue.messages", "intray.documents"} <= found else None

    assert wait_until("metrics", metric_names) <= set(metrics.METRICS)


def test_the_command_prints_the_waterfall(loud_world: World) -> None:
    """By the name of the file, as text and as JSON."""
    document = loud_world.upload("invoice/command.pdf", invoice("TR-1002"))
    loud_world.outcome(document)
    complete_trace(loud_world, document)
    command = ("trace", "invoice/command.pdf", "--state", str(loud_world.state))
    text = run_command(*command)
    assert [ROOT, "intake"] == [line.split()[0] for line in text.splitlines()[1:3]]
    shown = run_command(*command, "--json")
    assert document == Trace.model_validate_json(shown).document_id


def test_no_content_is_logged_or_exported(loud_world: World) -> None:
    """A canary in text, prompt, answer, file name and correction, with models that fail and answer wrongly."""
    world, models = loud_world, loud_world.addresses.models.removesuffix("/v1")
    clear = world.upload(f"invoice/{CANARY}.pdf", invoice(CANARY))
    doubtful = world.upload(f"invoice/{CANARY}-2.pdf", invoice(f"{CANARY}-2", grand_total="120.00"))
    world.outcome(clear)
    assert "in_review" == world.outcome(doubtful).run.state
    _, case = world.api(f"reviews/{doubtful}/claim", {"holder": "anna"})
    correction = {"token": case["lease"]["token"], "corrections": {"invoice_number": f"{CANARY}-3"}}
    assert 200 == world.api(f"reviews/{doubtful}/complete", correction)[0]
    assert world.api(f"reviews/{doubtful}/complete", correction | {"corrections": {CANARY: CANARY}})[0] >= 400
    assert fetch(f"{models}/admin/faults", FAULTS)[0] < 300
    failing = [world.upload(f"invoice/{CANARY}-{number}.pdf", invoice(f"{CANARY}-{number}")) for number in (4, 5)]
    broken = world.upload(f"invoice/{CANARY}-broken.pdf", f"%PDF-1.7 {CANARY}".encode())
    for document in (*failing, broken):
        world.outcome(document)
    for document in (clear, doubtful):
        complete_trace(world, document)
    calls = [entry for entry in read_entries(telemetry_folder(world.state), "spans") if entry["name"][:5] == "chat "]
    assert "Unavailable" in {entry["attributes"].get("error.type") for entry in calls}
    assert [] == places_of(CANARY, world)
    log = exported_and_logged(world)["host.log"]
    assert [] == [name for name in LOUD_LIBRARIES if f"DEBUG {name}" in log or f"INFO {name}" in log]
    for key in keys_of(world):
        assert [] == places_of(key, world)
    assert {"host.log", "spans", "logs"} <= set(places_of(clear, world))  # the positive control: ids are found there


def test_a_leak_is_found(loud_world: World, tmp_path: Path) -> None:
    """The positive control: what stands in a log of a part, or in an export, is found."""
    path = loud_world.state / "logs" / "leak.log"
    path.write_text(f"DEBUG body: {CANARY.lower()}-leak")
    try:
        assert ["leak.log"] == places_of(f"{CANARY}-leak", loud_world)
    finally:
        path.unlink()
    assert not list(tmp_path.iterdir())
