"""A blob trigger that is told the blob's name only.

The platform's stream and bytes bindings load the whole blob into the worker several times over; its SDK-type binding
names the blob instead, but its package loads the storage SDK while the app is indexed. This is the same binding
(`supportsDeferredBinding`) with a type of our own on the same public extension point.
"""

import json
from typing import Any

from azurefunctions.extensions.base import Datum, InConverter, SdkType


class BlobName(SdkType):
    """The container and name of the blob that fired the trigger."""

    def __init__(self, *, data: Datum) -> None:
        super().__init__(data={})
        told = json.loads(data.value.content)
        self.container = str(told["ContainerName"])
        self.name = str(told["BlobName"])

    def get_sdk_type(self) -> "BlobName":
        """Itself: no client is made."""
        return self


class BlobNameConverter(InConverter, binding="blob", trigger="blobTrigger"):
    """Turns the host's model binding data into a BlobName."""

    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        """Whether a parameter of this type is served here."""
        return issubclass(pytype, BlobName)

    @classmethod
    def decode(cls, data: Datum, *, trigger_metadata: Any, pytype: type = BlobName) -> BlobName:  # noqa: ANN401, ARG003 - the worker's call
        """The BlobName of one invocation."""
        if data.type != "model_binding_data":
            message = f"the host sent {data.type} for a blob trigger that asks for its name only"
            raise ValueError(message)
        return BlobName(data=data)

    @classmethod
    def has_implicit_output(cls) -> bool:
        """A trigger's parameter is never an output."""
        return False
