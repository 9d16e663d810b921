"""The probability of a value keeps its promises, whatever the weights were fitted to."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.documents.extraction import Signals
from shared.domain.judging.confidence import WEIGHTS, probability

BEST = Signals(grounded=1, ocr=1, parsed=1, rules=1, verdict=1, labelled=1, second=1)
shares = st.floats(0, 1)
maybe = st.none() | shares
signals = st.builds(
    Signals, grounded=shares, ocr=shares, parsed=shares, rules=maybe, verdict=maybe, labelled=maybe, second=maybe
)


def test_no_signal_speaks_against_a_value() -> None:
    """A negative weight would reward doubt."""
    assert [] == [name for name, weight in zip(WEIGHTS._fields[1:], WEIGHTS[1:], strict=True) if weight < 0]


@given(signals, st.sampled_from(tuple(Signals.model_fields)), shares)
def test_more_of_a_signal_never_lowers_the_probability(one: Signals, name: str, level: float) -> None:
    """From whatever level it rises, the others being as they are; an absent one may turn out well."""
    before = getattr(one, name)
    more = one.model_copy(update={name: 1.0 if before is None else max(before, level)})
    assert probability(one) <= probability(more)


@given(signals)
def test_a_value_that_is_not_on_the_page_is_never_likely(one: Signals) -> None:
    """Grounding outweighs everything else together."""
    assert probability(one.model_copy(update={"grounded": 0.0})) < 0.3


def test_all_signals_together_are_near_certainty() -> None:
    """Which is never reached."""
    assert 0.95 < probability(BEST) < 1


@given(signals)
def test_a_document_without_a_second_reading_is_neither_rewarded_nor_punished(one: Signals) -> None:
    """Most documents have none: the weight of a second reading must not move them."""
    alone = one.model_copy(update={"second": None})
    assert probability(alone, WEIGHTS._replace(second=0.0)) == probability(alone)


def test_a_second_reading_that_agrees_outweighs_a_missing_label_and_one_that_differs_sends_a_value_to_a_person() -> (
    None
):
    """A grounded value without a label and without a rule, with the built-in threshold for invoices, 0.87."""
    plain = Signals(grounded=1, ocr=1, parsed=1, labelled=0)
    agreed, differing = (probability(plain.model_copy(update={"second": level})) for level in (1.0, 0.0))
    assert differing < 0.6 < probability(plain) < 0.87 < agreed
