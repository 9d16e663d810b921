"""Read document types from folders: `<folder>/<name>/type.yaml`, with `examples/` beside it."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.document_types.evaluations import KEY, read_evaluations, without_evaluations
from shared.document_types.examples import read_examples
from shared.document_types.fields import read_fields
from shared.document_types.rules.evaluate import check_rule
from shared.document_types.rules.expressions import check_expression
from shared.document_types.rules.short_forms import full_rule
from shared.document_types.yaml_files.folder import TYPE_FILE, InvalidType, TypeFolder, from_disk
from shared.document_types.yaml_files.source import Source, suggest
from shared.domain.types.document_type import TYPE_NAME, DocumentType, Policy, Rule, TypeProblem

BUILT_IN = Path(__file__).parent
_KEYS = frozenset({"name", "title", "description", "labels", "schema", "rules", "policy"})
MAX_RULES = 200
_DOCS = "docs/document-types.md lists every key"


def load_types(*folders: Path) -> dict[str, DocumentType]:
    """Return every document type under `folders`, by name; a later folder replaces a type of the same name.

    Raises InvalidType with what is wrong with all of them.
    """
    types: dict[str, DocumentType] = {}
    problems: list[TypeProblem] = []
    for folder in folders:
        if not folder.is_dir():
            message = "this is not a folder of document types"
            raise InvalidType([TypeProblem(file=str(folder), message=message, remedy="name a folder that exists")])
        for file in sorted(folder.glob(f"*/{TYPE_FILE}")):
            try:
                document_type = load_type(file.parent)
                types[document_type.name] = document_type
            except InvalidType as error:
                problems += error.problems
    if problems:
        raise InvalidType(problems)
    return types


def load_type(folder: Path) -> DocumentType:
    """Return the document type in a folder on disk; raises InvalidType."""
    return read_type(from_disk(folder))


def read_type(folder: TypeFolder) -> DocumentType:
    """Return the document type in a folder; raises InvalidType with everything that is wrong with it.

    Whatever else a folder makes its reading raise is a problem of that folder too: its content comes from outside.
    """
    try:
        return _read_type(folder)
    except InvalidType:
        raise
    except Exception as error:  # a folder from outside may make any library raise anything
        message = f"the type cannot be read ({type(error).__name__})"
        remedy = f"compare its keys and values with a built-in type; {_DOCS}"
        raise InvalidType([TypeProblem(file=folder.at(TYPE_FILE), message=message, remedy=remedy)]) from error


def _read_type(folder: TypeFolder) -> DocumentType:
    source = Source(folder.at(TYPE_FILE), folder.files.get(TYPE_FILE, b""))
    if not isinstance(source.body, dict):
        source.tell((), "the file is no mapping of keys", "begin with `name`, `title` and `schema`")
        source.raise_if_invalid()
    for key in sorted(set(source.body) - _KEYS):
        source.tell((key,), f"{key!r} is not read here", suggest(key, _KEYS))
    _check_name(folder, source)
    earlier = len(source.problems)
    fields = read_fields(source)
    fields_are_valid = len(source.problems) == earlier
    rules = _rules(source)
    examples, problems = read_examples(folder, fields if fields_are_valid else None)
    evaluations = read_evaluations(folder, source)
    parts: dict[str, Any] = {"fields": fields, "rules": rules, "examples": examples, "evaluations": evaluations}
    if "policy" in source.body:
        parts["policy"] = without_evaluations(source.body["policy"])
    document_type = _build_type(
        {key: source.body[key] for key in _KEYS & source.body.keys() - {"schema"}} | parts, source
    )
    if document_type is not None:
        _check_references(document_type, source, fields_are_valid=fields_are_valid)
    source.problems += problems
    source.raise_if_invalid()
    if document_type is None:
        message = "a type that cannot be built has a problem"
        raise AssertionError(message)
    return document_type.with_version()


def _check_name(folder: TypeFolder, source: Source) -> None:
    name = source.body.get("name")
    if not isinstance(name, str) or not TYPE_NAME.fullmatch(name):
        message = f"{name!r} is no name of a type"
        source.tell(("name",), message, "small letters, digits, _ and -, a letter first, at most 48")
    elif name != folder.name:
        message = f"name is {name!r}, but the folder is called {folder.name!r}"
        source.tell(("name",), message, "make them the same")


def _check_references(document_type: DocumentType, source: Source, *, fields_are_valid: bool) -> None:
    """Check the rules and the policy against the fields; while these are wrong, the rules' expressions alone."""
    if fields_are_valid:
        _check_unique(document_type, source)
    for number, rule in enumerate(document_type.rules):
        problem = check_rule(rule, document_type.fields) if fields_are_valid else check_expression(rule.expression)
        if problem:
            source.tell(("rules", number), f"rules.{rule.id}: {problem.message}", problem.remedy)


def _check_unique(document_type: DocumentType, source: Source) -> None:
    single = {spec.name for spec in document_type.fields if spec.field_type != "table"}
    for name in sorted(set(document_type.policy.unique) - single):
        source.tell(("policy", "unique"), f"policy.unique: no single field is called {name}", suggest(name, single))


def _rules(source: Source) -> list[Any]:
    entries = source.body.get("rules", [])
    if not isinstance(entries, list):
        source.tell(("rules",), "rules is not a list", "begin each rule with a dash")
        return []
    if len(entries) > MAX_RULES:
        source.tell(
            ("rules",), f"the type has {len(entries)} rules, more than {MAX_RULES}", "keep the ones that matter"
        )
        return []
    rules = [full_rule(rule, source, ("rules", number)) for number, rule in enumerate(entries)]
    ids = [rule.get("id") for rule in rules if isinstance(rule, dict)]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            source.tell(("rules", number), f"two rules are called {name}", "give one another id")
    return [rule for rule in rules if rule is not None]


def _build_type(body: dict[str, Any], source: Source) -> DocumentType | None:
    """Return the type, or None when pydantic finds something wrong, which is noted."""
    try:
        return DocumentType.model_validate(body)
    except ValidationError as error:
        for detail in error.errors():
            path = tuple(detail["loc"])
            where = ".".join(str(step) for step in path)
            source.tell(path, f"{where}: {detail['msg']}", _remedy(detail["type"], path))
        return None


def _remedy(problem: str, path: tuple[str | int, ...]) -> str:
    if problem == "missing":
        return f"add `{path[-1]}`"
    if problem == "extra_forbidden":
        if path[0] == "policy":
            return suggest(str(path[-1]), {*Policy.model_fields, KEY})
        owner = Rule if path[0] == "rules" else DocumentType
        return suggest(str(path[-1]), set(owner.model_fields))
    return _DOCS
