"""Words from what the OCR engine recognised."""

from shared.adapters.ocr.rapidocr.words import Character, words_of


def characters(text: str, certainty: float = 0.9, width: float = 10.0) -> list[Character]:
    """The characters of a line, each `width` x 20 pixels."""
    return [Character(letter, certainty, (at * width, 0, (at + 1) * width, 20)) for at, letter in enumerate(text)]


def texts(text: str) -> list[str]:
    """The words of a line that has no wide gap."""
    (line,) = words_of(characters(text))
    return [word.text for word in line]


def test_words_end_at_spaces_and_have_the_box_of_their_characters() -> None:
    """Evidence points at words, so each needs its own place."""
    (line,) = words_of(characters("Total 9,99"))
    assert [("Total", (0, 0, 50, 20)), ("9,99", (60, 0, 100, 20))] == [(word.text, word.box) for word in line]


def test_a_word_is_as_certain_as_its_least_certain_character() -> None:
    """One doubtful digit makes an amount doubtful, however sure the others are."""
    letters = characters("64.15", 0.99)
    letters[3] = letters[3]._replace(certainty=0.4)
    assert 0.4 == words_of(letters)[0][0].certainty


def test_a_sign_that_looks_like_another_makes_its_word_doubtful() -> None:
    """The engine is as sure of a capital I as of a small l; a Scottish name is no mistake."""
    doubtful = {word.text: word.certainty for word in words_of(characters("Of The WorId he1lo McIntosh World", 0.9))[0]}
    assert {"Of": 0.9, "The": 0.9, "WorId": 0.5, "he1lo": 0.5, "McIntosh": 0.9, "World": 0.9} == doubtful


def test_full_width_signs_become_plain_ones_and_others_stay() -> None:
    """The engine was trained on Chinese pages too; a printed ordinal or square is no such sign."""
    assert ["Nº:", "5m²", "(9%)"] == texts("Nº： 5m² （９％）")


def test_glued_dates_times_labels_and_units_are_taken_apart() -> None:
    """Else neither the date nor the time would be found."""
    assert ["09/02/2018", "11:40"] == texts("09/02/201811:40")
    assert ["9.2.18", "x", "09/02/18", "11:40"] == texts("9.2.18 x 09/02/1811:40")
    assert ["2018-02-09", "11:40:07"] == texts("2018-02-0911:40:07")
    assert ["Date:", "5/3/2018", "100", "CT"] == texts("Date:5/3/2018 100CT")


def test_numbers_codes_and_addresses_stay_whole() -> None:
    """What only looks similar is no date, label or quantity."""
    for whole in ("AB100CT", "12:30", "http://x", "03-8079", "1.234,56", "4x40"):
        assert [whole] == texts(whole)


def test_a_wide_gap_makes_two_lines() -> None:
    """Cells that the engine took for one line are separate lines for who reads the table."""
    lines = words_of(characters("Leinöl          8,75"))
    assert [["Leinöl"], ["8,75"]] == [[word.text for word in line] for line in lines]


def test_spaces_alone_are_no_words() -> None:
    """An empty line would have no box."""
    assert [] == words_of(characters("  "))
