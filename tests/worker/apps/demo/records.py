"""Where the demo app writes down what it was given, and its light SDK type."""

import json
import os
from pathlib import Path

from azurefunctions.extensions.base import Datum, InConverter, SdkType


def record(function: str, **facts: object) -> None:
    """Append one line to the file that the setting DEMO_RECORD names."""
    with Path(os.environ["DEMO_RECORD"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"function": function, **facts}) + "\n")


class Blob(SdkType):
    """A reference to a blob: container and name, nothing is downloaded."""

    container_and_name: tuple[str, str]

    def get_sdk_type(self) -> "Blob":
        return self


class BlobConverter(InConverter, binding="blob", trigger="blobTrigger"):
    """Makes a Blob from the reference that the host sends."""

    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        return issubclass(pytype, Blob)

    @classmethod
    def has_implicit_output(cls) -> bool:
        return False

    @classmethod
    def decode(cls, data: Datum, *, trigger_metadata: object, pytype: object = None) -> Blob:
        content = json.loads(data.value.content)
        blob = Blob(data=content)
        blob.container_and_name = (content["ContainerName"], content["BlobName"])
        return blob
