"""What a million documents cost."""

import pytest

from quality.bench.scale.pricing import Price, PriceList, cost_lines, load_prices, lonely_execution_cost
from quality.bench.scale.record import Measurement, ModelUse
from quality.bench.scale.report import load_report
from shared.domain.models.catalogue import Catalogue, Deployment

CATALOGUE = Catalogue(
    deployments=(
        Deployment(
            name="mini", capabilities=frozenset({"vision"}), input_price=1.0, cached_price=0.1, output_price=4.0
        ),
    )
)


@pytest.fixture
def measured() -> Measurement:
    use = ModelUse(deployment="mini", requests=1, prompt_tokens=3000, completion_tokens=500)
    return load_report().measurement.model_copy(update={"models": [use]})


def test_a_price_is_for_so_many_units() -> None:
    """10,000 writes at 0.055 dollars for 10,000."""
    prices = load_prices()
    assert prices.cost("blob write", 10_000) == pytest.approx(0.055)


def test_a_meter_without_a_price_is_an_error() -> None:
    """A new operation must not be free by accident."""
    with pytest.raises(LookupError, match="no price for 'blob teleport'"):
        load_prices().cost("blob teleport", 1)


def test_the_lines_are_the_counted_requests_at_list_price(measured: Measurement) -> None:
    """Every request of worker and host is on the bill once."""
    lines = {line.meter: line for line in cost_lines(measured, load_prices(), CATALOGUE)}
    storage = sum(lines[meter].units for meter in lines if meter.startswith(("blob", "queue", "table")))
    counted = sum(entry.requests for entry in measured.all_requests if entry.service in {"blob", "queue", "table"})
    assert storage == pytest.approx(counted)
    assert lines["blob write"].dollars == pytest.approx(lines["blob write"].units * 5.5)
    assert lines["mini: input tokens"].dollars == pytest.approx(3000)
    assert lines["mini: output tokens"].dollars == pytest.approx(2000)


def test_executions_alone_on_an_instance_are_billed_for_a_second_each(measured: Measurement) -> None:
    """Documents one by one cost more than a stream of them."""
    prices = PriceList(
        as_of=load_prices().as_of, prices=[Price(meter="execution GB-second", per=1, dollars=1, source="test")]
    )
    assert lonely_execution_cost(measured, prices) == pytest.approx(2e6 * measured.invocations)
