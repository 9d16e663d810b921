"""Fonts that name other letters for programs (ToUnicode) than their encoding draws."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pymupdf

_CODES = (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))
"""Digits and letters: each has this code in every one of `_ENCODINGS`, and in Unicode."""
_ENCODINGS = ("WinAnsiEncoding", "MacRomanEncoding", "StandardEncoding")


class FontCheck:
    """Checks each font of a document once.

    Only fonts with a plain named encoding are checked: the glyphs of others can only be checked on a picture.
    """

    def __init__(self) -> None:
        self._misleading: dict[int, bool] = {}

    def misleads(self, page: "pymupdf.Page") -> bool:
        """Return whether a font in the page's resources names a digit or letter as another one."""
        from pymupdf import mupdf

        own = mupdf.pdf_page_from_fz_page(page.this).obj()
        resources = mupdf.pdf_dict_get_inheritable(own, mupdf.PDF_ENUM_NAME_Resources)
        fonts = mupdf.pdf_dict_get(resources, mupdf.PDF_ENUM_NAME_Font)
        misleads = False
        for index in range(mupdf.pdf_dict_len(fonts)):
            font = mupdf.pdf_dict_get_val(fonts, index)
            number = mupdf.pdf_to_num(font)
            if not number or number not in self._misleading:  # a font in the page itself has no number
                self._misleading[number] = _is_misleading(page.parent, font)
            misleads = misleads or self._misleading[number]
        return misleads


def _is_misleading(document: "pymupdf.Document", font: Any) -> bool:  # noqa: ANN401 - MuPDF's have no types
    from pymupdf import mupdf

    letters = mupdf.pdf_dict_gets(font, "ToUnicode")
    encoding = mupdf.pdf_to_name(mupdf.pdf_dict_get(font, mupdf.PDF_ENUM_NAME_Encoding))
    if encoding not in _ENCODINGS or not mupdf.pdf_is_stream(letters):
        return False
    pdf = mupdf.pdf_document_from_fz_document(document.this)
    try:
        table = mupdf.pdf_load_embedded_cmap(pdf, letters)
        named = {code: mupdf.pdf_lookup_cmap(table, code) for code in _CODES}
    except (RuntimeError, ValueError, mupdf.FzErrorBase):
        return False  # MuPDF reads no text by a broken table either; it goes by the encoding
    return any(letter > 0 and letter != code and chr(letter).isalnum() for code, letter in named.items())
