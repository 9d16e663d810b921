"""A blob trigger that gets the blob's name and properties, and not its content.

The platform's stream and bytes bindings load the whole blob into the worker several times over; its SDK-type binding
names the blob instead, but its package loads the storage SDK while the app is indexed. This is the same binding
(`supportsDeferredBinding`) with a type of our own on the same public extension point.
"""

import json
from collections.abc import Mapping
from typing import Any

from azurefunctions.extensions.base import Datum, InConverter, SdkType


class BlobName(SdkType):
    """The container and name of the blob that fired the trigger.

    `etag` (without quotes), `size` and `md5` (base64) are those that the host read just before it called the function;
    None where the host passed none.
    """

    def __init__(self, *, data: Datum, properties: Mapping[str, Any] | None = None) -> None:
        super().__init__(data={})
        reference, properties = json.loads(data.value.content), properties or {}
        self.container = str(reference["ContainerName"])
        self.name = str(reference["BlobName"])
        etag, size, md5 = (properties.get(name) for name in ("ETag", "ContentLength", "ContentHash"))
        self.etag = etag.strip('"') if isinstance(etag, str) else None
        self.size = size if isinstance(size, int) else None
        self.md5 = md5 if isinstance(md5, str) else None

    def get_sdk_type(self) -> "BlobName":
        """Return this object: no client is made."""
        return self


class BlobNameConverter(InConverter, binding="blob", trigger="blobTrigger"):
    """Converter of the host's model binding data into a BlobName."""

    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        """Return whether a parameter of this type is served here."""
        return issubclass(pytype, BlobName)

    @classmethod
    def decode(cls, data: Datum, *, trigger_metadata: Any, pytype: type = BlobName) -> BlobName:  # noqa: ANN401, ARG003 - the worker's call
        """Return the BlobName of one invocation."""
        if data.type != "model_binding_data":
            message = f"the host sent {data.type} for a blob trigger that asks for its name only"
            raise ValueError(message)
        return BlobName(data=data, properties=_properties(trigger_metadata or {}))

    @classmethod
    def has_implicit_output(cls) -> bool:
        """Return False: a trigger's parameter is never an output."""
        return False


def _properties(trigger_metadata: Mapping[str, Datum]) -> Mapping[str, Any]:
    """Return the blob's properties from the trigger metadata; empty when the host passed none that can be read."""
    datum = trigger_metadata.get("Properties")
    if datum is None or not isinstance(datum.value, str):
        return {}
    try:
        properties = json.loads(datum.value)
    except ValueError:
        return {}
    return properties if isinstance(properties, dict) else {}
