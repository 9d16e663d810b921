"""Index tags of a blob in Azure Storage (or Azurite)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shared.adapters.base.azure_errors import error_code
from shared.domain.base.errors import Permanent

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

_PRECONDITION_FAILED = 412
_TAGS_UNSUPPORTED = frozenset({"InvalidQueryParameterValue", "FeatureNotEnabled"})
"""Codes of answers to requests for index tags from accounts that have none, beside those that say `NotSupported`."""
_REFUSALS = frozenset({400, 409, 412})
"""Answers that mean: not this blob, or not these tags."""


async def get_tags(blob: "BlobClient", version: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the tags of a blob; None when it is gone or is not the `version` (the condition of the request)."""
    with _tag_errors():
        return dict(await blob.get_blob_tags(**version))
    return None


async def replace_tags(blob: "BlobClient", tags: Mapping[str, str], version: Mapping[str, Any]) -> bool:
    """Replace all tags of a blob; False when it is gone or is not the `version` (the condition of the request)."""
    with _tag_errors():
        await blob.set_blob_tags(dict(tags), **version)
        return True
    return False


@contextmanager
def _tag_errors() -> Iterator[None]:
    """Leave the block when the blob is gone or has another ETag; raise Permanent when the service takes no tags.

    Accounts with a hierarchical namespace answer 400 `InvalidQueryParameterValue` (of `comp=tags`), accounts that are
    not of general purpose v2 400 `BlobTagsNotSupportedForAccountType`.
    """
    from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

    try:
        yield
    except ResourceNotFoundError:
        return
    except HttpResponseError as error:
        code = error_code(error)
        if error.status_code == _PRECONDITION_FAILED and code == "ConditionNotMet":
            return
        if code in _TAGS_UNSUPPORTED or "NotSupported" in code or "NotYetSupported" in code:
            raise Permanent("tags_unsupported", f"the storage account has no index tags ({code})") from error
        if error.status_code in _REFUSALS:
            raise Permanent("tags_refused", f"blob storage refused the index tags ({code})") from error
        raise
