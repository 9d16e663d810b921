"""Twenty stacks of the project's own invoices and receipts: where a document begins is found, and nowhere else."""

import random
from pathlib import Path

import pymupdf

from local.model_server.offline.request import read_document
from quality.samples.content import invoices, receipts
from quality.samples.content.documents import Invoice, Receipt
from quality.samples.content.words import AMERICAN, ENGLISH, FRENCH, GERMAN, IRISH, SPANISH, SWISS
from quality.samples.layouts.band import band
from quality.samples.layouts.grid import grid
from quality.samples.layouts.letter import letter
from quality.samples.layouts.slip import slip
from shared.adapters.pdf.document import read_pages
from shared.document_types.loader import BUILT_IN, load_types
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.packet import SignReader, judge_pages, parts
from shared.domain.reading.quoting import quote_pages
from shared.rule_reader.classify import TypeWords, best_score
from shared.rule_reader.split import FIRST_PAGE
from tests.e2e.stack import bound

STACKS = 20
LAYOUTS = (band, grid, letter)
LANGUAGES = (AMERICAN, ENGLISH, FRENCH, GERMAN, IRISH, SPANISH, SWISS)
INVOICES = [one for one in vars(invoices).values() if isinstance(one, Invoice)]
RECEIPTS = [one for one in vars(receipts).values() if isinstance(one, Receipt)]
TYPES = list(load_types(BUILT_IN).values())
WORDS = [TypeWords(kind.name, kind.title, kind.labels) for kind in TYPES]


def stack(rng: random.Random) -> list[bytes]:
    """Three to eight documents, no content twice, each in some layout and language."""
    made = [
        rng.choice(LAYOUTS)(one, rng.choice(LANGUAGES))
        for one in rng.sample(INVOICES, rng.randint(3, min(7, len(INVOICES))))
    ]
    made += [slip(one, rng.choice(LANGUAGES)) for one in rng.sample(RECEIPTS, rng.randint(0, 3))]
    rng.shuffle(made)
    return made


def found_firsts(file: Path) -> set[int]:
    """The pages on which a document is taken to begin, the offline reader being asked where pages leave a doubt."""
    with pymupdf.open(file) as book:
        numbers = tuple(range(1, book.page_count + 1))
    pages = [raw.to_source_page().page for raw in read_pages(str(file), (), numbers, Ceiling(0), Ceiling(0))]
    said = list(judge_pages([SignReader(TYPES).read(page) for page in pages]))
    for page in pages:
        alone = read_document((quote_pages([page]),))
        if said[page.number - 1] == "unsure" and best_score(alone, WORDS) >= FIRST_PAGE:
            said[page.number - 1] = "starts"
    return {part.first for part in parts(said)}


def test_the_documents_of_twenty_stacks_are_told_apart(tmp_path: Path) -> None:
    """F1 of the boundaries is 0.9 or more, and no document is cut in two: that would be worse than one too few."""
    rng = random.Random(7)  # noqa: S311 - a repeatable choice, no secret
    right = wrong = missed = 0
    for number in range(STACKS):
        file = tmp_path / f"{number}.pdf"
        data, ranges = bound(stack(rng))
        file.write_bytes(data)
        expected = {first for first, _ in ranges} - {1}
        found = found_firsts(file) - {1}
        right, wrong, missed = (
            right + len(found & expected),
            wrong + len(found - expected),
            missed + len(expected - found),
        )
    assert 0 == wrong
    assert 2 * right / (2 * right + wrong + missed) >= 0.9
