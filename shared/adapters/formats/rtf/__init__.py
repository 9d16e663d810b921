"""Parse RTF: striprtf decodes the text; what it leaves out or cannot tell is marked in the RTF before."""

from shared.adapters.formats.rtf.parse import parse_rtf

__all__ = ["parse_rtf"]
