"""What of a page MuPDF could not read, by its warnings.

MuPDF continues after most damage: it omits what it cannot draw, and reports that in warnings only.
"""

import re

_LOST_CONTENT = re.compile(
    "syntax errors; (?:page may not be correct|ignoring rest of page)|syntax error in content stream|unknown keyword"
    "|ignoring zlib error|read error; treating as end of file|premature end (?:of data )?in"
    "|content stream is not a stream|cannot load content stream part|unknown filter name|unknown compression method"
    "|cannot draw text since font|unknown cid font type|cannot load font|cannot load ToUnicode"
    "|cannot find object in xref|ignoring error during interpretation",
    re.IGNORECASE,
)
"""Of the files of invoices, contracts, forms and receipts in our samples none causes one of these; warnings about
colour profiles, fonts that are not embedded, and unbalanced states of drawing lose no text."""
_LOST_IMAGE = re.compile(
    "padding truncated image|premature end of file in jpeg|premature end of jpeg|corrupt jpeg|jpeg error"
    "|openjpeg error|jpx|jbig2|faxd|cannot (?:decode|render) image|cannot load image|png error|truncated packed image",
    re.IGNORECASE,
)


def lost_parts(reading: str, drawing: str = "") -> tuple[str, ...]:
    """Return the codes (of `shared.domain.reading.page.UNREAD_PARTS`) of what was lost, by the warnings of both steps.

    Pictures are decoded only when the page is drawn.
    """
    lost = []
    if _LOST_CONTENT.search(_without_images(reading)) or _LOST_CONTENT.search(_without_images(drawing)):
        lost.append("damaged_content")
    if _LOST_IMAGE.search(reading) or _LOST_IMAGE.search(drawing):
        lost.append("truncated_image")
    return tuple(lost)


def _without_images(warnings: str) -> str:
    """Return the warnings without the general ones that follow the failure of a picture."""
    if not _LOST_IMAGE.search(warnings):
        return warnings
    general = re.compile("read error; treating as end of file|ignoring error during interpretation", re.IGNORECASE)
    return general.sub("", warnings)
