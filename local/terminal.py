"""Terminal output: results on stdout, errors on stderr, live views only on a terminal."""

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
    """Shows the progress of a cloud's start; after `stop`, reports errors of its parts."""

    def __init__(self, console: "Console") -> None:
        self._status = console.status("starting the local cloud")
        self._stopped = False

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def tell(self, text: str) -> None:
        """Show a line about a part."""
        if self._stopped:
            complain(text)
        else:
            self._status.update(f"starting the local cloud: {text}")

    def stop(self) -> None:
        """End the display: the cloud is ready."""
        self._stopped = True
        self._status.stop()


def complain(text: str) -> None:
    """Print an error on stderr."""
    print(f"intray: {text}", file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """Return a name from outside, with signs that could steer a terminal or turn its text around made visible."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def money(dollars: float) -> str:
    """Return an amount in dollars with as many digits as small amounts need."""
    return f"${dollars:,.4f}" if dollars < 1 else f"${dollars:,.2f}"
