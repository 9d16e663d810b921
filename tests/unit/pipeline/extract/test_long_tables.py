"""Tables: every row comes back, once and in order, whatever a model leaves out or is cut off in."""

from typing import Any

import pytest

from shared.ports.reading import SourcePage
from tests.support.pipeline.long_tables import LIST, TableModel, item, table_page
from tests.support.pipeline.world import World, answering, make_world


def pages_of(rows: int, each: int = 12, total: bool = True) -> list[SourcePage]:
    """So many rows, `each` a page; below the last their sum."""
    parts = [list(range(first, min(first + each, rows + 1))) for first in range(1, rows + 1, each)]
    amount = sum(number + 0.5 for number in range(1, rows + 1))
    return [
        table_page(
            page, [item(number) for number in part], *([f"Total {amount:.2f}"] if total and page == len(parts) else [])
        )
        for page, part in enumerate(parts, 1)
    ]


async def read(pages: list[SourcePage], model: TableModel, extract_range: int = 8) -> tuple[World, dict[str, Any]]:
    """A World in which the model read the pages, and the result."""
    world = make_world(pages, answering(extract_note=model), types=(LIST,), extract_range=extract_range)
    document_id = await world.drop()
    await world.settle()
    return world, await world.result(document_id)


def names(result: dict[str, Any]) -> list[str]:
    return [row["what"] for row in result["fields"]["rows"]["value"]]


def wanted(rows: int) -> list[str]:
    return [item(number)[0] for number in range(1, rows + 1)]


async def test_an_answer_that_is_cut_off_is_gone_on_with_behind_its_last_row() -> None:
    """Every row is paid for once: thirty rows in answers of seven are five answers, and no more."""
    model = TableModel(most_rows=7)
    _, result = await read(pages_of(30), model)
    assert wanted(30) == names(result)
    assert [7, 7, 7, 7, 2] == model.answers
    assert "ACCEPT" == result["disposition"]


async def test_what_stands_behind_a_table_is_asked_for_too() -> None:
    """A schema may have fields after the table that its answer was cut off in."""
    turned = LIST.model_copy(update={"fields": LIST.fields[::-1]}).with_version()
    model = TableModel(most_rows=7)
    world = make_world(pages_of(10), answering(extract_note=model), types=(turned,))
    document_id = await world.drop()
    await world.settle()
    result = await world.result(document_id)
    assert (60.0, wanted(10)) == (result["fields"]["total"]["value"], names(result))


@pytest.mark.parametrize("extract_range", [1, 2, 8])
async def test_rows_that_were_left_out_are_asked_for_again(extract_range: int) -> None:
    """They come back where they stand, and the document needs no person."""
    pages = pages_of(40)
    first_answers = -(-len(pages) // extract_range)
    model = TableModel(leave_out=lambda answer, row: answer <= first_answers and int(row[0].split()[1]) % 3 == 0)
    _, result = await read(pages, model, extract_range)
    assert wanted(40) == names(result)
    assert ("ACCEPT", []) == (result["disposition"], result["findings"])


async def test_headings_of_the_first_page_are_shown_with_those_that_have_none() -> None:
    """A table goes on for pages without saying again what its columns are; nothing is read twice for that."""
    parts = [[item(number) for number in range(first, first + 6)] for first in range(1, 25, 6)]
    amount = sum(number + 0.5 for number in range(1, 25))
    pages = [
        table_page(1, parts[0]),
        table_page(2, parts[1], headed=False),
        table_page(3, parts[2]),
        table_page(4, parts[3], f"Total {amount:.2f}", headed=False),
    ]
    model = TableModel()
    _, result = await read(pages, model, 1)
    assert (wanted(24), "ACCEPT") == (names(result), result["disposition"])
    assert [[1], [1, 2], [3], [1, 4]] == sorted(model.shown, key=lambda shown: shown[-1])


async def test_a_page_that_was_passed_over_whole_is_asked_for_again() -> None:
    """Rows of other pages show how its rows look, though none of its own was read."""
    model = TableModel(leave_out=lambda answer, row: answer == 2)
    _, result = await read(pages_of(36), model, 1)
    assert wanted(36) == names(result)


async def test_rows_with_longer_words_than_the_first_ones_are_rows_too() -> None:
    """The first rows end at the same place because they are equally long; later ones only begin there."""
    first = [item(number) for number in range(10, 22)]
    later = [item(number) for number in range(1010, 1022)]
    model = TableModel(leave_out=lambda answer, _: answer == 2)
    _, result = await read([table_page(1, first), table_page(2, later), table_page(3, [item(30)])], model, 1)
    assert [name for name, _, _ in (*first, *later, item(30))] == names(result)


async def test_rows_that_nobody_reads_go_to_a_person_by_their_lines() -> None:
    """However often a model passes over a row, the document is never accepted without it."""
    model = TableModel(leave_out=lambda _, row: row[0] in {"Item 5", "Item 20"})
    _, result = await read(pages_of(30), model)
    (missing,) = [finding for finding in result["findings"] if finding["rule"] == "rows_missing"]
    assert "page 1 (p1.l16-p1.l18), page 2 (p2.l25-p2.l27)." in missing["message"]
    assert ("error", ["rows"], "REVIEW") == (missing["severity"], missing["fields"], result["disposition"])


async def test_a_table_that_adds_up_is_complete() -> None:
    """What looks like a row is none when the rows add up to the total without it: nothing is asked again."""
    pages = pages_of(12)
    last = table_page(2, [("Carried over", "3", "78.00")])
    model = TableModel(leave_out=lambda _, row: row[0] == "Carried over")
    _, result = await read([*pages, last], model)
    assert (wanted(12), [], 1) == (names(result), result["findings"], len(model.answers))


async def test_rows_whose_sum_stands_on_a_page_are_complete() -> None:
    """A total after discounts differs from the rows; the sum before them, which no field asks for, does not."""
    notes = ("Before discounts 28.00", "Total 20.00")
    first = table_page(1, [item(number) for number in range(5, 9)])
    pages = [first, table_page(2, [("Taxed", "19", "3.19")], *notes)]
    model = TableModel(leave_out=lambda _, row: row[0] == "Taxed")
    _, result = await read(pages, model, 1)
    assert [item(number)[0] for number in range(5, 9)] == names(result)
    assert (2, ["sum", "rows_sum_stated"]) == (len(model.answers), [finding["rule"] for finding in result["findings"]])
    without = [first, table_page(2, [("Taxed", "19", "3.19")], notes[1])]
    _, result = await read(without, TableModel(leave_out=model.leave_out), 1)
    assert "rows_missing" in {finding["rule"] for finding in result["findings"]}


async def test_a_sum_that_is_carried_forward_hides_no_row() -> None:
    """The first page's rows add up to what it carries forward; those of the second page are missed nevertheless."""
    first = [item(number) for number in range(1, 7)]
    carried = f"{sum(number + 0.5 for number in range(1, 7)):.2f}"
    second = [item(number) for number in range(7, 12)]
    for note in (f"Carried forward {carried}", f"Total {carried}"):
        pages = [table_page(1, first, note), table_page(2, second, "Total 99.00")]
        _, result = await read(pages, TableModel(leave_out=lambda answer, _: answer == 2), 1)
        assert wanted(11) == names(result)


async def test_a_sum_is_no_row_that_was_passed_over() -> None:
    """Without a total that confirms the rows: a label with one number below the table is none of them."""
    model = TableModel()
    _, result = await read([*pages_of(12, total=False), table_page(2, [item(13)], "Subtotal 91.00")], model)
    assert (wanted(13), 1) == (names(result), len(model.answers))
    assert "rows_missing" not in {finding["rule"] for finding in result["findings"]}


async def test_a_row_that_is_given_twice_counts_once() -> None:
    """The same cells from the same lines are one row, however often a model writes them."""
    model = TableModel()

    def twice(call: Any) -> Any:
        answer = model(call)
        return (
            {**answer, "rows": [row for row in answer["rows"] for _ in range(2)]}
            if isinstance(answer, dict)
            else answer
        )

    world = make_world(pages_of(4), answering(extract_note=twice), types=(LIST,))
    document_id = await world.drop()
    await world.settle()
    assert wanted(4) == names(await world.result(document_id))


async def test_of_what_ranges_state_differently_arithmetic_decides() -> None:
    """The sum of the first page is stated first; the total is the one that the rows add up to."""
    pages = pages_of(24)
    subtotal = sum(number + 0.5 for number in range(1, 13))
    first = table_page(1, [item(number) for number in range(1, 13)], f"Total {subtotal:.2f}")
    _, result = await read([first, *pages[1:]], TableModel(), 1)
    assert 312.0 == result["fields"]["total"]["value"]
    assert ["ranges_disagree"] == [finding["rule"] for finding in result["findings"]]
