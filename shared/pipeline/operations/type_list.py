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


async def load_type_list(context: Context) -> TypeList:
    """Return the types as they are now: the container is looked at."""
    present = await context.types.present(fresh=True)
    listed = tuple(
        ListedType(
            name=document_type.name,
            title=document_type.title,
            version=document_type.version,
            origin="container" if document_type.name in present.added else "app",
            fields=len(document_type.fields),
            rules=len(document_type.rules),
            examples=len(document_type.examples),
        )
        for document_type in sorted(present.types.values(), key=lambda document_type: document_type.name)
    )
    return TypeList(types=listed, problems=present.problems)
