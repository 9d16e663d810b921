"""The base of every domain type."""

from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value object that refuses fields it does not know.

    `copy.replace(value, field=...)` returns a changed copy: scripts/mypy_replace.py makes mypy check the names and the
    types, and `__replace__` checks both again at run time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    if not TYPE_CHECKING:  # mypy is told of one parameter for each field

        def __replace__(self, **changes: Any) -> Self:  # noqa: ANN401 - one of each field's type
            if unknown := changes.keys() - type(self).model_fields.keys():
                message = f"{type(self).__name__} has no field {', '.join(sorted(unknown))}"
                raise TypeError(message)
            fields = {**self.__dict__, **(self.__pydantic_extra__ or {}), **changes}  # a later version's fields stay
            return type(self).model_validate(fields, strict=True, by_name=True, extra="allow")
