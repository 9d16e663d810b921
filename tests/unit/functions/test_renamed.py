"""A file that is renamed into the container of uploads is received under its new name."""

import azure.functions as func
import pytest

from functions.renamed import named_blob, receive_renamed
from shared import bootstrap
from tests.support.pipeline.world import make_world


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://acc.dfs.core.windows.net/incoming/note/a.pdf", ("incoming", "note/a.pdf")),
        ("https://acc.blob.core.windows.net/incoming/a%0Ab%20%C3%A4%25.pdf", ("incoming", "a\nb ä%.pdf")),
    ],
)
def test_the_new_address_names_container_and_blob(url: str, expected: tuple[str, str]) -> None:
    """Percent-encoding is undone, once."""
    assert expected == named_blob(url)


@pytest.mark.parametrize("url", ["", "https://acc.dfs.core.windows.net/incoming", "https://acc.dfs.core.windows.net/"])
def test_an_address_of_no_blob_is_refused(url: str) -> None:
    """Event Grid makes the delivery again, and keeps it as a dead letter at last."""
    with pytest.raises(ValueError, match="names no blob"):
        named_blob(url)


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
