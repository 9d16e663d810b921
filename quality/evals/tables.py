"""What `intray eval` shows and judges: figures with goals, the accuracy of each field, the worst documents."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from rich.table import Table
from rich.text import Text

from local.terminal import plain
from quality.evals.comparing.tally import Tally
from quality.evals.evaluation import Case
from quality.measure import Better, Figure

_GOALS = Path(__file__).parent / "goals.yaml"
_SHOWN = 5


def figures(details: Mapping[str, Any]) -> list[Figure]:
    """Return the figures of a set, by the details of `evaluation`, with the goals that goals.yaml has for the set."""
    wanted: dict[str, dict[str, Any]] = yaml.safe_load(_GOALS.read_text("utf-8"))
    goals = wanted["every_set"] | wanted.get(details["set"], {})
    fields = {f"{name}_f1": counts["f1"] for name, counts in details["fields"].items() if f"{name}_f1" in goals}
    if together := [details["fields"][name] for name in goals.get("fields", ()) if name in details["fields"]]:
        counts = (sum(each[count] for each in together) for count in ("n", "predicted", "correct"))
        fields["fields_f1"] = round(Tally(*counts).f1, 4)
    sure, passed = details["confidence"]["fields"], details["confidence"]["documents"]
    told: list[tuple[str, float | None, str, Better]] = [
        ("documents", details["documents"], "documents", "higher"),
        ("header_precision", details["overall"]["precision"], "", "higher"),
        ("header_recall", details["overall"]["recall"], "", "higher"),
        ("header_f1", details["overall"]["f1"], "", "higher"),
        *((name, value, "", "higher") for name, value in fields.items()),
        *_row_figures(details["rows"]),
        ("evidence_share", details["evidence"]["share"], "of right values", "higher"),
        ("confidence_auroc", sure["auroc"], "", "higher"),
        ("confidence_ece", sure["ece"], "", "lower"),
        ("accepted_share", passed["coverage"], "of documents", "higher"),
        ("accepted_error_rate", passed["error_rate"], "of accepted", "lower"),
        ("accepted_error_rate_beyond_extent", passed["error_rate_beyond_extent"], "of accepted", "lower"),
        ("accepted_wrong_or_missing", passed["wrong_or_missing"]["rate"], "of accepted", "lower"),
        ("seconds", details["seconds"], "s", "lower"),
        ("model_calls", details["model_calls"], "calls", "lower"),
        ("cost", details["cost_usd"], "$", "lower"),
    ]
    if "classification" in details:
        told.append(("classification_accuracy", details["classification"]["accuracy"], "", "higher"))
    return [
        Figure(name=name, value=value, unit=unit, goal=goals.get(name), better=better)
        for name, value, unit, better in (told if details["documents"] else told[:1])
        if value is not None
    ]


def _row_figures(rows: Mapping[str, Any]) -> list[tuple[str, float | None, str, Better]]:
    if not rows["n"]:
        return []
    return [
        ("row_recall", rows["recall"], "", "higher"),
        ("row_f1", rows["f1"], "", "higher"),
        ("row_exact_f1", rows["exact"]["f1"], "", "higher"),
        ("cell_f1", rows["cells"]["f1"], "", "higher"),
    ]


def classification(found: Sequence[Case]) -> dict[str, Any]:
    """Return how many documents were taken for what they are, and for what the others were."""
    taken = [(case.labelled.document_type, case.prediction.document_type) for case in found]
    confused = [
        {"file": case.labelled.file, "expected": case.labelled.document_type, "got": case.prediction.document_type}
        for case in found
        if case.prediction.document_type != case.labelled.document_type
    ]
    right = len(taken) - len(confused)
    return {"n": len(taken), "accuracy": round(right / len(taken), 4) if taken else None, "confused": confused}


def accuracy_table(details: Mapping[str, Any]) -> Table:
    """Each field's counts and measures, then all of them, then the rows."""
    table = Table(
        "field", "n", "predicted", "correct", "precision", "recall", "f1", "unlabelled",
        title=f"{details['set']}: {details['documents']} documents", box=None, header_style="bold", pad_edge=False,
    )  # fmt: skip
    for column in table.columns[1:]:
        column.justify = "right"
    lines = [*details["fields"].items(), ("all of these", details["overall"])]
    if details["rows"]["n"]:
        lines += [
            ("rows: found", details["rows"]),
            ("rows: exact", details["rows"]["exact"]),
            ("rows: cells", details["rows"]["cells"]),
        ]
    for name, counts in lines:
        measures = (f"{counts[measure]:.3f}" for measure in ("precision", "recall", "f1"))
        numbers = (str(counts[count]) for count in ("n", "predicted", "correct"))
        table.add_row(plain(name), *numbers, *measures, str(counts["unlabelled"] or ""))
    return table


def worst_table(worst: Sequence[Mapping[str, Any]]) -> Table:
    """Return the documents with most faults, and the first places where each is wrong."""
    table = Table("worst documents", "faults", "outcome", "where", box=None, header_style="bold", pad_edge=False)
    for document in worst:
        places = [f"{fault['place']}{'' if fault['got'] is not None else ' (missing)'}" for fault in document["faults"]]
        more = f", and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        outcome = document["disposition"] or document["state"]
        table.add_row(
            plain(document["file"]), str(len(places)), outcome, Text(plain(", ".join(places[:_SHOWN]) + more))
        )
    return table


def acceptance_line(documents: Mapping[str, Any]) -> str:
    """Return how many documents passed without a person, how many of them are wrong, and the interval of that rate."""
    wrong = documents["wrong_or_missing"]
    low, high = wrong["interval"]
    return (
        f"accepted: {documents['accepted']} of {documents['n']}; wrong or missing beyond the extent of a text:"
        f" {wrong['count']} of {wrong['of']}, 95 % interval {low:.1%} to {high:.1%}"
    )
