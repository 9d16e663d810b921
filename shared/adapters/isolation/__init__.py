"""A few child processes for code that holds the GIL, can crash, hang or eat memory on a hostile file.

Children are forked from a clean server process (forkserver), so that none of this process's threads, locks,
connections or its `__main__` module reach them. A child serves one call at a time: when it dies, it is known which
call did it.
"""

from shared.adapters.isolation.pool import ProcessPool

__all__ = ["ProcessPool"]
