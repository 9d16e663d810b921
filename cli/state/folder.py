"""The folder of a backup: rows as JSON lines by table, blobs as files by container, and a manifest, written last.

```
manifest.json              what is in it; without this file the backup is incomplete
rows/<table>.jsonl         {"partition", "key", "body"} a line
blobs/<container>.jsonl    {"name", "content_type", "size", "sha256"} a line
blobs/<container>/<file>   contents; the file is called by the SHA-256 of the blob's name
```
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from shared.domain.base.errors import IntrayError
from shared.domain.base.frozen import Frozen

FORMAT = 1


class InvalidBackup(IntrayError):
    """A folder that is no backup, or a damaged one."""


class SavedRow(Frozen):
    """A row of a table."""

    partition: str
    key: str
    body: str


class SavedBlob(Frozen):
    """A blob whose content lies in the folder; `sha256` of the content in hex."""

    name: str
    content_type: str
    size: int
    sha256: str


class Manifest(Frozen):
    """What a backup holds: rows by table, blobs by container; `blobs` None where they were left to another tool."""

    format: int = FORMAT
    began: datetime
    documents: int
    rows: dict[str, int]
    blobs: dict[str, int] | None


class BackupFolder:
    """A folder of a backup; a new one must not exist or be empty."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> None:
        """Make the folder; raises InvalidBackup when it holds something."""
        if self.path.exists() and any(self.path.iterdir()):
            raise InvalidBackup(f"{self.path} is not empty: name a new folder.")
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.path / "rows").mkdir()
        (self.path / "blobs").mkdir()

    def append_rows(self, table: str, rows: Iterable[SavedRow]) -> int:
        """Append rows of a table; return how many."""
        return self._append(self.path / "rows" / f"{table}.jsonl", rows)

    def append_blobs(self, container: str, blobs: Iterable[SavedBlob]) -> int:
        """Append blobs to the list of a container, whose contents are there; return how many."""
        return self._append(self.path / "blobs" / f"{container}.jsonl", blobs)

    def content_path(self, container: str, name: str) -> Path:
        """Return where the content of a blob lies; makes the container's folder."""
        folder = self.path / "blobs" / container
        folder.mkdir(exist_ok=True)
        return folder / hashlib.sha256(name.encode()).hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which makes the backup complete."""
        (self.path / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")

    def manifest(self) -> Manifest:
        """Return the manifest; raises InvalidBackup for an incomplete backup or one of another format."""
        try:
            manifest = Manifest.model_validate_json((self.path / "manifest.json").read_bytes())
        except FileNotFoundError:
            raise InvalidBackup(f"{self.path} is no complete backup: it has no manifest.json.") from None
        except ValidationError:
            raise InvalidBackup(f"{self.path}/manifest.json is damaged, or of another version of Intray.") from None
        if manifest.format != FORMAT:
            raise InvalidBackup(f"{self.path} has format {manifest.format}; this version reads {FORMAT}.")
        return manifest

    def rows(self, table: str) -> Iterator[SavedRow]:
        """Yield the rows of a table."""
        yield from self._lines(self.path / "rows" / f"{table}.jsonl", SavedRow)

    def blobs(self, container: str) -> Iterator[SavedBlob]:
        """Yield the blobs of a container."""
        yield from self._lines(self.path / "blobs" / f"{container}.jsonl", SavedBlob)

    @staticmethod
    def _append(path: Path, items: Iterable[Frozen]) -> int:
        count = 0
        with path.open("a", encoding="utf-8") as file:
            for item in items:
                file.write(json.dumps(item.model_dump()) + "\n")
                count += 1
        return count

    @staticmethod
    def _lines[M: Frozen](path: Path, model: type[M]) -> Iterator[M]:
        if not path.exists():
            return
        with path.open(encoding="utf-8") as file:
            for line in file:
                try:
                    yield model.model_validate_json(line)
                except ValidationError:
                    raise InvalidBackup(f"{path} is damaged: a line cannot be read.") from None
