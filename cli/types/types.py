"""`intray types`: check, list, add, draft and export document types."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.deployments.connect import AppTarget, open_api
from local.cloud.addresses import Addresses, CloudError, find
from local.cloud.api import api
from local.cloud.storage import add_type
from local.settings import LocalSettings
from local.terminal import complain, console, plain
from shared.document_types.evaluations import check_evaluations
from shared.document_types.loader import BUILT_IN, load_types, read_type
from shared.document_types.yaml_files.folder import TYPE_FILE, InvalidType, from_disk
from shared.domain.types.document_type import TYPE_NAME, DocumentType
from shared.pipeline.operations.type_list import ListedType, TypeList
from shared.settings import settings

_RESERVED_NAMES = frozenset(
    ("files", "samples", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
"""Folders of `incoming` that commands make, and what Windows takes for devices."""
_MAX_POLLS, _POLL_SECONDS = 60, 0.5


def check(folders: Sequence[Path]) -> int:
    """Say of each type's folder whether it is right, and each problem with file, line and remedy; 1 when one is."""
    wrong = False
    for folder in folders:
        for type_folder in _type_folders(folder):
            try:
                files = from_disk(type_folder)
                document_type = read_type(files)
            except InvalidType as error:
                wrong = True
                for problem in error.problems:
                    print(plain(str(problem)))
            else:
                print(f"{type_folder}: {document_type.name} is right: {_count_parts(document_type)}")
                for problem in check_evaluations(files, document_type):
                    print(plain(f"note: {problem}"))
    return int(wrong)


async def list_types(as_json: bool, target: AppTarget) -> int:
    """List the types of the target, or, where no local cloud runs, those that an app would start with."""
    if target.is_local and _running(target.state) is None:
        document_types = load_types(BUILT_IN, *settings().type_folders)
        listed = TypeList(
            types=tuple(
                ListedType(
                    name=name,
                    title=document_type.title,
                    version=document_type.version,
                    origin="app",
                    fields=len(document_type.fields),
                    rules=len(document_type.rules),
                    examples=len(document_type.examples),
                )
                for name, document_type in sorted(document_types.items())
            ),
            problems=(),
        )
    else:
        async with open_api(target) as client:
            listed = await client.types()
    if as_json:
        print(listed.model_dump_json(indent=2))
    else:
        _show(console(), listed)
    return 0


async def add(folders: Sequence[Path], state: Path | None) -> int:
    """Add types to the running cloud, and wait until they are in force; 1 when one is not right."""
    type_folders = [type_folder for folder in folders for type_folder in _type_folders(folder)]
    if check(type_folders):
        return 1
    addresses = find(state or LocalSettings().state)
    async with api(addresses) as client:
        for folder in type_folders:
            files = from_disk(folder)
            document_type = read_type(files)
            await add_type(addresses.storage, files)
            for _ in range(_MAX_POLLS):
                listed = await client.types()
                if any(
                    (listed_type.name, listed_type.version) == (document_type.name, document_type.version)
                    for listed_type in listed.types
                ):
                    break
                await asyncio.sleep(_POLL_SECONDS)
            else:
                raise CloudError(f"{document_type.name} was uploaded, but is not in force: see `intray types list`.")
            console().print(
                f"{document_type.name} is in force: files under incoming/{document_type.name}/ have this type",
                markup=False,
            )
    return 0


def export(reference: str, out: Path, name: str | None) -> int:
    """Write the type of the Pydantic model `module:Model` to `<out>/<name>/type.yaml`; 1 when it cannot be."""
    from local.drafting.draft import slug
    from local.drafting.pydantic_model import NotExportable, load_model, model_yaml

    try:
        model = load_model(reference)
        spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in model.__name__)
        type_name = name or slug(spaced)
        text = model_yaml(type_name, model)
    except NotExportable as error:
        complain(str(error))
        return 1
    if problem := find_name_problem(type_name, out):
        complain(problem)
        return 1
    return write(out / type_name, text)


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


def _count_parts(document_type: DocumentType) -> str:
    fields, rules, examples = document_type.fields, document_type.rules, document_type.examples
    return f"{len(fields)} fields, {len(rules)} rules, {len(examples)} examples"


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
    for listed_type in listed.types:
        counts = (str(listed_type.fields), str(listed_type.rules), str(listed_type.examples))
        table.add_row(
            listed_type.name, Text(plain(listed_type.title)), *counts, listed_type.origin, listed_type.version
        )
    terminal.print(table)
    for problem in listed.problems:
        complain(plain(str(problem)))
