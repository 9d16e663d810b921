"""Count what became of the rows of long lists: read, reported as missing, or lost in silence.

`python -m quality.evals.long_lists REPORTS GOLD TYPES` takes the reports of `intray process`, a folder with
`<name>.json` (an array of flat records) for each file, and the document types. It prints one line per file and exits
with 1 when rows are lost in silence.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality.evals.comparing.rows import agreement, match_rows
from shared.document_types.loader import load_types
from shared.domain.types.document_type import DocumentType

_PLACE = re.compile(r"page \d+ \(")
_MORE = re.compile(r" and (\d+) more\b")
_READ_SHARE = 0.5
"""Of the cells that a record and its type share; a row with fewer right ones is not that record."""


@dataclass(frozen=True)
class ListCount:
    """What became of the records of one file; `exact`: read, with every cell right that the type has."""

    name: str
    records: int
    read: int
    exact: int
    rows: int
    reported: int

    @property
    def lost_rows(self) -> int:
        """Records that are neither read nor reported."""
        return max(0, self.records - self.read - self.reported)


def count_rows(
    name: str, records: Sequence[Mapping[str, Any]], report: Mapping[str, Any], document_type: DocumentType
) -> ListCount:
    """Compare the rows of a report with the records of its file."""
    table = next(spec for spec in document_type.fields if spec.field_type == "table")
    columns = {column.name: column.field_type for column in table.columns}
    cells = [{key: value for key, value in record.items() if key in columns} for record in records]
    labelled = [{key: value for key, value in row.items() if value not in {None, ""}} for row in cells]
    rows = ((report.get("fields") or {}).get(table.name) or {}).get("value") or []
    scores = agreement(columns, labelled, rows)
    right = [(len(labelled[record]), int(scores[record, row])) for record, row in match_rows(scores)]
    return ListCount(
        name=name,
        records=len(records),
        read=sum(hits >= _READ_SHARE * wanted for wanted, hits in right),
        exact=sum(hits == wanted for wanted, hits in right),
        rows=len(rows),
        reported=count_reported(report.get("findings") or [], table.name),
    )


def count_reported(findings: Sequence[Mapping[str, Any]], table: str) -> int:
    """Return how many places the findings `rows_missing` of a table name, those only counted included."""
    messages = [
        str(finding["message"])
        for finding in findings
        if finding["rule"] == "rows_missing" and table in (finding.get("fields") or [table])
    ]
    return sum(len(_PLACE.findall(message)) + sum(map(int, _MORE.findall(message))) for message in messages)


def main(arguments: Sequence[str]) -> int:
    """Print the counts of each report that has records; 1 when rows are lost in silence."""
    reports, gold, types = (Path(argument) for argument in arguments)
    known = load_types(types)
    counts = []
    for path in sorted(reports.glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        name = Path(report["file"]).stem
        records = gold / f"{name}.json"
        if records.is_file() and report.get("document_type") in known:
            body = json.loads(records.read_text(encoding="utf-8"))
            counts.append(count_rows(name, body, report, known[report["document_type"]]))
    print("file                                records   read  exact   rows reported   lost")
    for count in counts:
        numbers = (count.records, count.read, count.exact, count.rows, count.reported, count.lost_rows)
        print(f"{count.name:<36}" + " ".join(f"{number:>6}" for number in numbers))
    return int(any(count.lost_rows for count in counts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
