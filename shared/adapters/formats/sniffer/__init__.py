"""Tell a file's type by its content: by first bytes, by structure, by puremagic, and text by its letters."""

from shared.adapters.formats.sniffer.sniffer import PuremagicSniffer, sniff

__all__ = ["PuremagicSniffer", "sniff"]
