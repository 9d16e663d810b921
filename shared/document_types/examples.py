"""The examples of a document type: `examples/<name>.yaml` with the right values, beside its text or picture."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from shared.document_types.yaml_files.folder import InvalidType, TypeFolder
from shared.document_types.yaml_files.source import Source, suggest
from shared.domain.base.paths import to_flat
from shared.domain.types.document_type import Example, FieldSpec, TypeProblem

FOLDER = "examples"
MAX_EXAMPLES = 5
"""Each is a part of every request of the type: more cost more than they teach."""
MAX_TEXT = 20_000
"""Characters of an example's text."""
_PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_JPEG, _PNG, _RIFF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"
_SIGNATURES = {".jpg": _JPEG, ".jpeg": _JPEG, ".png": _PNG, ".webp": _RIFF}
"""How files of these kinds begin: a model refuses every request with a picture that is none."""
_SCALARS: Mapping[str, tuple[type, ...]] = {"number": (int, float), "money": (int, float), "boolean": (bool,)}


def read_examples(folder: TypeFolder, fields: tuple[FieldSpec, ...] | None) -> tuple[list[Example], list[TypeProblem]]:
    """Return the examples of a folder by name, and what is wrong with them; without `fields`, only with their files."""
    examples: list[Example] = []
    problems: list[TypeProblem] = []
    names = [PurePosixPath(name) for name in sorted(folder.files) if name.startswith(f"{FOLDER}/")]
    for path in names:
        if path.suffix == ".yaml":
            try:
                source = Source(folder.at(str(path)), folder.files[str(path)])
                if fields is not None:
                    examples += _example(folder, path, source, {spec.name: spec for spec in fields})
            except InvalidType as error:
                problems += error.problems
            else:
                problems += source.problems
        elif path.suffix not in {".txt", *_PICTURES}:
            remedy = "an example is a .yaml with values beside a .txt, .jpg, .png or .webp of the same name"
            problems.append(TypeProblem(file=folder.at(str(path)), message="not an example", remedy=remedy))
        elif path.with_suffix(".yaml") not in names:
            remedy = f"add {path.with_suffix('.yaml').name} with the right values"
            problems.append(TypeProblem(file=folder.at(str(path)), message="its values are missing", remedy=remedy))
    if len(examples) > MAX_EXAMPLES:
        message = f"{len(examples)} examples, more than {MAX_EXAMPLES}"
        remedy = "keep those that differ most"
        problems.append(TypeProblem(file=folder.at(FOLDER), message=message, remedy=remedy))
    return examples, problems


def _example(folder: TypeFolder, path: PurePosixPath, source: Source, fields: dict[str, FieldSpec]) -> list[Example]:
    values = source.body
    if not isinstance(values, dict):
        source.tell((), "an example holds values by field", "write field: value, one a line")
        return []
    values_by_path = to_flat(values)
    for name, value in values_by_path.items():
        place = tuple(name.split("."))
        if name not in fields:
            source.tell(place, f"the type has no field {name}", suggest(name, set(fields)))
        elif not _fits(fields[name], value):
            source.tell(place, f"{name} is no {fields[name].field_type}", "write it as results do: docs/results.md")
    text = _read_text(folder.files.get(str(path.with_suffix(".txt")), b""), source)
    picture = next((file for suffix in _PICTURES if (file := str(path.with_suffix(suffix))) in folder.files), None)
    if not text.strip() and picture is None:
        source.tell((), "the example has no document", f"add its text as {path.stem}.txt, or {path.stem}.jpg")
    if picture is not None and not folder.files[picture].startswith(_SIGNATURES[PurePosixPath(picture).suffix]):
        source.tell((), f"{picture} does not hold a picture of its kind", "save it again as JPEG, PNG or WebP")
    if len(text) > MAX_TEXT:
        source.tell((), f"the example's text has {len(text)} characters", f"at most {MAX_TEXT}: shorten it")
    if source.problems:
        return []
    return [
        Example(
            name=path.stem,
            text=text,
            picture=folder.files[picture] if picture else None,
            media_type=_PICTURES[PurePosixPath(picture).suffix] if picture else "",
            values=values_by_path,
        )
    ]


def _read_text(data: bytes, source: Source) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        source.tell((), "the example's text is not UTF-8", "save it as plain text in UTF-8")
        return ""


def _fits(spec: FieldSpec, value: Any) -> bool:  # noqa: ANN401 - JSON
    if value is None:
        return True
    if spec.field_type == "table":
        columns = {column.name: column for column in spec.columns}
        rows = value if isinstance(value, list) else [None]
        return all(
            isinstance(row, dict) and all(name in columns and _fits(columns[name], cell) for name, cell in row.items())
            for row in rows
        )
    if isinstance(value, bool):
        return spec.field_type == "boolean"
    return isinstance(value, _SCALARS.get(spec.field_type, (str,)))
