"""States as people type them."""

import typer

from shared.domain.documents.run import State


def read_state(text: str | None) -> State | None:
    """Return the state of that name, None for none; raises typer.BadParameter."""
    if text is None:
        return None
    name = text.strip().lower().replace("-", "_")
    if name not in set(State):
        message = f"there is no state {text!r}; the states are {', '.join(State)}"
        raise typer.BadParameter(message, param_hint="--state-is")
    return State(name)
