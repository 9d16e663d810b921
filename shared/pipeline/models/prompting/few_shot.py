"""A type's examples as models see them: the document, then the answer in the very shape that is asked for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.base.paths import to_nested
from shared.domain.documents.extraction import Scalar
from shared.domain.judging.grounding.search import is_grounded
from shared.domain.models.model_call import ImagePart, TextPart
from shared.domain.types.document_type import DocumentType, Example, FieldSpec
from shared.domain.values.amounts import to_amount


def shown_examples(document_type: DocumentType, specs: Sequence[FieldSpec]) -> tuple[TextPart | ImagePart, ...]:
    """Return the parts that show the type's examples, with the answers for `specs` only; none where it has no examples.

    Their line ids (`e1.l1`) are none of the document's: an answer that cites them cites nothing.
    """
    parts: list[TextPart | ImagePart] = []
    for number, example in enumerate(document_type.examples, 1):
        lines = {f"e{number}.l{place}": text for place, text in enumerate(_lines(example), 1)}
        answer = to_nested({spec.name: _answer(spec, example.values.get(spec.name), lines) for spec in specs})
        body = {"lines": [{"id": name, "text": text} for name, text in lines.items()], "answer": answer}
        text = json.dumps(body, ensure_ascii=False).replace("<", "\\u003c")
        parts.append(TextPart(text=f"<example>\n{text}\n</example>"))
        if example.picture is not None:
            parts.append(TextPart(text=f"Image of example {number}"))
            parts.append(ImagePart(media_type=example.media_type, data=example.picture))
    return tuple(parts)


def _lines(example: Example) -> list[str]:
    return [line.strip() for line in example.text.splitlines() if line.strip()]


def _answer(spec: FieldSpec, value: Any, lines: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    if spec.field_type != "table":
        return {"value": value, "lines": _stating(spec, value, lines)}
    return [_row(spec.columns, row, lines) for row in value or ()]


def _row(columns: Sequence[FieldSpec], row: Mapping[str, Scalar], lines: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with the line that states most of its cells."""
    cells = [(column, _number(row.get(column.name))) for column in columns]
    counts = {
        name: sum(is_grounded(column.field_type, cell, text) for column, cell in cells if cell is not None)
        for name, text in lines.items()
    }
    best = max(counts, key=lambda name: counts[name], default=None)
    cited = [best] if best is not None and counts[best] else []
    return {"lines": cited, **to_nested({column.name: row.get(column.name) for column in columns})}


def _stating(spec: FieldSpec, value: Scalar, lines: Mapping[str, str]) -> list[str]:
    """Return the first line that states a value, so that the example teaches to cite."""
    if value is None or isinstance(value, bool):
        return []
    return [name for name, text in lines.items() if is_grounded(spec.field_type, _number(value), text)][:1]


def _number(value: Any) -> Scalar:  # noqa: ANN401 - JSON
    """Return a number as values have them; YAML's are int and float."""
    checked: Scalar = to_amount(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    return checked
