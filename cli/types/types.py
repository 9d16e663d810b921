"""`intray types`: check, list, add, draft and export document types."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.cloud.addresses import Addresses, CloudError, find
from local.cloud.api import api
from local.cloud.storage import add_type
from local.settings import LocalSettings
from local.terminal import complain, console, plain
from shared.document_types.evaluations import check_evaluations
from shared.document_types.loader import BUILT_IN, load_types, read_type
from shared.document_types.yaml_files.folder import TYPE_FILE, InvalidType, from_disk
from shared.domain.types.document_type import TYPE_NAME
from shared.pipeline.operations.type_list import ListedType, TypeList
from shared.settings import settings

_RESERVED_NAMES = frozenset(
    ("files", "samples", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Folders of `incoming` that commands make, and what Windows takes for devices."""
_TRIES, _PAUSE = 60, 0.5


def check(folders: Sequence[Path]) -> int:
    """Say of each type's folder whether it is right, and each problem with file, line and remedy; 1 when one is."""
    wrong = False
    for folder in folders:
        for type_folder in _type_folders(folder):
            try:
                files = from_disk(type_folder)
                kind = read_type(files)
            except InvalidType as error:
                wrong = True
                for problem in error.problems:
                    print(plain(str(problem)))
            else:
                counts = f"{len(kind.fields)} fields, {len(kind.rules)} rules, {len(kind.examples)} examples"
                print(f"{type_folder}: {kind.name} is right: {counts}")
                for problem in check_evaluations(files, kind):
                    print(plain(f"note: {problem}"))
    return int(wrong)


async def list_types(as_json: bool, state: Path | None) -> int:
    """List the types of the running cloud, or, where none runs, those that an app would start with."""
    addresses = _running(state)
    if addresses is None:
        known = load_types(BUILT_IN, *settings().type_folders)
        listed = TypeList(
            types=tuple(
                ListedType(
                    name=name,
                    title=kind.title,
                    version=kind.version,
                    origin="app",
                    fields=len(kind.fields),
                    rules=len(kind.rules),
                    examples=len(kind.examples),
                )
                for name, kind in sorted(known.items())
            ),
            problems=(),
        )
    else:
        async with api(addresses) as client:
            listed = await client.types()
    if as_json:
        print(listed.model_dump_json(indent=2))
    else:
        _show(console(), listed)
    return 0


async def add(folders: Sequence[Path], state: Path | None) -> int:
    """Add types to the running cloud, and wait until they are in force; 1 when one is not right."""
    found = [type_folder for folder in folders for type_folder in _type_folders(folder)]
    if check(found):
        return 1
    addresses = find(state or LocalSettings().state)
    async with api(addresses) as client:
        for folder in found:
            files = from_disk(folder)
            kind = read_type(files)
            await add_type(addresses.storage, files)
            for _ in range(_TRIES):
                listed = await client.types()
                if any((one.name, one.version) == (kind.name, kind.version) for one in listed.types):
                    break
                await asyncio.sleep(_PAUSE)
            else:
                raise CloudError(f"{kind.name} was uploaded, but is not in force: see `intray types list`.")
            console().print(f"{kind.name} is in force: files under incoming/{kind.name}/ have this type", markup=False)
    return 0


def export(reference: str, out: Path, name: str | None) -> int:
    """Write the type of the Pydantic model `module:Model` to `<out>/<name>/type.yaml`; 1 when it cannot be."""
    from local.drafting.draft import slug
    from local.drafting.pydantic_model import NotExportable, load_model, model_yaml

    try:
        model = load_model(reference)
        spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in model.__name__)
        chosen = name or slug(spaced)
        text = model_yaml(chosen, model)
    except NotExportable as error:
        complain(str(error))
        return 1
    if problem := find_name_problem(chosen, out):
        complain(problem)
        return 1
    return write(out / chosen, text)


def find_name_problem(name: str, out: Path) -> str | None:
    """Return why a type's folder called `name` cannot be made in `out`, or None.

    A path, a name with dots or capitals, one that blobs or Windows reserve, and one whose folder lies elsewhere.
    """
    if TYPE_NAME.fullmatch(name) is None:
        return f"{name!r} is not a type's name: use small letters, digits, _ and -, a letter first, at most 48"
    if name in _RESERVED_NAMES:
        return f"{name!r} is reserved for something else: choose another name"
    if (out / name).is_symlink() or (out / name).is_file():
        return f"{out / name} is a file or a link: remove it, or choose another --name or --out"
    twins = [entry.name for entry in out.iterdir() if entry.name.casefold() == name] if out.is_dir() else []
    if any(twin != name for twin in twins):
        return f"{out} holds {twins[0]}, which differs from {name} in letter case only: choose another name"
    return None


def write(folder: Path, text: str) -> int:
    """Write a `type.yaml` where there is none yet, and check it; 1 when it is there, or not right."""
    file = folder / TYPE_FILE
    if file.exists():
        complain(f"{file} exists: remove it, or choose another --name or --out")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return check([folder])


def _type_folders(folder: Path) -> list[Path]:
    """Return the folder itself when it is a type's, else the types' folders in it."""
    inside = sorted(file.parent for file in folder.glob(f"*/{TYPE_FILE}"))
    return [folder] if (folder / TYPE_FILE).exists() or not inside else inside


def _running(state: Path | None) -> Addresses | None:
    try:
        return find(state or LocalSettings().state)
    except CloudError:
        return None


def _show(terminal: Console, listed: TypeList) -> None:
    table = Table("type", "title", "fields", "rules", "examples", "from", "version", box=None, header_style="bold")
    for one in listed.types:
        counts = (str(one.fields), str(one.rules), str(one.examples))
        table.add_row(one.name, Text(plain(one.title)), *counts, one.origin, one.version)
    terminal.print(table)
    for problem in listed.problems:
        complain(plain(str(problem)))
