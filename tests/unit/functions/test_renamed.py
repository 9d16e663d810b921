"""A file that is renamed into the container of uploads is received under its new name."""

import azure.functions as func
import pytest

from functions.uploads.by_webhook import receive_renamed
from shared import bootstrap
from tests.support.pipeline.world import make_world


async def test_a_renamed_file_is_received(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event of Data Lake Storage: subject and `destinationUrl` are the new name, and there is no `url`."""
    world = make_world()
    await world.blobs.write("incoming", "note/final.pdf", b"%PDF a", "application/pdf")
    monkeypatch.setattr(bootstrap, "context", lambda: world.context)
    data: dict[str, object] = {
        "api": "RenameFile",
        "sourceUrl": "https://acc.dfs.core.windows.net/incoming/note/final.pdf.part",
        "destinationUrl": "https://acc.dfs.core.windows.net/incoming/note/final.pdf",
    }
    function = getattr(receive_renamed, "_function", receive_renamed)
    await function.get_user_function()(
        func.EventGridEvent(
            id="1", data=data, topic="t", subject="s", event_type="Microsoft.Storage.BlobRenamed",
            event_time=None, data_version="1",
        )
    )  # fmt: skip
    await world.settle()
    assert ["received", "finalized"] == world.told()
