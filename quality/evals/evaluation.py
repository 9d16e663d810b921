"""The accuracy of a whole set: what `intray eval` reports."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quality.evals.comparing.days import with_days
from quality.evals.comparing.score import Judged, Scored, TableScore, score
from quality.evals.comparing.tally import Tally, total
from quality.evals.reliability import Outcome, above, auroc, bins, calibration_error, risk_at_coverage
from quality.evals.sets.labelled import Labelled
from quality.evals.sets.prediction import Prediction
from quality.evals.split import groups, halves
from shared.domain.judging.routing import NO_THRESHOLD, NOT_EVALUATED
from shared.domain.types.document_type import DocumentType
from shared.domain.types.evaluation import error_rate_interval

WORST = 10
SET_ASIDE = frozenset({"repeated", NOT_EVALUATED})
"""Reasons that an evaluation disregards: stating what an earlier document of the set did (docs/document-types.md,
`unique`), and that the threshold, which this very evaluation measures, has no valid record yet."""
THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.83, 0.85, 0.87, 0.9, 0.93, 0.95, 0.97)


@dataclass(frozen=True)
class Case:
    """A document with its labels, its prediction, and what of it is right."""

    labelled: Labelled
    prediction: Prediction
    kind: DocumentType
    scored: Scored

    @property
    def accepted(self) -> bool:
        """Whether it passed without a person, or would have but for a reason that is set aside.

        Labelled sets hold the same invoice in several renderings, which says nothing about how it was read.
        """
        reasons = set(self.prediction.reasons)
        only_set_aside = self.prediction.disposition == "REVIEW" and bool(reasons) and reasons <= SET_ASIDE
        return self.prediction.disposition == "ACCEPT" or only_set_aside


def cases(
    documents: Sequence[Labelled], predictions: Mapping[str, Prediction], types: Mapping[str, DocumentType]
) -> list[Case]:
    """Each document scored against its own type's fields; one without a prediction has none of its values."""
    scored_cases = []
    for document in with_days(documents, types):
        prediction = predictions.get(document.file, Prediction(document.file, "none"))
        kind = types[document.document_type]
        scored_cases.append(Case(document, prediction, kind, score(document, prediction, kind)))
    return scored_cases


def evaluation(scored_cases: Sequence[Case]) -> dict[str, Any]:
    """Everything that is reported of a set, as JSON; docs/evaluation.md describes the keys."""
    return {
        "documents": len(scored_cases),
        "fields": {name: tally.told() for name, tally in fields(scored_cases).items()},
        "overall": overall(scored_cases).told(),
        "rows": rows(scored_cases),
        "evidence": evidence(scored_cases),
        "confidence": confidence(scored_cases),
        "dispositions": dict(Counter(case.prediction.disposition or case.prediction.state for case in scored_cases)),
        "reasons": dict(
            Counter(code for case in scored_cases for code in sorted(set(case.prediction.reasons))).most_common()
        ),
        "halves": _halves(scored_cases),
        "pages": sum(case.prediction.pages for case in scored_cases),
        "model_calls": sum(case.prediction.model_calls for case in scored_cases),
        "tokens": {
            "prompt": sum(case.prediction.prompt_tokens for case in scored_cases),
            "completion": sum(case.prediction.completion_tokens for case in scored_cases),
        },
        "cost_usd": round(sum(case.prediction.cost for case in scored_cases), 6),
        "worst": [_worst_case_report(case) for case in worst(scored_cases)],
    }


def fields(scored_cases: Sequence[Case]) -> dict[str, Tally]:
    """Return the counts of each single value, over all documents, most labelled first."""
    names = dict.fromkeys(name for case in scored_cases for name in case.scored.fields)
    tallies = {
        name: total([case.scored.fields[name] for case in scored_cases if name in case.scored.fields]) for name in names
    }
    return dict(sorted(tallies.items(), key=lambda item: -item[1].n))


def overall(scored_cases: Sequence[Case]) -> Tally:
    """Return all single values together; rows are counted apart."""
    return total(list(fields(scored_cases).values()))


def table(scored_cases: Sequence[Case]) -> TableScore:
    """Return all tables together."""
    result = TableScore()
    for case in scored_cases:
        for table_score in case.scored.tables.values():
            result = result.plus(table_score)
    return result


def rows(scored_cases: Sequence[Case]) -> dict[str, Any]:
    """Return the rows that were found, with those right in every labelled cell as `exact`, and single `cells`."""
    result = table(scored_cases)
    return {**result.found.told(), "exact": result.exact.told(), "cells": result.cells.told()}


def evidence(scored_cases: Sequence[Case]) -> dict[str, Any]:
    """Of how many right single values the evidence's boxes hold them, and which are not where they are said to be."""
    looked = [
        value for case in scored_cases for value in case.scored.values if value.correct and value.stated is not None
    ]
    wrong = [value for value in looked if not value.stated]
    right = len(looked) - len(wrong)
    return {
        "n": len(looked),
        "right": right,
        "share": round(right / len(looked), 4) if looked else None,
        "wrong": [{"file": value.file, "field": value.field, "texts": value.texts} for value in wrong],
    }


def outcomes(scored_cases: Sequence[Case], *, of_rows: bool) -> list[Outcome]:
    """Return the confidence of every judged value (or row) that has one, and whether it was right."""
    return [
        Outcome(value.confidence, value.correct)
        for case in scored_cases
        for value in case.scored.values
        if (value.row is not None) is of_rows and value.confidence is not None
    ]


def confidence(scored_cases: Sequence[Case]) -> dict[str, Any]:
    """Return whether confidences mean what they say, and how wrong what passed without a person is."""
    return {
        "fields": _reliability(scored_cases, of_rows=False),
        "rows": _reliability(scored_cases, of_rows=True),
        "documents": {**acceptance(scored_cases), "at_thresholds": at_thresholds(scored_cases)},
    }


def acceptance(scored_cases: Sequence[Case]) -> dict[str, Any]:
    """Documents that passed without a person, and which of them have a wrong value, or lack a labelled one."""
    accepted = [case for case in scored_cases if case.accepted]
    return {
        "n": len(scored_cases),
        "accepted": len(accepted),
        **_errors(scored_cases, accepted),
        "wrong": [case.labelled.file for case in accepted if case.scored.verdict == "wrong"],
        "wrong_in_extent": [case.labelled.file for case in accepted if case.scored.verdict == "extent"],
        "incomplete": [case.labelled.file for case in accepted if case.scored.incomplete],
        "wrong_or_missing": _wrong_or_missing(accepted),
    }


def _wrong_or_missing(accepted: Sequence[Case]) -> dict[str, Any]:
    """Count the accepted documents that have a wrong value or lack a labelled one, but for the extent of texts."""
    count = sum(case.scored.verdict == "wrong" or case.scored.incomplete for case in accepted)
    rate = round(count / len(accepted), 4) if accepted else None
    return {"count": count, "of": len(accepted), "rate": rate, "interval": error_rate_interval(count, len(accepted))}


def at_thresholds(scored_cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return what would pass, and with what errors, were `accept_at` another and all else in the policy the same."""
    points = []
    for threshold in THRESHOLDS:
        passing = [case for case in scored_cases if _would_pass(case.prediction, threshold)]
        points.append({"threshold": threshold, "accepted": len(passing), **_errors(scored_cases, passing)})
    return points


def _errors(scored_cases: Sequence[Case], accepted: Sequence[Case]) -> dict[str, float]:
    count = max(1, len(accepted))
    verdicts = Counter(case.scored.verdict for case in accepted)
    return {
        "coverage": round(len(accepted) / max(1, len(scored_cases)), 4),
        "error_rate": round((verdicts["wrong"] + verdicts["extent"]) / count, 4),
        "error_rate_beyond_extent": round(verdicts["wrong"] / count, 4),
    }


def _would_pass(prediction: Prediction, threshold: float) -> bool:
    """Return whether nothing but a low confidence sent it to a person, and no confidence is below the threshold."""
    sure = [value.confidence for value in prediction.fields.values() if value.confidence is not None]
    only_doubt = not set(prediction.reasons) - {"low_confidence", NO_THRESHOLD, *SET_ASIDE}
    return prediction.disposition is not None and only_doubt and min(sure, default=1.0) >= threshold


def worst(scored_cases: Sequence[Case]) -> list[Case]:
    """Return the documents with the most faults, the worst first; those without any are none."""
    faulty = [case for case in scored_cases if case.scored.faults]
    return sorted(faulty, key=lambda case: (-len(case.scored.faults), case.labelled.file))[:WORST]


def judged_values(scored_cases: Sequence[Case]) -> list[tuple[str, str, Judged]]:
    """Return every judged value with its document type and the group of its document, which shares a party."""
    labels = groups([case.labelled for case in scored_cases])
    return [
        (case.kind.name, group, value)
        for case, group in zip(scored_cases, labels, strict=True)
        for value in case.scored.values
    ]


def _reliability(scored_cases: Sequence[Case], *, of_rows: bool) -> dict[str, Any]:
    values = outcomes(scored_cases, of_rows=of_rows)
    area, error = auroc(values), calibration_error(values)
    passing = {
        kind: above(outcomes([case for case in scored_cases if case.kind.name == kind], of_rows=of_rows), at)
        for kind, at in {case.kind.name: case.kind.policy.accept_at for case in scored_cases}.items()
        if at is not None
    }
    return {
        "n": len(values),
        "correct": sum(value.correct for value in values),
        "auroc": None if area is None else round(area, 4),
        "ece": None if error is None else round(error, 4),
        "accepted": passing,
        "risk_at_coverage": risk_at_coverage(values),
        "bins": bins(values),
    }


def _halves(scored_cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return the accuracy of two halves that share no party: alike when nothing was tuned to one of them."""
    sides = halves(groups([case.labelled for case in scored_cases]))
    reports = []
    for side in (0, 1):
        half = [case for case, where in zip(scored_cases, sides, strict=True) if where == side]
        reports.append(
            {
                "documents": len(half),
                "overall": overall(half).told(),
                "rows": table(half).found.told(),
                "accepted": acceptance(half),
            }
        )
    return reports


def _worst_case_report(case: Case) -> dict[str, Any]:
    return {
        "file": case.labelled.file,
        "state": case.prediction.state,
        "disposition": case.prediction.disposition,
        "faults": [vars(fault) for fault in case.scored.faults],
    }
