"""Import the CEL binding without its console.

The package imports its command line as soon as it is imported, which needs typer, rich, prompt-toolkit and pygments and
takes most of a second. An empty module stands in for the command line meanwhile.
"""

import sys
from types import ModuleType

_CONSOLE = "cel.cli"

if "cel" not in sys.modules:
    sys.modules[_CONSOLE] = ModuleType(_CONSOLE)
    import cel

    del sys.modules[_CONSOLE]
else:
    import cel

__all__ = ["cel"]
