"""Token figures: text estimates, image formulas, cached prefixes."""

import pytest

from local.model_server.usage import PromptCache, cut_to_tokens, image_tokens, text_tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("Hello world", 2), ("12345", 2), ("internationalisation", 4), ("a, b", 3), ('{"x": 1}', 5)],
)
def test_text_is_counted_by_words_digits_and_signs(text: str, expected: int) -> None:
    """The estimate is the same every time."""
    assert text_tokens(text) == expected


@pytest.mark.parametrize(
    ("model", "size", "expected"),
    [
        ("gpt-4o", (512, 512), 255),  # one tile: 85 + 170
        ("gpt-4.1", (1024, 1024), 765),  # scaled to 768: four tiles
        ("gpt-4o", (2048, 4096), 1105),  # the vendor's own example: six tiles
        ("gpt-5", (512, 512), 210),
        ("o3", (512, 512), 225),
        ("gpt-4o-mini", (512, 512), 8500),
        ("gpt-5.4", (320, 320), 100),
        ("gpt-5.4-mini", (320, 320), 162),
        ("gpt-5.4-mini", (4000, 4000), 2489),  # capped at 1,536 patches
        ("offline-reader", (512, 512), 255),
    ],
)
def test_images_cost_what_the_documented_formulas_say(model: str, size: tuple[int, int], expected: int) -> None:
    """Tile models by tiles, patch models by patches."""
    assert image_tokens(model, *size) == expected


def test_a_cut_text_is_at_most_the_limit() -> None:
    """Cutting ends at a token, not beyond the limit."""
    assert cut_to_tokens("one two three four", 2) == "one two "
    assert cut_to_tokens("one two", 9) == "one two"


def test_a_repeated_prefix_is_cached_in_steps_of_128() -> None:
    """Below 1,024 tokens nothing is cached; above, whole steps are; another deployment shares nothing."""
    cache = PromptCache()
    start = "word " * 1200
    assert cache.cached_tokens("a", start + "x") == 0
    assert cache.cached_tokens("a", start + "y") == 1152
    assert cache.cached_tokens("b", start + "y") == 0
    assert cache.cached_tokens("a", "word " * 1000) == 0
