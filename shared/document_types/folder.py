"""A document type's folder as files in memory: from a disk or from a container, within bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.domain.document_type import TypeProblem
from shared.domain.errors import IntrayError

TYPE_FILE = "type.yaml"
MAX_FILE_BYTES = 4_000_000
"""Of one file; a page's picture as an example takes a tenth of it."""
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
        told = [
            TypeProblem(
                file=self.at(file),
                message=f"the file has {size} bytes, more than {MAX_FILE_BYTES}",
                remedy="keep the type small: shorten the example, or save its picture with fewer pixels",
            )
            for file, size in sizes.items()
            if size > MAX_FILE_BYTES
        ]
        if len(sizes) > MAX_FILES:
            message = f"the folder has {len(sizes)} files, more than {MAX_FILES}"
            told.append(TypeProblem(file=self.at(TYPE_FILE), message=message, remedy="remove what is not part of it"))
        if told:
            raise InvalidType(told)


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
