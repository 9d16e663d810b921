"""A document type's folder as files in memory: from a disk or from a container, within bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.domain.base.errors import IntrayError
from shared.domain.types.document_type import TypeProblem

TYPE_FILE = "type.yaml"
MAX_FILE_BYTES = 4_000_000
"""Of one file; a page's picture as an example takes a tenth of it."""
MAX_YAML_BYTES = 500_000
"""Of `type.yaml` and of an example's values; a type of 400 fields takes a tenth of it."""
MAX_FOLDER_BYTES = 16_000_000
"""Of all files of a type: they stay in memory while it is in force."""
MAX_FILES = 50
_HIDDEN = (".", "~")


class InvalidType(IntrayError):
    """A document type's folder cannot be used; each problem names the file, the line, what is wrong and the remedy."""

    def __init__(self, problems: Iterable[TypeProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class TypeFolder:
    """The files of a type by their path in its folder; `place` is where the folder is, for people."""

    name: str
    files: Mapping[str, bytes]
    place: str

    def at(self, file: str) -> str:
        """Return a file of the folder, as problems name it."""
        return f"{self.place}/{file}"

    def check_sizes(self, sizes: Mapping[str, int]) -> None:
        """Raise InvalidType when the folder holds too much."""
        problems = [
            TypeProblem(
                file=self.at(file),
                message=f"the file has {size} bytes, more than {_limit(file)}",
                remedy="keep the type small: shorten the example, or save its picture with fewer pixels",
            )
            for file, size in sizes.items()
            if size > _limit(file)
        ]
        total = sum(sizes.values())
        for unit, count, limit in (("files", len(sizes), MAX_FILES), ("bytes", total, MAX_FOLDER_BYTES)):
            if count > limit:
                message = f"the folder has {count} {unit}, more than {limit}"
                remedy = "remove what is not part of the type"
                problems.append(TypeProblem(file=self.at(TYPE_FILE), message=message, remedy=remedy))
        if problems:
            raise InvalidType(problems)


def _limit(file: str) -> int:
    return MAX_YAML_BYTES if file.endswith((".yaml", ".yml")) else MAX_FILE_BYTES


def from_disk(folder: Path) -> TypeFolder:
    """Read the type's folder at a path.

    Raises InvalidType when it has no `type.yaml`, holds too much, or cannot be read.
    """
    try:
        return _read_disk(folder)
    except OSError as error:
        message = f"{error.filename or folder} cannot be read: {error.strerror or type(error).__name__}"
        problem = TypeProblem(file=str(folder), message=message, remedy="check that it exists and its permissions")
        raise InvalidType([problem]) from error


def _read_disk(folder: Path) -> TypeFolder:
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(_HIDDEN) for part in path.relative_to(folder).parts)
    }
    files: dict[str, bytes] = {}
    type_folder = TypeFolder(folder.resolve().name, files, place=str(folder))
    if TYPE_FILE not in paths:
        message = f"the folder has no {TYPE_FILE}"
        remedy = "draft one with `intray types new FILE…`"
        raise InvalidType([TypeProblem(file=type_folder.at(TYPE_FILE), message=message, remedy=remedy)])
    type_folder.check_sizes({name: path.stat().st_size for name, path in paths.items()})
    files.update({name: path.read_bytes() for name, path in paths.items()})
    return type_folder
