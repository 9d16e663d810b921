"""`intray bench scale` measures what really happens: its counts are those of the storage emulator and the model."""

import tempfile
from pathlib import Path

from quality.bench.scale.measure import Effort, measure
from quality.bench.scale.record import STAGES


async def test_one_document_is_measured_and_counted_as_it_was_served() -> None:
    """`measure` raises when the worker's counts differ from the access log's, or an answer was not stored."""
    with tempfile.TemporaryDirectory(prefix="intray-") as folder:
        measured = await measure(Path(folder), Effort(documents=1, warm_up=1, workers=()), lambda _: None)
    assert all(measured.cpu_of("own", stage) > 0 for stage in STAGES)
    assert measured.requests_of("model") == sum(use.requests for use in measured.models) == 2
    assert measured.requests_of("topic") == 2
    assert 0.8 < sum(entry.milliseconds for entry in measured.cpu) / measured.process_milliseconds < 1.05
    assert measured.active_rows("receive_blob") == 1
