"""Every Bicep file parses, twice; every name in it means something; and it stays small."""

import json
import re
from pathlib import Path

import pytest
from pycep import BicepParser

from tests.architecture.infra.bicep import INFRA, BicepFile, bicep_files, read, syntax_errors
from tests.architecture.infra.evaluating import content, text
from tests.architecture.infra.resolving import loaded_files, problems
from tests.architecture.tree import ROOT

MAX_BYTES = 8 * 1024
MAX_COLUMNS = 120


def test_every_file_parses() -> None:
    """No syntax error for the grammar of tree-sitter."""
    assert {} == {name: errors for name in bicep_files() if (errors := syntax_errors(read(name).root))}


def test_every_file_parses_with_a_second_parser() -> None:
    """A second grammar, by other people, agrees that these are Bicep files."""
    parser = BicepParser()
    sections = {name: parser.parse(text=(INFRA / name).read_text(encoding="utf-8")) for name in bicep_files()}
    assert [] == [name for name, found in sections.items() if not {"resources", "modules"} & set(found)]


def test_every_name_resolves() -> None:
    """Symbols, params, outputs, modules and functions are declared, of the right type, and used."""
    assert {} == {name: found for name in bicep_files() if (found := problems(read(name)))}


def test_every_file_is_deployed() -> None:
    """From the deployments every module is reached; none lies about unused."""
    reached, pending = (
        set[Path](),
        [INFRA / f"{name}.bicep" for name in ("main", "container-app", "events", "registration")],
    )
    while pending:
        path = pending.pop().resolve()
        if path not in reached:
            reached.add(path)
            pending += [path.parent / module.target for module in BicepFile(path).of_kind("module").values()]
    assert {(INFRA / name).resolve() for name in bicep_files()} == reached


def test_deployments_have_different_names() -> None:
    """Nested deployments of one resource group with one name would overwrite each other."""
    modules = [module for name in bicep_files() for module in read(name).of_kind("module").values()]
    names = [text(content(content(module.body)[0])[1]) for module in modules]
    assert sorted(set(names)) == sorted(names)


def test_files_are_small() -> None:
    """A file is read at a glance: below 8 KB, at most 120 columns."""
    sources = {name: (INFRA / name).read_text(encoding="utf-8") for name in bicep_files()}
    big = [name for name, source in sources.items() if len(source.encode()) >= MAX_BYTES]
    wide = [name for name, source in sources.items() if max(map(len, source.splitlines())) > MAX_COLUMNS]
    assert ([], []) == (big, wide)


def test_nothing_must_be_downloaded_or_compiled() -> None:
    """Modules are files of this repository, and no compiled template is kept."""
    remote = [module.target for name in bicep_files() for module in read(name).of_kind("module").values()]
    compiled = [path.name for path in INFRA.rglob("*.json") if "deploymentTemplate" in path.read_text(encoding="utf-8")]
    assert ([], []) == ([target for target in remote if ":" in target], compiled)


def test_the_app_registration_alone_needs_an_extension() -> None:
    """It is a deployment of its own, so that nobody else has to fetch it; its version is fixed."""
    extensions = json.loads((INFRA / "bicepconfig.json").read_text(encoding="utf-8"))["extensions"]
    used = {name: found.extension for name in bicep_files() if (found := read(name)).extension}
    assert {"registration.bicep": "microsoftGraphV1"} == used
    assert set(used.values()) == set(extensions)
    assert re.fullmatch(r"br:.+/microsoftgraph/v1\.0:\d+\.\d+\.\d+", extensions["microsoftGraphV1"])


def test_files_that_are_taken_in_exist() -> None:
    """`loadTextContent` names files that are there, and the workbook is JSON with the same query of the backlog."""
    loaded = [path for name in bicep_files() for path in loaded_files(read(name))]
    assert {"workbook.json", "backlog-age.kql"} == {path.name for path in loaded if path.is_file()}
    workbook = json.loads((INFRA / "workbook.json").read_text(encoding="utf-8"))
    queries = [item["content"].get("query", "") for item in workbook["items"]]
    backlog = (INFRA / "queries" / "backlog-age.kql").read_text(encoding="utf-8")
    assert 1 == sum(query.startswith(backlog) for query in queries)


@pytest.mark.parametrize(
    "name", ["main.parameters.json", "parameters/dev.json", "parameters/test.json", "parameters/prod.json"]
)
def test_parameter_files_fit(name: str) -> None:
    """Each parameter exists and is of its type, and none that is needed is missing."""
    given = json.loads((INFRA / name).read_text(encoding="utf-8"))["parameters"]
    params = read("main.bicep").of_kind("param")
    types = {"string": str, "bool": bool, "int": int, "array": list, "object": dict}
    from_environment = str  # azd replaces ${NAME} and converts
    wrong = [
        key
        for key, entry in given.items()
        if key not in params
        or (
            not isinstance(entry["value"], types[params[key].type])
            and not (isinstance(entry["value"], from_environment) and entry["value"].startswith("${"))
        )
    ]
    missing = [key for key, found in params.items() if found.value is None and key not in given]
    assert ([], []) == (wrong, missing)


def test_every_parameter_is_explained() -> None:
    """The table of docs/deploy.md lists the parameters of main.bicep, in their order, and each says what it is."""
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8").partition("## Parameters")[2].partition("\n## ")[0]
    assert list(read("main.bicep").of_kind("param")) == re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    nodes = content(read("main.bicep").root)
    params = read("main.bicep").of_kind("param").values()
    bare = [found.name for found in params if "@description" not in text(nodes[nodes.index(found.node) - 1])]
    assert [] == bare


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("output a string = b", "b is not declared"),
        ("param a string\n", "a is never used"),
        ("var a = 'x'\nvar a = 'y'\noutput b string = a", "a is declared twice"),
        ("param a int = 'x'\noutput b int = a", "a is int and has string"),
        ("output b string = mystery('x')", "mystery is not declared"),
        ("module m 'none.bicep' = { name: 'm' }", "there is no none.bicep"),
        ("module m 'one.bicep' = { name: 'm' }", "needs a"),
        ("module m 'one.bicep' = {\n name: 'm'\n params: { a: 'x', c: 1 }\n}", "has no param c"),
        ("module m 'one.bicep' = {\n name: 'm'\n params: { a: 1 }\n}", "a is string and gets int"),
        ("module m 'one.bicep' = {\n name: 'm'\n params: { a: '' }\n}\noutput o string = m.outputs.c", "no output c"),
    ],
)
def test_what_does_not_resolve_is_found(tmp_path: Path, source: str, problem: str) -> None:
    """The resolver sees each mistake that it is there for."""
    (tmp_path / "one.bicep").write_text("param a string\noutput b string = a\n")
    (tmp_path / "main.bicep").write_text(source + "\n")
    assert any(problem in found for found in problems(BicepFile(tmp_path / "main.bicep")))


def test_a_syntax_error_is_found(tmp_path: Path) -> None:
    """A brace that is not closed is an error of the first parser."""
    (tmp_path / "main.bicep").write_text("var a = {\n  b: 'c'\n")
    assert syntax_errors(BicepFile(tmp_path / "main.bicep").root)
