"""The scenarios of tests/unit/pipeline once more, on a real Azurite instead of the twins."""

from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from shared.testing.clock import FixedClock
from tests.integration.azurite_storage import AzuriteStorage, empty
from tests.support.pipeline.world import ANSWERS, World, answering, make_world
from tests.unit.pipeline import test_nothing_twice, test_way_of_a_document
from tests.unit.pipeline.extract import test_bad_answers
from tests.unit.pipeline.extract.test_bad_answers import (  # noqa: F401 - as above
    test_a_poisoned_message_is_kept_and_its_document_fails,
    test_events_wait_out_an_outage_of_the_topic,
)
from tests.unit.pipeline.operations import test_again_and_never
from tests.unit.pipeline.operations.test_again_and_never import (  # noqa: F401 - pytest runs them from here
    test_a_failed_document_is_revived_and_pays_only_what_is_new,
    test_a_file_that_changes_while_it_is_processed,
    test_an_open_case_can_be_forgotten_and_leaves_the_queue,
    test_events_are_told_again_from_a_time_on,
    test_forgetting_leaves_nothing_but_the_event,
    test_forgetting_one_document_leaves_the_others,
    test_forgotten_content_is_processed_anew,
    test_messages_of_an_older_run_change_nothing,
)
from tests.unit.pipeline.review import test_correct, test_review
from tests.unit.pipeline.review.test_correct import (  # noqa: F401 - as above
    test_a_replay_starts_from_the_file_again,
    test_two_at_the_same_moment_are_one_correction,
    test_two_people_never_overwrite_each_other,
)
from tests.unit.pipeline.review.test_review import (  # noqa: F401 - as above
    test_a_correction_is_in_the_result_and_in_the_event,
    test_two_people_are_never_on_one_case,
)
from tests.unit.pipeline.test_nothing_twice import (  # noqa: F401 - as above
    crash_heals,
    test_a_blob_deleted_before_it_was_taken_in_has_an_outcome,
    test_a_copy_of_what_then_fails_is_processed_after_all,
    test_a_repeated_event_is_the_same_document,
    test_an_overwritten_blob_is_a_new_document,
    test_equal_content_ends_as_duplicate,
    test_the_sweeper_forgets_settled_documents,
    test_throttling_spends_no_attempt,
)
from tests.unit.pipeline.test_way_of_a_document import (  # noqa: F401 - as above
    test_a_bad_page_goes_to_a_person_and_the_others_are_read,
    test_a_clear_document_is_accepted_and_told,
    test_a_file_of_no_known_type_is_held,
)

SHARES, LEAST_WRITES = 4, 20
"""Tests among which the writes of a run are dealt out; a run of one page has more writes than that."""
SCENARIOS = (
    test_again_and_never,
    test_bad_answers,
    test_correct,
    test_nothing_twice,
    test_review,
    test_way_of_a_document,
)


@pytest.fixture
def opened() -> list[AzuriteStorage]:
    """The storage of each World that a test made."""
    return []


@pytest.fixture(autouse=True)
async def build(
    azurite: str, opened: list[AzuriteStorage], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[..., World]]:
    """A maker of Worlds on an empty Azurite, which the scenarios that make their own get too."""

    def storage(clock: FixedClock) -> AzuriteStorage:
        empty(azurite)
        opened.append(AzuriteStorage(azurite, clock))
        return opened[-1]

    made: Callable[..., World] = partial(make_world, storage=storage)
    for module in SCENARIOS:
        monkeypatch.setattr(module, "make_world", made)
    yield made
    for each in opened:
        await each.close()
    empty(azurite)


@pytest.fixture
async def world(build: Callable[..., World], request: pytest.FixtureRequest) -> World:
    """What the scenarios' own `world` fixtures are, on Azurite."""
    if request.function.__module__ != test_review.__name__:
        return build()
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    made = build(script=answering(extract_note=wrong))
    await made.drop()
    await made.settle()
    return made


@pytest.mark.parametrize("share", range(SHARES))
async def test_a_crash_at_every_write_heals_on_azurite(share: int, build: Callable[..., World]) -> None:
    """Each write of one run in turn, over real transactions, ETags and queues; a share of them a test."""
    write = share
    while await crash_heals(build(), write, accepted=True):
        write += SHARES
    assert write > LEAST_WRITES
