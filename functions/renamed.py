"""Files that are renamed into the container of uploads."""

from urllib.parse import unquote

import azure.functions as func

from functions.intake import receive_or_defer
from shared.domain.documents.task import IntakeMessage

blueprint = func.Blueprint()


@blueprint.event_grid_trigger(arg_name="event")
async def receive_renamed(event: func.EventGridEvent) -> None:
    """Receive a file under its new name; defer it while storage is away. Event Grid repeats what fails, for a day.

    A rename (hierarchical namespace, SFTP) announces no new blob but `Microsoft.Storage.BlobRenamed`, whose data has
    `destinationUrl`. The blob trigger's webhook cannot take it: it reads `url`, `eTag` and `blobType`.
    """
    container, name = named_blob(str(event.get_json()["destinationUrl"]))
    await receive_or_defer(IntakeMessage(container=container, name=name))


def named_blob(url: str) -> tuple[str, str]:
    """Return container and name of a blob by its URL (`https://ACCOUNT.dfs.core.windows.net/CONTAINER/NAME`).

    Raises ValueError for another address.
    """
    path = url.partition("://")[2].partition("/")[2]
    container, _, name = path.partition("?")[0].partition("/")
    if not container or not name:
        message = "the new address of a renamed file names no blob"
        raise ValueError(message)
    return unquote(container), unquote(name)
