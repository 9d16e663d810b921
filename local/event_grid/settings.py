"""The one thing the stand-in reads from the environment."""

from pydantic import Field
from pydantic_settings import BaseSettings


class GridSettings(BaseSettings):
    """`AzureWebJobsStorage`: the connection string of the storage account (Azurite); None when it is not set."""

    storage: str | None = Field(default=None, validation_alias="AzureWebJobsStorage")
