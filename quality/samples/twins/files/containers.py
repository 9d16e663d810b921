"""Archives of documents."""

import io
import tarfile
from collections.abc import Mapping


def tar_of(members: Mapping[str, bytes], compression: str = "") -> bytes:
    """Return a TAR of these files, in this order; `compression`: gz, bz2 or xz."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{compression}") as archive:  # type: ignore[call-overload]  # the mode is put together
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()
