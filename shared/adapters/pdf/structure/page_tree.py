"""The page tree of a PDF: its pages are counted by /Kids, whatever /Count says.

Viewers differ in which of the two they believe, and MuPDF believes /Count: pages beyond it would never be read.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pymupdf

type PdfObject = Any
"""An object of MuPDF, whose bindings have no types."""


def repair_page_tree(document: "pymupdf.Document") -> int:
    """Make the page tree of the open document hold its pages and nothing else, where MuPDF finds a mistake in it.

    Return how many pages more than it holds the tree claims to have (0 for a sound one).
    """
    from pymupdf import mupdf

    pdf = mupdf.pdf_document_from_fz_document(document.this)
    root = mupdf.pdf_dict_get(mupdf.pdf_trailer(pdf), mupdf.PDF_ENUM_NAME_Root)
    tree = mupdf.pdf_dict_get(root, mupdf.PDF_ENUM_NAME_Pages)
    claimed = mupdf.pdf_dict_get_int(tree, mupdf.PDF_ENUM_NAME_Count)  # before MuPDF corrects it
    if _is_sound(pdf):
        return 0
    pages = list(_pages_below(tree))
    if not pages:
        return 0
    kids = mupdf.pdf_new_array(pdf, len(pages))
    for page in pages:
        mupdf.pdf_array_push(kids, page)
    mupdf.pdf_dict_put(tree, mupdf.PDF_ENUM_NAME_Kids, kids)
    mupdf.pdf_dict_put_int(tree, mupdf.PDF_ENUM_NAME_Count, len(pages))
    mupdf.ll_pdf_drop_page_tree(pdf.m_internal)
    return int(max(0, claimed - len(pages)))


def is_missing(page: "pymupdf.Page") -> bool:
    """Return whether the object that the page tree names as this page is not in the file."""
    from pymupdf import mupdf

    return not mupdf.pdf_is_dict(mupdf.pdf_page_from_fz_page(page.this).obj())


def _is_sound(pdf: PdfObject) -> bool:
    """Return whether MuPDF loads the whole tree and has nothing to say about it; that runs in C, 0.01 ms a page."""
    from pymupdf import TOOLS, mupdf

    TOOLS.mupdf_warnings(reset=True)
    try:
        if mupdf.pdf_count_pages(pdf) < 1:
            return False
        mupdf.pdf_lookup_page_obj(pdf, 0)
    except mupdf.FzErrorBase:
        return False
    warnings = TOOLS.mupdf_warnings(reset=True)
    return "page tree" not in warnings and "Document claims" not in warnings


def _pages_below(tree: PdfObject) -> Iterator[PdfObject]:
    """Yield the pages of a tree in order; a node that is met again is not entered again.

    A reference to an object that is not in the file is a page that is lost; null and numbers are no pages.
    """
    from pymupdf import mupdf

    entered = {mupdf.pdf_to_num(tree)}
    open_nodes = [_kids_of(tree)]
    while open_nodes:
        kid = next(open_nodes[-1], None)
        if kid is None:
            open_nodes.pop()
        elif not mupdf.pdf_is_dict(kid):
            if mupdf.pdf_is_indirect(kid):
                yield kid
        elif mupdf.pdf_is_array(mupdf.pdf_dict_get(kid, mupdf.PDF_ENUM_NAME_Kids)):
            number = mupdf.pdf_to_num(kid)
            if not number or number not in entered:
                entered.add(number)
                open_nodes.append(_kids_of(kid))
        elif _is_page(kid):
            yield kid


def _kids_of(node: PdfObject) -> Iterator[PdfObject]:
    from pymupdf import mupdf

    kids = mupdf.pdf_dict_get(node, mupdf.PDF_ENUM_NAME_Kids)
    return (mupdf.pdf_array_get(kids, index) for index in range(mupdf.pdf_array_len(kids)))


def _is_page(node: PdfObject) -> bool:
    """Return whether a node without kids is a page: by its type, or by what only pages have."""
    from pymupdf import mupdf

    names = (mupdf.PDF_ENUM_NAME_Contents, mupdf.PDF_ENUM_NAME_MediaBox, mupdf.PDF_ENUM_NAME_Resources)
    node_type = mupdf.pdf_to_name(mupdf.pdf_dict_get(node, mupdf.PDF_ENUM_NAME_Type))
    if node_type in ("Page", "Pages"):
        return bool(node_type == "Page")
    return any(not mupdf.pdf_is_null(mupdf.pdf_dict_get(node, name)) for name in names)
