"""Parse ODT and ODS with lxml: OpenDocument holds each cell's text as its program shows it."""

from shared.adapters.formats.odf.parse import parse_ods, parse_odt

__all__ = ["parse_ods", "parse_odt"]
