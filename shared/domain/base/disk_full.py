"""Tell a full disk from a broken file, whatever library stumbled over it."""

import errno
import os

from shared.domain.base.errors import Unavailable

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_NO_SPACE_TEXTS = tuple(os.strerror(number) for number in sorted(_NO_SPACE))
_NO_FOLDER_TEXT = "No usable temporary directory"
"""What tempfile says when it could write to none of its folders; its errno is that of a missing file."""

_LIBRARIES_WITHOUT_ERRNO = {"pymupdf"}


class DiskFull(Unavailable):
    """The worker's temporary disk is full: the same step may succeed when others have deleted their files."""

    default_code = "disk_full"

    def __init__(
        self, message: str = "The worker's temporary disk is full: lower INTRAY_COPIES_BYTES or use a larger instance."
    ) -> None:
        super().__init__(message)


def is_disk_full(error: BaseException) -> bool:
    """Return whether a full disk or an exhausted quota caused `error`, directly or by way of another exception."""
    pending: list[BaseException | None] = [error]
    visited: set[int] = set()
    while pending:
        cause = pending.pop()
        if cause is None or id(cause) in visited:
            continue
        visited.add(id(cause))
        if _says_full(cause):
            return True
        pending += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            pending += cause.exceptions
    return False


def _says_full(error: BaseException) -> bool:
    """Return whether this very exception says so. MuPDF gives the system's text instead of a number."""
    if isinstance(error, DiskFull):
        return True
    if isinstance(error, OSError):
        return error.errno in _NO_SPACE or _NO_FOLDER_TEXT in str(error)
    library = type(error).__module__.partition(".")[0]
    return library in _LIBRARIES_WITHOUT_ERRNO and any(text in str(error) for text in _NO_SPACE_TEXTS)
