"""The document types at hand, as an operator sees them: which are in force, and what is wrong with others."""

from typing import Literal

from shared.domain.base.frozen import Frozen
from shared.domain.types.document_type import TypeProblem
from shared.pipeline.context import Context


class ListedType(Frozen):
    """A type in force; `origin`: it came with the app, or was added to the container of types."""

    name: str
    title: str
    version: str
    origin: Literal["app", "container"]
    fields: int
    rules: int
    examples: int


class TypeList(Frozen):
    """The types in force by name, and the problems of folders in the container that are none."""

    types: tuple[ListedType, ...]
    problems: tuple[TypeProblem, ...]


async def type_list(context: Context) -> TypeList:
    """Return the types as they are now: the container is looked at."""
    present = await context.types.present(fresh=True)
    listed = tuple(
        ListedType(
            name=kind.name,
            title=kind.title,
            version=kind.version,
            origin="container" if kind.name in present.added else "app",
            fields=len(kind.fields),
            rules=len(kind.rules),
            examples=len(kind.examples),
        )
        for kind in sorted(present.types.values(), key=lambda kind: kind.name)
    )
    return TypeList(types=listed, problems=present.problems)
