"""`intray bench rows`: long tables through a whole cloud whose model cuts its answers off; every row must come back."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from local.cloud.api import Api, api
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.cloud.storage import Uploads, uploads
from quality.bench.pages import settled
from quality.evals.comparing.score import TableScore, score
from quality.evals.sets.labelled import Labelled
from quality.evals.sets.prediction import PredictedField, PredictedRow, Prediction
from quality.measure import Figure
from quality.samples.content import invoices
from quality.samples.content.documents import Invoice, Item
from quality.samples.content.labels import invoice_fields
from quality.samples.content.words import ENGLISH
from quality.samples.layouts.band import band_over
from quality.samples.layouts.table import Table
from shared.document_types.loader import BUILT_IN, load_types
from shared.domain.documents.extraction import Scalar
from shared.domain.documents.result import ResultField
from shared.pipeline.operations.status import DocumentDetail

OUTPUT_TOKENS = 2_000
"""Where the model server cuts its answers off: less than the rows of one page take."""
SIZES = (50, 200, 800, 3_200)
TABLE = "line_items"
_WORDS = (
    "hex bolt",
    "washer",
    "split pin",
    "brass hinge",
    "cable tie",
    "gasket",
    "roller",
    "spring",
    "valve",
    "bracket",
)


@dataclass(frozen=True)
class Case:
    """A table: its rows, and whether each page has the headings again. `faults`: answers that pass over rows."""

    rows: int
    headed: bool = True
    faults: int = 0

    @property
    def name(self) -> str:
        """How figures call it."""
        return f"{self.rows} rows" + (", headings once" * (not self.headed)) + (", rows left out" * bool(self.faults))


CASES = (
    *(Case(rows) for rows in SIZES),
    *(Case(rows, headed=False) for rows in SIZES[1:]),
    Case(200, faults=6),
)


def long_invoice(case: Case) -> Invoice:
    """Return the invoice of a case: the same each time, and another one than that of every other case."""
    dice = random.Random(case.name)  # noqa: S311 - not for secrets
    items = [
        Item(
            f"{dice.choice(_WORDS).capitalize()} {dice.randrange(100, 999)}-{number:04d}",
            Decimal(dice.randrange(1, 40)),
            Decimal(dice.randrange(105, 99_999)) / 100,
            Decimal(20),
        )
        for number in range(1, case.rows + 1)
    ]
    return replace(invoices.HARBOUR, number=f"L-{dice.randrange(10**6, 10**7)}", items=tuple(items), prepaid=Decimal(0))


def as_pdf(case: Case) -> bytes:
    """Return the invoice of a case on A4, forty rows a page, without sums carried forward."""
    table = Table(left=16, bottom=266, border="zebra", row_height=5.8, headed=case.headed, carries=False)
    return band_over(table, long_invoice(case), ENGLISH)


async def measure(folder: Path, cases: Sequence[Case], tell: Callable[[str], None]) -> list[Figure]:
    """Send the table of each case through a cloud in the new folder `folder`, one after the other.

    It waits for the outcomes however long that takes. Raises CloudError.
    """
    options = CloudOptions(folder / "cloud", model_arguments=("--output-tokens", str(OUTPUT_TOKENS)))
    figures: list[Figure] = []
    async with (
        Cloud(options, tell) as cloud,
        api(cloud.addresses) as client,
        uploads(cloud.addresses.storage) as storage,
    ):
        for case in cases:
            tell(case.name)
            await _leave_out_rows(cloud.addresses.models, case.faults)
            detail = await _process_document(folder, case, client, storage, tell)
            tell("; ".join([detail.run.state.value, *(reason.message for reason in detail.run.reasons)]))
            figures += _figures(case, detail)
    return figures


async def _process_document(
    folder: Path, case: Case, client: Api, storage: Uploads, tell: Callable[[str], None]
) -> DocumentDetail:
    file = folder / f"{case.name}.pdf"
    file.write_bytes(as_pdf(case))
    return await settled(client, await storage.upload(file, f"invoice/{file.name}"), tell)


async def _leave_out_rows(models: str, answers: int) -> None:
    """Have the model server leave rows out of its next `answers` to questions of extraction."""
    import aiohttp

    if not answers:
        return
    rule = {"match": {"schema": "extract_invoice"}, "fault": {"kind": "drop_rows"}, "times": answers}
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        await session.post(models.removesuffix("/v1") + "/admin/faults", json=[rule])


def compare_rows(case: Case, rows: Sequence[Mapping[str, Scalar]]) -> TableScore:
    """Return how many of the case's rows are among `rows`, which are given by column."""
    kind = load_types(BUILT_IN)["invoice"]
    labelled = Labelled(case.name, Path(), kind.name, {TABLE: invoice_fields(long_invoice(case))[TABLE]})
    read = PredictedField(rows=tuple(PredictedRow(cells) for cells in rows))
    return score(labelled, Prediction(case.name, "finalized", fields={TABLE: read}), kind).tables[TABLE]


def _figures(case: Case, detail: DocumentDetail) -> list[Figure]:
    field = detail.result.fields[TABLE] if detail.result else ResultField()
    table = compare_rows(case, [row.cells for row in field.rows])
    seconds = ((detail.run.finished or detail.run.updated) - detail.document.received).total_seconds()
    return [
        Figure(name=f"{case.name}: row recall", value=round(table.found.recall, 4), goal=1.0, better="higher"),
        Figure(name=f"{case.name}: rows exact", value=round(table.exact.recall, 4), goal=1.0, better="higher"),
        Figure(name=f"{case.name}: rows too many", value=max(0, table.found.predicted - table.found.n), goal=0),
        Figure(name=f"{case.name}: pages", value=detail.run.pages),
        Figure(name=f"{case.name}: model calls", value=detail.run.bill.calls),
        Figure(name=f"{case.name}: went to a person", value=int(detail.run.disposition != "ACCEPT"), goal=0),
        Figure(name=f"{case.name}: to its outcome", value=round(seconds, 1), unit="s"),
    ]
