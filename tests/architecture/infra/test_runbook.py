"""Whoever is woken by an alert finds what to do: each alert has a section, and names it."""

import re

from tests.architecture.infra import code
from tests.architecture.infra.bicep import INFRA, read
from tests.architecture.tree import ROOT

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
OTHERS = {"dead-letters", "budget"}
"""Alerts that are no log search."""


def _sections() -> dict[str, str]:
    """Return the sections of the alerts by their heading."""
    alerts = RUNBOOK.split("\n## Alerts\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^### ([a-z-]+)\n(.*?)(?=^### |\Z)", alerts, re.MULTILINE | re.DOTALL))


def test_every_alert_has_a_section_and_every_section_its_alert() -> None:
    """It says what the alert means, how to look into it, and what to do."""
    names = {rule["name"] for rule in read("modules/alerts.bicep").value("rules")} | OTHERS
    assert names == set(_sections())
    assert [] == [name for name, text in _sections().items() if "**Means**" not in text]
    assert ["budget"] == [name for name, text in _sections().items() if "**Do**" not in text]
    assert [] == [name for name, text in _sections().items() if "```" not in text and name != "budget"]


def test_every_alert_names_its_section() -> None:
    """The mail that wakes somebody holds the description and nothing else of ours."""
    source = (INFRA / "modules" / "alerts.bicep").read_text(encoding="utf-8")
    assert "description: '${rule.description} What to do: docs/runbook.md#${rule.name}'" in source
    assert "docs/runbook.md#dead-letters" in source
    assert source.count("    description: ") == source.count("docs/runbook.md#") + len(
        read("modules/alerts.bicep").value("rules")
    )


def test_queries_of_the_runbook_ask_for_events_that_are_logged() -> None:
    """A query that finds nothing says that all is well."""
    asked = set(re.findall(r'startswith "([a-z_]+) "', RUNBOOK))
    assert {"poisoned", "service_blocked", "document_outcome", "swept"} <= asked
    assert set() == asked - code.log_events()


def test_metrics_of_the_runbook_are_exported() -> None:
    """As above, of metrics."""
    listed = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    asked = set(re.findall(r'Name == "([a-z_.]+)"', RUNBOOK))
    assert {"intray.queue.age", "intray.model.cost"} <= asked
    assert set() == {name for name in asked if f"`{name}`" not in listed}
