"""The base of every domain type."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value object that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
