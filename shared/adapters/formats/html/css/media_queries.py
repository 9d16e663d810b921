"""Decide whether a media query of CSS holds for a page on a computer's screen."""

import re

from shared.adapters.formats.html.css.values import ROOT_FONT_SIZE, VIEWPORT_HEIGHT, VIEWPORT_WIDTH, parse_length

_PREFERENCES = {
    "orientation": "landscape",
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
    "prefers-contrast": "no-preference",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "scripting": "none",
    "update": "fast",
}
_SIZES = {
    "width": VIEWPORT_WIDTH,
    "height": VIEWPORT_HEIGHT,
    "device-width": VIEWPORT_WIDTH,
    "device-height": VIEWPORT_HEIGHT,
}
_RANGE = re.compile(r"([^<>=]*?)\s*(<=|>=|<|>|=)\s*([^<>=]*?)(?:\s*(<=|>=|<|>|=)\s*([^<>=]*))?")


def holds_on_screen(query_list: str) -> bool:
    """Return whether one of the queries of a list holds: for a screen of 1280 by 800 CSS pixels; an empty list does."""
    queries = [query.strip() for query in query_list.lower().split(",")]
    return not any(queries) or any(_holds(query) for query in queries if query)


def _holds(query: str) -> bool:
    negated = query.startswith("not ") and not query.startswith("not (")
    query = re.sub(r"^(?:not|only)\s+(?!\()", "", query)
    media_type = re.match(r"[a-z-]+", query)
    is_screen = media_type is None or media_type[0] in ("all", "screen", "not")
    features = re.findall(r"(\bnot\s*)?\(([^()]*)\)", query)
    results = [_feature_holds(feature) != bool(inverted) for inverted, feature in features]
    holds = is_screen and (any(results) if re.search(r"\)\s*or\s*\(", query) else all(results))
    return holds != negated


def _feature_holds(feature: str) -> bool:
    name, colon, value = (part.strip() for part in feature.partition(":"))
    if not colon:
        match = _RANGE.fullmatch(feature.strip())
        return _range_holds(match) if match else feature.strip() in (*_SIZES, "color", "hover", "any-hover", "pointer")
    if name in _PREFERENCES:
        return value == _PREFERENCES[name]
    bound, dash, size = name.partition("-")
    if name in _SIZES or (dash and bound in ("min", "max") and size in _SIZES):
        length = _length(value)
        actual = _SIZES[name] if name in _SIZES else _SIZES[size]
        if length is None:
            return False
        return actual == length if name in _SIZES else actual >= length if bound == "min" else actual <= length
    return False


def _range_holds(match: re.Match[str]) -> bool:
    sizes = [_SIZES.get(part, _length(part)) if part else None for part in (match[1], match[3], match[5])]
    if not _compares(sizes[0], match[2], sizes[1]):
        return False
    return match[4] is None or _compares(sizes[1], match[4], sizes[2])


def _compares(left: float | None, operator: str, right: float | None) -> bool:
    if left is None or right is None:
        return False
    if operator == "=":
        return left == right
    if operator.startswith("<"):
        return left < right or (operator == "<=" and left == right)
    return left > right or (operator == ">=" and left == right)


def _length(text: str) -> float | None:
    return parse_length(text.strip(), ROOT_FONT_SIZE, VIEWPORT_WIDTH)
