"""A pattern of text that addresses its reader, and the words that patterns share."""

import re
from typing import NamedTuple


class Pattern(NamedTuple):
    """A regular expression, and the letters (small) of which some must stand in a text before it is tried."""

    stems: tuple[str, ...]
    expression: re.Pattern[str]


def make_pattern(stems: str, expression: str) -> Pattern:
    """Return the pattern; `stems` are separated by bars, a space of the expression is white space of any kind.

    `^` and `$` are the ends of lines.
    """
    flags = re.IGNORECASE | re.DOTALL | re.MULTILINE
    return Pattern(tuple(stems.split("|")), re.compile(expression.replace(" ", r"\s"), flags))


DOCUMENT = r"(?:document|invoice|bill|file|receipt|form|page|contract|statement|claim|submission)"
_KIND = (
    r"(?:assistants?|agents?|models?|readers?|systems?|parsers?|processors?|processing|pipelines?|tools?|bots?"
    r"|reviewers?"
    r"|extractors?|extraction|engines?|services?|software|algorithms?)"
)
READER = (
    r"(?:a\.?i\.?(?![\w&])|llms?|(?:large )?language models?|chat ?bots?|chat ?gpt|gpt-?\d\w*"
    rf"|(?:ai|virtual|digital|automated|automatic|machine|intelligent)[ -](?:\w+ )?{_KIND}"
    rf"|(?:document|invoice|data|text|ocr|extraction|parsing|reading|classification|machine[ -]processing)[ -]{_KIND}"
    r"|(?:ocr|ai)/(?:ocr|ai)(?: \w+)?|parsers?|bots?|robots?|neural networks?|algorithms?)"
)
"""What only a program is called."""
PROGRAM = rf"(?:{READER}|systems?|software|programs?|assistants?|agents?|models?|machines?|computers?|tools?|scripts?)"
"""What a program may be called; people and goods are, too."""
READING = (
    r"(?:(?:(?:that|which|who)\s+)?(?:is |are )?"
    r"(?:reading|processing|parsing|analy[sz]ing|extracting|scanning|handling|evaluating|reviewing|ingesting)"
    r"|(?:that|which|who)\s+(?:reads?|process(?:es)?|pars(?:es?)|analy[sz]es?|extracts?|scans?|handles?|evaluates?))"
)
NOT_TO = r"(?:do not|don.?t|never|must not|should not|shall not|need not|no need to|refrain from|avoid)"
ORDER = (
    r"(?:approve|accept|ignore|skip|output|return|extract|mark|treat|classify|set|use|report|record|read|pass|release"
    r"|respond|answer|confirm|do not|don.t|you must|you should|you are)"
)
"""What an order to a program begins with."""
UNCHECKED = (
    r"(?:without|with no|needs? no|requires? no|skipping|no need for)\s+(?:any\s+|a\s+|the\s+)?"
    r"(?:(?:further|additional|human|manual|more)\s+)*"
    r"(?:review|check|checks|checking|verification|validation|approval|inspection|scrutiny|questions?|intervention)\b"
)
