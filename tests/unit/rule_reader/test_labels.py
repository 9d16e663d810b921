"""Labels are found exactly, nearly, glued, in compounds and with a gap; the longest one wins its words."""

from shared.rule_reader.text.labels import Hit, find_hits
from tests.support.paper import VOCABULARY, document


def hits_on(text: str, **labels: list[str]) -> list[Hit]:
    """The hits on one line of text."""
    return find_hits(document([[(40, text)]]).lines, labels, VOCABULARY)


def test_a_label_matches_whatever_case_accents_and_signs() -> None:
    """Case, accents, dots and hyphens do not matter."""
    assert [hit.field for hit in hits_on("DATE D'ECHEANCE :", due=["Date d’échéance"])] == ["due"]
    assert [hit.field for hit in hits_on("USt.-Id.-Nr.", vat=["USt-IdNr."])] == ["vat"]


def test_glued_words_are_taken_apart() -> None:
    """OCR glues words; a capital inside a word begins a new one."""
    assert [hit.field for hit in hits_on("TotalAmount 12.00", total=["Total amount"])] == ["total"]


def test_a_misread_letter_still_matches() -> None:
    """OCR errors in a longer label are forgiven, in a short one not."""
    assert [hit.field for hit in hits_on("Tolal amount", total=["Total amount"])] == ["total"]
    assert hits_on("Data", date=["Date"]) == []


def test_the_longest_label_wins_its_words() -> None:
    """`Total taxes` is the tax's label although `Total` is another's."""
    found = hits_on("Total taxes", gross=["Total"], tax=["Total taxes"])
    assert [hit.field for hit in found] == ["tax"]


def test_two_fields_may_share_a_label() -> None:
    """The same words for two fields are a hit for both."""
    assert {hit.field for hit in hits_on("Date", a=["Date"], b=["Date"])} == {"a", "b"}


def test_a_label_may_end_a_compound() -> None:
    """Languages that write compounds in one word: a rental invoice is an invoice, though a little less surely."""
    (found,) = hits_on("Mietrechnung", number=["Rechnung"])
    assert 0 < found.score < hits_on("Rechnung", number=["Rechnung"])[0].score


def test_a_label_inside_running_text_is_a_weak_one() -> None:
    """A label that opens its line is surer than the same words in a sentence."""
    opening = hits_on("Total: 12.00", total=["Total"])[0]
    inside = hits_on("the total sum of everything you ever bought", total=["Total"])[0]
    assert inside.score < 0.5 < opening.score


def test_an_excluding_word_turns_a_total_weak() -> None:
    """A total that excludes something is not the total."""
    excluding = hits_on("Total excluding GST", total=["Total"])[0]
    assert excluding.score < hits_on("Total", total=["Total"])[0].score * 0.6


def test_a_label_with_a_gap_points_behind_its_end() -> None:
    """`Rechnung … vom` matches with the number in between, and the value follows `vom`."""
    (found,) = hits_on("Rechnung Nr. 471102 vom 05.06.2018", date=["Rechnung … vom"])
    assert found.line.text[found.end :] == " 05.06.2018"


def test_a_gap_may_reach_over_two_cells() -> None:
    """A title that its producer cut into pieces still holds the label."""
    lines = document([[(40, "Rechnung (380)"), (130, "Nr. 471102 vom"), (220, "05.03.2018")]]).lines
    (found,) = find_hits(lines, {"date": ["Rechnung … vom"]}, VOCABULARY)
    assert found.line.text == "Nr. 471102 vom"


def test_underscored_words_are_no_labels() -> None:
    """A value such as po_number_123 does not look like the label PO number."""
    assert hits_on("po_number_123", order=["PO number"])[0].score < 0.3


def test_letters_behind_the_digits_of_a_code_are_no_label() -> None:
    """Swiss VAT numbers end in the name of the tax; a label that is glued to a bare number still counts."""
    assert hits_on("CHE109322516MWST", tax=["MWST"]) == []
    assert [hit.start for hit in hits_on("MWST CHE109322516MWST", tax=["MWST"])] == [0]
    assert [hit.field for hit in hits_on("10.00Total", gross=["Total"])] == ["gross"]
