"""The queries of alerts and workbook ask for what the app reports."""

import json
import re

from shared import telemetry
from shared.pipeline.operations.backlog import POISON_QUEUES, QUEUES
from shared.telemetry.metrics import METRICS
from tests.architecture.infra import code
from tests.architecture.infra.bicep import INFRA, read


def queries() -> list[str]:
    """The queries of the alerts and of the workbook."""
    alerts = [str(rule["query"]) for rule in read("modules/alerts.bicep").value("rules")]
    files = [re.search(r"queries/[\w.-]+", text) for text in alerts]
    alerts = [(INFRA / file[0]).read_text("utf-8") if file else text for file, text in zip(files, alerts, strict=True)]
    items = json.loads((INFRA / "workbook.json").read_text(encoding="utf-8"))["items"]
    return [*alerts, *(item["content"]["query"] for item in items if "query" in item["content"])]


def test_alerts_and_workbook_ask_for_events_that_are_logged() -> None:
    """An event that was renamed in the code would never alert again."""
    asked = {name for text in queries() for name in re.findall(r'startswith "([a-z_]+) "', text)}
    fields = {name for text in queries() for name in re.findall(r'has "([\w.]+)=', text)}
    assert {"poisoned", "poison_deferred", "service_blocked", "document_outcome"} <= asked
    assert set() == asked - code.log_events()
    assert {telemetry.STATE} == fields


def test_queries_ask_for_metrics_and_attributes_that_are_exported() -> None:
    """Each query reads one metric, and of its attributes only those that it is declared with."""
    read_by_query = {text: re.findall(r'Name == "([\w.]+)"', text) for text in queries() if "AppMetrics" in text}
    assert 11 <= len(read_by_query)
    for text, names in read_by_query.items():
        (name,) = names
        assert set(re.findall(r'Properties\["([\w.]+)"\]', text)) <= set(METRICS[name].attributes), text


def test_queries_read_tables_that_the_app_fills() -> None:
    """Not the lines that the host forwards: it forwards none where the app exports its telemetry itself."""
    tables = {re.match(r"\w+", text) for text in queries()}
    assert {"AppTraces", "AppMetrics", "AppRequests"} == {table[0] for table in tables if table}
    assert not [text for text in queries() if "Trigger Details" in text]


def test_every_queue_is_measured() -> None:
    """A queue that a function is triggered by, and its poison queue, cannot be forgotten."""
    assert code.queues("webhook") | code.queues("queue") == {*QUEUES, *POISON_QUEUES}
