"""Parse HTML with lxml, as a browser shows it on a screen without running or fetching anything."""

from shared.adapters.formats.html.parser import parse_html

__all__ = ["parse_html"]
