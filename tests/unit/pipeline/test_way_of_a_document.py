"""A file's whole way through the stages, by the queues alone."""

import json

from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import State
from shared.domain.reading.page import HiddenText, PageImage, Recognised
from shared.testing.builders.pages import scanned_page, text_lines, text_page
from shared.testing.reading import ScriptedRecognizer
from tests.support.pipeline.world import ANSWERS, NOTE, PAGE, World, answering, make_world


async def test_a_clear_document_is_accepted_and_told(world: World) -> None:
    """A document that its checks confirm ends as finalized without a person, with its result written first."""
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert (State.FINALIZED, "ACCEPT", 0) == (run.state, run.disposition, run.tasks_left)
    assert ["received", "finalized"] == world.told()
    told = world.events.published[-1].data
    stored = await world.blobs.read("results", str(told["result_name"]))
    assert stored is not None
    assert "A-17" == json.loads(stored)["fields"]["number"]["value"]


async def test_evidence_is_the_box_of_the_value_alone(world: World) -> None:
    """Evidence marks the words of the value, not the label beside it."""
    document_id = await world.drop()
    await world.settle()
    evidence = (await world.result(document_id))["fields"]["number"]["evidence"]
    word = text_lines(1, *PAGE)[1].words[-1]
    place = {"page": 1, "lines": ["p1.l2"], "boxes": [list(word.box)], "text": "Note no. A-17", "kind": "text"}
    assert [place] == evidence


async def test_the_folder_gives_the_type_and_saves_the_question(world: World) -> None:
    """A file under the folder of a type is not classified; elsewhere a model is asked."""
    await world.drop("note/a.pdf", b"one")
    await world.settle()
    assert ["extract_note", "verify_note"] == [call.schema_name for call in world.models.calls]
    await world.drop("anything/b.pdf", b"two")
    await world.settle()
    assert "classify_document" == world.models.calls[2].schema_name


async def test_a_file_of_no_known_type_is_held() -> None:
    """A document that fits no type waits for one, and says so by event."""
    world = make_world(script=answering(classify_document={"document_type": "unknown", "lines": []}))
    document_id = await world.drop("b.pdf")
    await world.settle()
    run = await world.run(document_id)
    assert (State.HELD, ["unknown_type"]) == (run.state, [reason.code for reason in run.reasons])
    assert ["received", "held"] == world.told()
    assert 1 == run.bill.calls


async def test_a_value_that_is_not_on_the_page_goes_to_a_person() -> None:
    """An ungrounded required value is never accepted, whatever the models say."""
    wrong = ANSWERS["extract_note"] | {"number": {"value": "B-99", "lines": ["p1.l2"]}}
    world = make_world(script=answering(extract_note=wrong))
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert (State.IN_REVIEW, "REVIEW") == (run.state, run.disposition)
    assert "no_evidence" in {reason.code for reason in run.reasons}
    assert ["received", "review_requested"] == world.told()


async def test_a_broken_rule_goes_to_a_person() -> None:
    """Rows that do not add up are a reason for review, told in the rule's own words."""
    page = text_page(1, "Delivery note", "Note no. A-17", "Apples 3.00", "Total 3.50")
    rows = [{"what": "Apples", "price": 3.0, "lines": ["p1.l3"]}]
    world = make_world([page], answering(extract_note=ANSWERS["extract_note"] | {"rows": rows}))
    document_id = await world.drop()
    await world.settle()
    reasons = {reason.code: reason.message for reason in (await world.run(document_id)).reasons}
    assert "The rows do not add up to the total." == reasons["sum"]


async def test_rows_that_add_up_are_surer_than_rows_nobody_checked() -> None:
    """A rule over a table speaks for its rows, as one over a field does for the field."""
    page = text_page(1, "Delivery note", "Note no. A-17", "Apples 3.00", "Pears 0.50", "Total 3.50")
    answers = answering(
        extract_note={
            "number": {"value": "A-17", "lines": ["p1.l2"]},
            "total": {"value": 3.5, "lines": ["p1.l5"]},
            "rows": [
                {"what": "Apples", "price": 3.0, "lines": ["p1.l3"]},
                {"what": "Pears", "price": 0.5, "lines": ["p1.l4"]},
            ],
        }
    )
    checked = make_world([page], answers)
    unchecked = make_world([page], answers, types=[NOTE.model_copy(update={"rules": ()})])
    confidences = []
    for world in (checked, unchecked):
        document_id = await world.drop()
        await world.settle()
        confidences.append((await world.result(document_id))["fields"]["rows"]["confidence"])
    assert confidences[0] > confidences[1]


async def test_a_scan_is_read_by_ocr_and_its_boxes_are_in_page_units() -> None:
    """OCR boxes come in the picture's pixels and are kept in the page's units; a text page is never sent to OCR."""
    recognizer = ScriptedRecognizer({1: text_lines(1, *PAGE)})
    world = make_world([scanned_page(1, width=4800, height=6000), text_page(2, "Page two")], recognizer=recognizer)
    document_id = await world.drop()
    await world.settle()
    result = await world.result(document_id)
    assert [1] == [page for page, _ in recognizer.asked]
    assert ["ocr", "text"] == [page["source"] for page in result["pages"]]
    read = text_lines(1, *PAGE)[1].words[-1].box
    scale = 4800 / recognizer.asked[0][1].width
    assert [[round(edge * scale, 2) for edge in read]] == result["fields"]["number"]["evidence"][0]["boxes"]


async def test_a_bad_page_goes_to_a_person_and_the_others_are_read() -> None:
    """One page that cannot be read is named; it never makes the whole file fail, nor pass in silence."""
    bad = text_page(2)
    bad = bad._replace(page=bad.page.model_copy(update={"problem": "broken stream", "source": "none"}))
    world = make_world([text_page(1, *PAGE), bad])
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert State.IN_REVIEW is run.state
    assert ["Page 2 could not be read: broken stream"] == [reason.message for reason in run.reasons]


async def test_a_page_that_ocr_cannot_do_is_that_page_s_problem() -> None:
    """When the engine gives up on one page, the document goes to a person with that page named, not to failure."""

    class Stuck(ScriptedRecognizer):
        """Gives up on page 2."""

        async def recognise(self, picture: PageImage, page: int) -> Recognised:
            """The scripted lines, or the engine's refusal."""
            if page == 2:
                raise Unreadable("too_slow", "recognising the page took too long")
            return await super().recognise(picture, page)

    pages = [scanned_page(1), scanned_page(2)]
    world = make_world(pages, recognizer=Stuck({1: text_lines(1, *PAGE)}))
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    assert State.IN_REVIEW is run.state
    reason = "its text could not be recognised (too_slow): recognising the page took too long"
    assert f"Page 2 could not be read: {reason}" == run.reasons[0].message


async def test_text_that_nobody_sees_goes_to_a_person_and_to_no_model() -> None:
    """Whatever the score: the page is named with the reason, and neither a prompt nor the reason quotes the words."""
    page = text_page(1, *PAGE)
    planted = HiddenText(why="colour", words=text_lines(1, "planted words")[0].words)
    world = make_world([page._replace(page=page.page.model_copy(update={"hidden": (planted,)}))])
    document_id = await world.drop()
    await world.settle()
    run = await world.run(document_id)
    told = "Page 1 holds text that nobody sees: 2 words in the colour of what they stand on."
    assert (State.IN_REVIEW, [("hidden_text", told)]) == (
        run.state,
        [(reason.code, reason.message) for reason in run.reasons],
    )
    assert not any("planted" in call.model_dump_json() for call in world.models.calls)
