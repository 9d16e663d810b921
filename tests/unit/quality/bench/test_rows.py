"""What `intray bench rows` makes of its tables."""

from decimal import Decimal
from typing import Any

import pymupdf
import pytest

from quality.bench.rows import CASES, TABLE, Case, as_pdf, compare_rows, long_invoice
from quality.samples.content.labels import invoice_fields


def test_every_case_is_another_document_and_the_same_each_time() -> None:
    """Equal content is not processed twice, and figures of two runs must be comparable."""
    small = [case for case in CASES if case.rows <= 200]
    files = [as_pdf(case) for case in small]
    assert len(set(files)) == len(files)
    assert files[0] == as_pdf(small[0])


@pytest.mark.parametrize(("headed", "headings"), [(True, 3), (False, 1)])
def test_headings_stand_on_each_page_or_on_the_first(headed: bool, headings: int) -> None:
    """What makes the second kind hard: most pages do not say what their columns are."""
    document: Any = pymupdf.open(stream=as_pdf(Case(100, headed=headed)), filetype="pdf")
    texts = [page.get_text() for page in document]
    assert (3, headings) == (len(texts), sum("Unit price" in text for text in texts))
    assert all(item.description in "".join(texts) for item in long_invoice(Case(100, headed=headed)).items)


def test_a_row_that_lacks_or_is_wrong_is_seen() -> None:
    """The figure could not be trusted otherwise."""
    case = Case(50)
    rows: Any = invoice_fields(long_invoice(case))[TABLE]
    assert (1.0, 1.0) == (compare_rows(case, rows).found.recall, compare_rows(case, rows).exact.recall)
    less = compare_rows(case, [*rows[:20], *rows[21:]])
    assert (0.98, 49) == (less.found.recall, less.found.predicted)
    wrong = compare_rows(case, [{**rows[0], "amount": Decimal(1)}, *rows[1:]])
    assert (1.0, 0.98) == (wrong.found.recall, wrong.exact.recall)
    assert 51 == compare_rows(case, [*rows, rows[0]]).found.predicted
