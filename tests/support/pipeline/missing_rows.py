"""A table whose rows a model leaves out at first, so that validation asks for them again."""

from typing import Any

from shared.domain.models.model_call import ModelCall
from shared.testing.models import ModelScript
from tests.support.pipeline.long_tables import LIST, Cells, TableModel, item, table_page
from tests.support.pipeline.world import World, answering, make_world

PAGES, ROWS = 7, 4


class ForgetfulModel(TableModel):
    """Leaves out a row of each page when it reads it for the first time; its answer depends on nothing but the call."""

    def __call__(self, call: ModelCall) -> Any:
        first_reading = "<only_rows>" not in str(call.parts[-1])
        self.leave_out = lambda _answer, row: first_reading and _is_second_row(row)
        return super().__call__(call)


def _is_second_row(row: Cells) -> bool:
    return int(row[0].split()[1]) % ROWS == 2


def table_world(script: ModelScript | None = None, pages: int = PAGES, **limits: Any) -> World:
    """A World whose files hold one table over several pages, and whose model leaves rows out at first."""
    sources = [
        table_page(page, [item(number) for number in range((page - 1) * ROWS + 1, page * ROWS + 1)])
        for page in range(1, pages + 1)
    ]
    model = ForgetfulModel()
    script = script or answering(extract_note=model)
    return make_world(sources, script, types=(LIST,), **({"extract_range": 1, "read_range": 8} | limits))


def names(result: dict[str, Any]) -> list[str]:
    return [row["what"] for row in result["fields"]["rows"]["value"]]


ALL = [item(number)[0] for number in range(1, PAGES * ROWS + 1)]
