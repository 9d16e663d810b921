"""Evaluation records: what they count, the bound they state, and when none is made."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from cli.commands.eval_record import check_recordable
from quality.evals.evaluation import Case, cases
from quality.evals.record import Conditions, InvalidRecord, make_record, record_path, write_record
from shared.domain.models.catalogue import Catalogue, Deployment
from shared.domain.types.document_type import Policy
from shared.domain.types.evaluation import Evaluation, error_rate_at_most, error_rate_interval
from tests.unit.quality.evals.makers import NOTE, labelled, predicted


def _conditions(name: str = "offline-reader", model: str = "offline-reader-1") -> Conditions:
    deployment = Deployment(
        name=name, capabilities=frozenset({"vision"}), input_price=1, cached_price=1, output_price=1
    )
    catalogue = Catalogue(deployments=(deployment,))
    return Conditions("made", catalogue, (model,), date(2026, 1, 2), "intray eval made", "intray 0")


def _cases() -> list[Case]:
    documents = [labelled(f"{name}.pdf", number="7", total=1.0) for name in "abcd"]
    predictions = [
        predicted("a.pdf", number="7", total=1.0),
        predicted("b.pdf", number="8", total=1.0),
        predicted("c.pdf", number="7"),
        predicted("d.pdf", "REVIEW", number="9", total=1.0),
    ]
    return cases(documents, {one.file: one for one in predictions}, {"note": NOTE})


@pytest.mark.parametrize(
    ("wrong", "accepted", "bound"),
    [(0, 149, 0.02), (1, 236, 0.02), (5, 523, 0.02), (0, 299, 0.01), (2, 628, 0.01), (0, 598, 0.005), (5, 2100, 0.005)],
)
def test_the_bound_is_the_one_of_published_tables(wrong: int, accepted: int, bound: float) -> None:
    """So many accepted documents with so many errors certify the rate with 95 %, one fewer does not."""
    assert error_rate_at_most(wrong, accepted) <= bound
    assert error_rate_at_most(wrong, accepted - 2) > bound - 0.0001


@pytest.mark.parametrize(("wrong", "accepted"), [(0, 0), (3, 3)])
def test_without_a_right_document_nothing_is_certain(wrong: int, accepted: int) -> None:
    """The bound is then that everything may be wrong."""
    assert 1.0 == error_rate_at_most(wrong, accepted)


@pytest.mark.parametrize(
    ("wrong", "accepted", "low", "high"),
    [(0, 20, 0.0, 0.1684), (1, 20, 0.0013, 0.2487), (10, 20, 0.272, 0.728), (20, 20, 0.8316, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_that_of_published_tables(wrong: int, accepted: int, low: float, high: float) -> None:
    """Clopper and Pearson's, from both sides."""
    assert (low, high) == pytest.approx(error_rate_interval(wrong, accepted), abs=2e-4)


def test_many_documents_are_no_trouble_for_the_bound() -> None:
    """Binomial coefficients of thousands of cases are larger than any float."""
    assert 0.0099 < error_rate_at_most(950, 100_000) < 0.0102


def test_a_record_counts_what_was_accepted_and_wrong(tmp_path: Path) -> None:
    """A wrong value makes a document wrong, a missing one incomplete; the file reads back as the same record."""
    record = make_record(_cases(), NOTE, _conditions())
    assert (4, 3, 1, 1) == (record.documents, record.accepted, record.wrong, record.incomplete)
    assert (0.3333, 0.8647) == (record.error_rate, record.error_rate_at_most)
    write_record(tmp_path / "x" / "a.yaml", record)
    text = (tmp_path / "x" / "a.yaml").read_text()
    assert "deterministic reader" in text
    assert record == Evaluation.model_validate(yaml.safe_load(text))


def test_documents_that_wait_for_this_very_evaluation_count_as_accepted() -> None:
    """Else no first record could ever be made."""
    waiting = predicted("a.pdf", "REVIEW", number="7", total=1.0)
    waiting = type(waiting)(**{**vars(waiting), "reasons": ("not_evaluated",)})
    found = cases([labelled("a.pdf", number="7", total=1.0)], {"a.pdf": waiting}, {"note": NOTE})
    assert 1 == make_record(found, NOTE, _conditions()).accepted


def test_the_local_reader_makes_no_record_for_other_deployments() -> None:
    """It answers to any name: such a record would put a threshold in force that nobody measured."""
    with pytest.raises(InvalidRecord, match=r"the deployments gpt-5\.4-mini"):
        make_record(_cases(), NOTE, _conditions("gpt-5.4-mini"))
    assert "gpt" in str(make_record(_cases(), NOTE, _conditions("gpt-5.4-mini", "gpt-5.4-mini")).deployments)


def test_what_cannot_be_recorded_is_refused_before_anything_is_processed() -> None:
    """A drafted type, several types for one file, and a type without a threshold."""
    types = {"note": NOTE, "slip": NOTE.model_copy(update={"name": "slip"})}
    check_recordable(Path("{type}.yaml"), types, set(types), set())
    with pytest.raises(InvalidRecord, match="drafted"):
        check_recordable(Path("{type}.yaml"), types, set(types), {"slip"})
    with pytest.raises(InvalidRecord, match="2 types"):
        check_recordable(Path("a.yaml"), types, set(types), set())
    with pytest.raises(InvalidRecord, match=r"set policy.accept_at"):
        check_recordable(Path("a.yaml"), {"note": NOTE.model_copy(update={"policy": Policy()})}, {"note"}, set())
    assert Path("note/a.yaml") == record_path(Path("{type}/a.yaml"), "note")
