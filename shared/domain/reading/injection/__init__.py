"""Text that addresses its reader: a document has no business instructing the program that reads it.

A tripwire, not the defence. The defence is that document text is fenced as data, that no value passes without standing
on the page, and that rules check the rest; these patterns make a person look where somebody tried.
"""

from shared.domain.reading.injection.matching import addressing_lines

__all__ = ["addressing_lines"]
