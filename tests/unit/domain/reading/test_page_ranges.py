"""How pages are split, and how one range is found again by its name or by a page in it."""

import pytest

from shared.domain.reading.page_range import page_ranges, planned_range, range_with


@pytest.mark.parametrize(("pages", "size"), [(1, 8), (8, 8), (9, 8), (25, 8), (5, 1)])
def test_a_range_is_found_by_its_name_and_by_each_of_its_pages(pages: int, size: int) -> None:
    """A step of a file of 5,000 pages must not make 625 ranges to find its own."""
    for planned in page_ranges(pages, size):
        assert planned == planned_range(pages, size, planned.name)
        assert {planned} == {range_with(page, pages, size) for page in planned.numbers}


@pytest.mark.parametrize("name", ["plan", "", "p00009-00016", "p00002-00009", "p00001-00009", "p00000-00008", "p1-8"])
def test_a_name_that_is_not_planned_finds_nothing(name: str) -> None:
    """A message of another plan, or from nowhere, is about no pages."""
    assert planned_range(8, 8, name) is None


def test_before_there_is_a_plan_no_range_is_found() -> None:
    """A size of 0 says that nothing is planned."""
    assert planned_range(8, 0, "p00001-00008") is None
