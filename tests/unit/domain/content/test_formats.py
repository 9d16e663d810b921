"""What a person is told about a file that is not read."""

from shared.domain.content.formats import FORMATS, unsupported_format


def test_a_refusal_names_what_was_found_and_what_would_do() -> None:
    """Whoever sent the file learns which formats to send."""
    refusal = unsupported_format("application/zip", ["image/png", "application/pdf", "image/jpeg"])
    expected = "The file looks like ZIP (application/zip): upload PDF, JPEG or PNG."
    assert ("unsupported", expected) == (refusal.code, str(refusal))


def test_a_type_without_a_name_is_told_by_its_media_type() -> None:
    """Nothing is hidden from an operator who wonders what came in."""
    message = str(unsupported_format("application/octet-stream", ["application/pdf"]))
    assert "The file is of a type that is not known here (application/octet-stream): upload PDF." == message


def test_every_format_has_a_name_of_its_own() -> None:
    """Two types under one name would make a refusal unclear."""
    assert len(FORMATS) == len(set(FORMATS.values()))
