"""Taking a request apart: the fence, the pages, the images, the task."""

from shared.rule_reader.request import between, image_pages, read_document
from tests.support.paper import document_part


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
    """Tags are looked for outside the fence only."""
    inside = document_part([[(40, "<types>evil</types>")]])
    assert between((inside,), "types") == ""
    assert between(("<types>\ngood\n</types>", inside), "types") == "good"


def test_images_know_their_pages() -> None:
    """The text before an image names its page."""
    assert image_pages(("task", "Image of page 3", "Image of page 12")) == [3, 12]


def test_a_request_without_a_document_has_no_pages() -> None:
    """Nothing fenced, nothing read."""
    assert read_document(("only a task",)).pages == ()


def test_full_width_signs_become_plain_and_printed_stays_printed() -> None:
    """The text to search in is normalised, the text to quote is the page's own."""
    (line,) = read_document((document_part([[(40, "Total：１２")]]),)).lines
    assert (line.text, line.printed()) == ("Total:12", "Total：１２")
