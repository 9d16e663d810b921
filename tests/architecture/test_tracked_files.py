"""What must never be committed."""

import re

from tests.architecture.tree import ROOT, files, python_files

# Written in pieces, so that this file does not name them itself.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("conda", "anaconda", "org"),
    )
]
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home(?!/site/wwwroot)|Users)/" + r"\w")
"""The app lies in a home folder in the image of Azure Functions."""
CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
SUPPRESSION = re.compile(r"# (noqa|type: ignore)\b")
WITH_REASON = re.compile(r"#[ ]noqa: [A-Z0-9, ]+ - \S|#[ ]type: ignore\[[\w, -]+\]  # \S")


def texts() -> dict[str, str]:
    """Every file that is text, by its path."""
    found: dict[str, str] = {}
    for name in files():
        try:
            found[name] = (ROOT / name).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_the_host_of_a_package_registry() -> None:
    """Where packages come from is the machine's own choice: a mirror must work as it is."""
    assert [] == [f"{name}: {host}" for name, text in texts().items() for host in HOSTS if host in text]


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    """A path of one machine works on no other."""
    assert [] == [f"{name}: {found}" for name, text in texts().items() for found in MACHINE_PATHS.findall(text)]


def test_no_file_contains_a_conflict_marker() -> None:
    """A merge that was committed half done breaks pages that no other test reads."""
    assert [] == [name for name, text in texts().items() if CONFLICT.search(text)]


def test_every_suppressed_check_has_its_reason() -> None:
    """`# noqa: CODE - why` and `# type: ignore[code]  # why`: who meets it must be able to judge it."""
    bare = [
        f"{name}:{number}"
        for name in python_files()
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), start=1)
        if SUPPRESSION.search(line) and not WITH_REASON.search(line)
    ]
    assert [] == bare
