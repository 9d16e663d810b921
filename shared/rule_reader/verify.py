"""Verify an extraction: do the values stand where they are cited, and does a label state another value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.types.document_type import FieldSpec
from shared.rule_reader.fields.candidates import Candidate, Finder
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.roles import money_role
from shared.rule_reader.fields.values import Value, read
from shared.rule_reader.folding import plain
from shared.rule_reader.sums.money import Sums
from shared.rule_reader.text.labels import find_hits
from shared.rule_reader.text.page import Document, Line

_SURE = 0.75  # a labelled value that good is one that the extraction should have
_CLEARLY_BETTER = 0.15
_SAME_MONEY = 0.005
_SHORTEST_PART = 4  # characters


@dataclass(frozen=True)
class Claim:
    """A field with the value that somebody read for it (a table: its rows), and the ids of the lines that it cites."""

    spec: FieldSpec
    value: Value | list[dict[str, Any]] | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether a claim is `supported`, `contradicted` or `missing`, why, and the id of the line that decides."""

    field: str
    verdict: str
    reason: str
    line: str | None = None


def verify(document: Document, claims: Sequence[Claim]) -> list[Verdict]:
    """Return a verdict on each claim, in their order."""
    fields = {claim.spec.name: Field.from_spec(claim.spec) for claim in claims if not isinstance(claim.value, list)}
    hits = find_hits(document.lines, {name: field.labels for name, field in fields.items()}, document.vocabulary)
    finder = Finder(document, hits, document.conventions)
    closing = _closing(document, list(fields.values()), finder)
    by_id = {line.id: line for line in document.lines}
    verdicts = []
    for claim in claims:
        if isinstance(claim.value, list):
            verdicts.append(_rows(claim.spec.name, claim.value, document))
            continue
        field = fields[claim.spec.name]
        cited = [by_id[name] for name in claim.lines if name in by_id]
        verdicts.append(_by_sums(field, claim.value, closing) or _single(field, claim.value, cited, finder))
    return verdicts


def _closing(document: Document, fields: list[Field], finder: Finder) -> dict[str, Candidate]:
    """Net, tax and gross as the page's own arithmetic has them, by field; empty when they do not close."""
    by_role = {role: field for field in reversed(fields) if (role := money_role(field, document.vocabulary))}
    candidates = {field.name: finder.candidates(field) for field in by_role.values()}
    sums = Sums(document, by_role, finder.conventions).choose(candidates)
    net, tax, gross = (
        float(candidate.value) if (candidate := sums.get(role)) else None for role in ("net", "tax", "gross")
    )
    if net is None or not tax or gross is None or abs(net + tax - gross) >= _SAME_MONEY:
        return {}
    return {candidate.field: candidate for candidate in sums.values() if candidate is not None}


def _by_sums(field: Field, value: Value | None, closing: dict[str, Candidate]) -> Verdict | None:
    """Return what arithmetic says of one of the three sums; None when it says nothing."""
    if value is None or field.name not in closing:
        return None
    if _equal(field, closing[field.name].value, value):
        return _at(field, "supported", "Net, tax and gross add up with it.", closing[field.name])
    return _at(field, "contradicted", "Net, tax and gross add up with another value.", closing[field.name])


def _single(field: Field, value: Value | None, cited: list[Line], finder: Finder) -> Verdict:
    candidates = finder.candidates(field)
    best = candidates[0] if candidates and candidates[0].score >= _SURE else None
    if value is None:
        if best is not None:
            return _at(field, "missing", f"A value stands at a label of {field.title}, but none was taken.", best)
        return Verdict(field.name, "supported", "No value stands at a label of this field.")
    same = next((item for item in candidates if _equal(field, item.value, value)), None)
    if best is not None and best.score > (same.score if same else 0.0) + _CLEARLY_BETTER:
        return _at(field, "contradicted", f"Another value stands at a better label of {field.title}.", best)
    if same is not None:
        return _at(field, "supported", f"The value stands at a label of {field.title}.", same)
    return _elsewhere(field, value, cited, finder)


def _elsewhere(field: Field, value: Value, cited: list[Line], finder: Finder) -> Verdict:
    """Return the verdict on a value that stands at no label: on its cited lines, anywhere, or nowhere."""
    everywhere = list(finder.document.lines)
    for lines, where in ((cited, "on the cited lines"), (everywhere, "on the page")):
        line = _holding(field, value, lines, finder)
        if line is not None:
            return Verdict(field.name, "supported", f"The value stands {where}.", line.id or None)
    if not everywhere or (field.field_type == "currency" and not cited):
        return Verdict(field.name, "supported", "There is no text to hold it against.")
    return Verdict(field.name, "contradicted", "The value stands nowhere on the pages.", _first(cited))


def _rows(name: str, rows: list[dict[str, Any]], document: Document) -> Verdict:
    """Return the verdict on a table: supported when the text of every row's cells stands on the pages."""
    text = _letters(" ".join(line.text for line in document.lines))
    for number, row in enumerate(rows, 1):
        for column, value in row.items():
            if isinstance(value, str) and column != "lines" and not all(_letters(w) in text for w in value.split()):
                return Verdict(name, "contradicted", f"Row {number}: the {column} stands nowhere on the pages.")
    return Verdict(
        name, "supported" if rows else "missing", "Every row's text stands on the pages." if rows else "No row."
    )


def _holding(field: Field, value: Value, lines: list[Line], finder: Finder) -> Line | None:
    for line in lines:
        if any(
            _equal(field, reading.value, value)
            for reading in read(field, line.text, finder.conventions, finder.document.vocabulary)
        ):
            return line
        if isinstance(value, str) and _letters(value) and _letters(value) in _letters(line.text):
            return line
    joined = _letters(" ".join(line.text for line in lines))
    return lines[0] if lines and isinstance(value, str) and _letters(value) in joined else None


def _equal(field: Field, mine: Value, theirs: Value) -> bool:
    if isinstance(mine, (int, float)) and isinstance(theirs, (int, float)):
        return abs(abs(mine) - abs(theirs)) < _SAME_MONEY
    if field.field_type == "boolean":
        return mine == theirs
    shorter, longer = sorted((_letters(str(mine)), _letters(str(theirs))), key=len)
    if field.field_type == "identifier" and len(shorter) >= _SHORTEST_PART:
        return longer.startswith(shorter)  # a number printed in groups may have been read up to its first gap
    return shorter == longer


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", plain(text))


def _first(lines: list[Line]) -> str | None:
    return lines[0].id if lines else None


def _at(field: Field, verdict: str, reason: str, candidate: Candidate) -> Verdict:
    return Verdict(field.name, verdict, reason, candidate.lines[-1].id or None)
