"""A document type's folder as files in memory: from a disk or from a container, within bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.domain.document_type import TypeProblem
from shared.domain.errors import IntrayError

TYPE_FILE = "type.yaml"
MAX_FILE_BYTES = 4_000_000
"""Of one file; a page's picture as an example takes a tenth of it."""
MAX_YAML_BYTES = 500_000
"""Of `type.yaml`; a type of 400 fields takes a tenth of it."""
MAX_FOLDER_BYTES = 16_000_000
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
        """A file of the folder, as problems name it."""
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
        for what, count, limit in (("files", len(sizes), MAX_FILES), ("bytes", total, MAX_FOLDER_BYTES)):
            if count > limit:
                message = f"the folder has {count} {what}, more than {limit}"
                remedy = "remove what is not part of the type"
                problems.append(TypeProblem(file=self.at(TYPE_FILE), message=message, remedy=remedy))
        if problems:
            raise InvalidType(problems)


def _limit(file: str) -> int:
    return MAX_YAML_BYTES if file.endswith((".yaml", ".yml")) else MAX_FILE_BYTES


def from_disk(folder: Path) -> TypeFolder:
    """The type's folder at a path; raises InvalidType when it has no `type.yaml`, or holds too much."""
    found = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(_HIDDEN) for part in path.relative_to(folder).parts)
    }
    files: dict[str, bytes] = {}
    made = TypeFolder(folder.resolve().name, files, place=str(folder))
    if TYPE_FILE not in found:
        message = f"the folder has no {TYPE_FILE}"
        problem = TypeProblem(
            file=made.at(TYPE_FILE), message=message, remedy="draft one with `intray types new FILE…`"
        )
        raise InvalidType([problem])
    made.check_sizes({name: path.stat().st_size for name, path in found.items()})
    files.update({name: path.read_bytes() for name, path in found.items()})
    return made
