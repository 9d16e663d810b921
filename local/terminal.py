"""How the command speaks: results on stdout, complaints on stderr, a live view only where somebody watches."""

import re
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def console() -> "Console":
    """Return the terminal; where there is none, wide lines without colours."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 160, highlight=False, soft_wrap=False)


class Starting:
    """Shows the progress of a cloud's start; after `finish`, reports problems of its parts on stderr."""

    def __init__(self, console: "Console") -> None:
        self._status = console.status("starting the local cloud")
        self._stopped = False

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.finish()

    def tell(self, text: str) -> None:
        """Show a line about a part."""
        if self._stopped:
            complain(text)
        else:
            self._status.update(f"starting the local cloud: {text}")

    def finish(self) -> None:
        """End the progress line: the cloud is ready."""
        self._stopped = True
        self._status.stop()


def complain(text: str) -> None:
    """Print an error on stderr."""
    print(f"intray: {text}", file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """Replace control characters and direction marks in a name, so that it cannot control the terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def money(dollars: float) -> str:
    """Return an amount in dollars with as many digits as small amounts need."""
    return f"${dollars:,.4f}" if dollars < 1 else f"${dollars:,.2f}"
