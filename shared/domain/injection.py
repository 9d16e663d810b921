"""Text that addresses its reader: a document has no business instructing the program that reads it.

A tripwire, not the defence. The defence is that document text is fenced as data, that no value passes without standing
on the page, and that rules check the rest; this list makes a person look where somebody tried.
"""

import re
import unicodedata
from collections.abc import Iterable

from shared.domain.page import Line

_ORDERS = r"(?:instruction|prompt|guideline|direction|command)s?"
_PATTERNS = (
    # to set aside what the reader was told
    rf"\b(?:ignore|disregard|forget|override|bypass)\b.{{0,40}}\b(?:previous|prior|above|earlier|preceding|your|system|other)\b.{{0,30}}\b{_ORDERS}\b",
    rf"\b(?:ignore|disregard|forget)\s+(?:all|any|the|these)\s+(?:\w+\s+)?{_ORDERS}\b",
    r"\bignorier(?:e|en sie)\b.{0,40}\b(?:anweisung|vorgabe|instruktion)\w*",
    r"\b(?:vergiss|vergessen sie|missachte\w*)\b.{0,40}\b(?:anweisung|instruktion)\w*",
    r"\b(?:ignore[rz]?|oublie[rz]?)\b.{0,40}\b(?:instruction|consigne)s?\b",
    r"\b(?:ignor[ae]|olvid[ae])n?\b.{0,40}\b(?:instruccion|indicacion)\w*",
    r"\b(?:ignora|ignorate|dimentica)\b.{0,40}\b(?:istruzion|indicazion)\w*",
    r"\bignor[ae]\b.{0,40}\binstruç(?:ão|ões)",
    r"\bnegeer\b.{0,40}\binstructies?\b",
    r"\b(?:zignoruj|ignoruj)\b.{0,40}\b(?:instrukcj|polece)\w*",
    r"\bигнорируй(?:те)?\b.{0,40}(?:инструкци|указани)",
    r"(?:忽略|无视|無視).{0,20}(?:指令|指示|说明|提示)",
    r"(?:指示|命令).{0,10}無視",
    r"تجاهل.{0,40}(?:التعليمات|الأوامر|الإرشادات)",
    # to be a model
    r"\b(?:you are|act as|pretend to be)\s+(?:now\s+)?(?:an?\s+|the\s+)?(?:ai\b|llm\b|language model|chatgpt|gpt)",
    (
        r"\b(?:attention|note|message|instructions?|notice|dear)\b(?:\s+(?:to|for))?[\s:,]+(?:the\s+|any\s+|all\s+)?"
        r"(?:ai\b|llms?\b|language models?|chatgpt|gpt|copilot|(?:extraction|parsing|reading) (?:model|engine|system))"
    ),
    r"\bif you are an?\s+(?:ai|llm|language model|automated (?:system|reader))",
    # to answer as the document likes
    r"\b(?:set|report|output|return|give|raise)\b.{0,40}\bconfidence\b.{0,20}\b(?:to|of|as)\b",
    r"\b(?:respond|reply|answer)\s+(?:only\s+)?with\b.{0,40}\bjson\b",
    r"\bmark\s+(?:this|the)\s+(?:document|invoice|file)\s+as\s+(?:approved|verified|accepted|valid)\b",
    # the vocabulary of chat formats
    r"\bsystem prompt\b|\bdeveloper message\b|\bprompt injection\b",
    r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>|</?documents>",
    r"#{2,}\s*(?:system|instruction|assistant|new task)\b",
)
_INSTRUCTION = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_TAGS = re.compile("[\U000e0001-\U000e007f]")


def addressing_lines(lines: Iterable[Line]) -> tuple[str, ...]:
    """Ids of the lines of a page in which text addresses its reader, in order; a sentence may run over several lines.

    Letters that nobody sees (Unicode's tag characters) count as addressing it, whatever they say.
    """
    texts = [(line.id, _plain(line.text)) for line in lines]
    spans = [match.span() for match in _INSTRUCTION.finditer(" ".join(text for _, text in texts))]
    found, start = [], 0
    for line, text in texts:
        end = start + len(text)
        if _TAGS.search(text) or any(first < end and last > start for first, last in spans):
            found.append(line)
        start = end + 1
    return tuple(found)


def _plain(text: str) -> str:
    """The text as a model would take it: compatibility forms folded, letters without width dropped."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
