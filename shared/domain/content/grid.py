"""Turn the rows of a table whose cells hold blocks into blocks of a flow."""

from collections.abc import Iterator, Sequence

from shared.domain.content.blocks import Block, Cell, Flow, Paragraph, Table, header_row, is_number
from shared.domain.content.nested_tables import CellBlocks, fits_in_cell, list_lines, split_rows


def grid(rows: Sequence[Sequence[CellBlocks]]) -> Flow:
    """Yield the blocks of a table whose cells hold blocks (and span columns).

    A table of text stays a table; what else is in its cells follows it. One of one cell a row only lays out and is
    unrolled: its cells' blocks one after the other. Of a table that holds tables, the rows of data stay a table, with a
    small table inside as text of its cell, a large one behind; the rows that lay out are unrolled.
    """
    inside = [block for row in rows for blocks, _ in row for block in blocks]
    if all(len(row) < 2 for row in rows):  # noqa: PLR2004 - one cell a row
        yield from inside
    elif not any(isinstance(block, Table) for block in inside):
        yield from _make_table(rows)
    else:
        for is_table, run in split_rows([[(_hold_rows(blocks), span) for blocks, span in row] for row in rows]):
            if is_table:
                yield from _make_table(run)
            else:
                yield from (block for row in run for blocks, _ in row for block in blocks)


def _make_table(rows: Sequence[Sequence[CellBlocks]]) -> Iterator[Block]:
    """Yield the table of these rows, then what does not fit in its cells: large tables, pictures, unseen text."""
    own = [[Cell("\n".join(list_lines(blocks, with_tables=False))) for blocks, _ in row] for row in rows]
    filled_cells, has_header = sum(bool(cell.text) for row in own for cell in row), header_row(own) is not None
    table: list[list[Cell]] = []
    behind: list[Block] = []
    for row in rows:
        table.append([])
        for blocks, span in row:
            details: list[Block] = []
            for block in blocks:
                is_detail = isinstance(block, Table) and fits_in_cell(
                    block, outer_cells=filled_cells, has_header=has_header
                )
                (details if is_detail or isinstance(block, Paragraph) else behind).append(block)
            text = "\n".join(list_lines(details, with_tables=True))
            table[-1].append(Cell(text, is_number(text), span))
    yield Table(table, header_row(table))
    yield from behind


def _hold_rows(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the blocks with the rows of tables in lists, to be looked at more than once."""
    return [block._replace(rows=list(block.rows)) if isinstance(block, Table) else block for block in blocks]
