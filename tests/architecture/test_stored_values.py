"""What is stored is read and written by one pair of functions, which workers of neighbouring versions can rely on."""

import ast

from tests.architecture.tree import parsed, python_files

JSON_METHODS = {"model_validate_json", "model_dump_json"}
MAY_CALL_PYDANTIC = {
    "shared/domain/base/stored.py": "the pair of functions itself",
    "shared/domain/cldr/tables.py": "a generated table that ships with the app, not a stored value",
    "shared/pipeline/store/finalize.py": "a result is delivered in full",
    "shared/pipeline/store/members.py": "a list of members is delivered in full",
}


def test_only_the_pair_of_functions_reads_and_writes_stored_json() -> None:
    """`load_stored` and `dump_stored` keep unknown fields and omit defaults; pydantic alone does not."""
    callers = {
        name
        for name in python_files("shared/", "functions/")
        for node in ast.walk(parsed(name))
        if isinstance(node, ast.Attribute) and node.attr in JSON_METHODS
    }
    assert set(MAY_CALL_PYDANTIC) == callers
