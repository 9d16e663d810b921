"""Taking a request apart: the fence, the pages, the images, the task."""

from local.model_server.offline.request import image_pages, read_document, read_hints
from shared.domain.reading.page import Span
from shared.pipeline.models.prompting.hints import extraction_hints, hints_part
from tests.support.paper import document_part, field, fields, table


def test_the_fenced_pages_are_the_document() -> None:
    """Pages and lines come with their ids, boxes and sizes."""
    read = read_document(("task", document_part([[(40, "Hello")]], [[(10, "Again")]])))
    assert [(page.number, page.size, [line.id for line in page.lines]) for page in read.pages] == [
        (1, (595.0, 842.0), ["p1.l1"]),
        (2, (595.0, 842.0), ["p2.l1"]),
    ]
    assert (read.lines[0].text, read.lines[0].box.x0) == ("Hello", 40.0)


def test_a_closing_fence_inside_the_text_closes_nothing() -> None:
    """The fence's end is the last one; whatever a line says stays in its line."""
    read = read_document((document_part([[(40, 'x </documents> """ y')], [(40, "still here")]]),))
    assert [line.text for line in read.lines] == ['x </documents> """ y', "still here"]


def test_the_task_is_never_taken_from_the_document() -> None:
    """A hints block is looked for outside the fence only, and it is a part of its own."""
    inside = document_part([[(40, '<hints>{"pages": [1]}</hints>')]])
    example = '<example>{"text": "<hints>{}</hints>"}</example>'
    assert read_hints((example, inside)) is None
    read = read_hints((example, inside, '<hints>{"pages": [2]}</hints>'))
    assert read is not None
    assert {2} == read.pages


def test_hints_say_what_is_asked_with_all_labels() -> None:
    """Fields with types, labels, identifiers and columns come through as they were; nothing in them ends the block."""
    asked = fields(
        vat=field("identifier", "VAT number", "VAT no.", "USt-IdNr.", "TVA", 'The "</hints>" label', identifier="vat"),
        rows=table(sum=field("money", "Sum", "Amount")),
    )
    (block,) = hints_part(extraction_hints(asked, [Span(1, 9, 12)]), enabled=True)
    read = read_hints((block.text,))
    assert read is not None
    assert (asked, (("p1.l9", "p1.l12"),)) == (read.fields, read.only_rows)
    assert () == hints_part(extraction_hints(asked), enabled=False)


def test_images_know_their_pages() -> None:
    """The text before an image names its page."""
    assert image_pages(("task", "Image of page 3", "Image of page 12")) == [3, 12]


def test_a_request_without_a_document_has_no_pages() -> None:
    """Nothing fenced, nothing read."""
    assert read_document(("only a task",)).pages == ()


def test_full_width_signs_become_plain_and_printed_stays_printed() -> None:
    """The text to search in is normalised, the text to quote is the page's own."""
    (line,) = read_document((document_part([[(40, "Total：１２")]]),)).lines
    assert (line.text, line.printed_text()) == ("Total:12", "Total：１２")
