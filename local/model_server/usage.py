"""Token figures: estimates for text, the documented formulas for images, and the prompt cache's 128-token steps.

There is no tokenizer here: text is counted by words, digits and signs, which is within about 15 % of what the
models' own tokenizers count for documents in European languages.
"""

import hashlib
import math
import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(r"[A-Za-z]+|\d{1,3}|[^\W\d_]+|\s{2,}|[^\w\s]+|_+")
_LETTERS_PER_TOKEN = 6  # an English word of up to six letters is mostly one token
_SIGNS_PER_TOKEN = 2
CACHE_FLOOR, CACHE_STEP, _CACHE_ENTRIES = 1024, 128, 20_000


def pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield the text's pieces, each with the tokens it is counted as."""
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece[0].isdigit() or piece[0].isspace():
            yield piece, 1
        elif piece[0].isalpha():
            size = _LETTERS_PER_TOKEN if piece.isascii() else _LETTERS_PER_TOKEN // 2
            yield piece, -(-len(piece) // size)
        else:
            yield piece, -(-len(piece) // _SIGNS_PER_TOKEN)


def text_tokens(text: str) -> int:
    """Estimated tokens of `text`."""
    return sum(count for _, count in pieces(text))


def cut_to_tokens(text: str, limit: int) -> str:
    """Return the longest start of `text` that is at most `limit` tokens."""
    spent = 0
    for match in _PIECE.finditer(text):
        spent += sum(count for _, count in pieces(match.group()))
        if spent > limit:
            return text[: match.start()]
    return text


@dataclass(frozen=True)
class TileCost:
    """Tile models: fit 2048x2048, short side to 768, then `base` plus `tile` per 512-pixel tile."""

    base: int
    tile: int

    def tokens(self, width: int, height: int) -> int:
        """Tokens of an image of that many pixels."""
        scale = min(1.0, 2048 / max(width, height))
        scale *= min(1.0, 768 / (min(width, height) * scale))
        tiles = math.ceil(width * scale / 512) * math.ceil(height * scale / 512)
        return self.base + self.tile * tiles


@dataclass(frozen=True)
class PatchCost:
    """Patch models: 32-pixel patches, at most `cap` of them, times `multiplier`."""

    cap: int
    multiplier: float = 1.0

    def tokens(self, width: int, height: int) -> int:
        """Tokens of an image of that many pixels."""
        patches = math.ceil(width / 32) * math.ceil(height / 32)
        return math.ceil(min(patches, self.cap) * self.multiplier)


# https://learn.microsoft.com/azure/ai-foundry/openai/overview (image tokens); first match of the model's name wins.
_IMAGE_COSTS: tuple[tuple[str, TileCost | PatchCost], ...] = (
    ("gpt-5.4-mini", PatchCost(1536, 1.62)),
    ("gpt-5.4-nano", PatchCost(1536, 2.46)),
    ("gpt-5.4", PatchCost(2500)),
    ("gpt-4.1-mini", PatchCost(1536, 1.62)),
    ("gpt-4.1-nano", PatchCost(1536, 2.46)),
    ("o4-mini", PatchCost(1536, 1.72)),
    ("gpt-4o-mini", TileCost(2833, 5667)),
    ("o1", TileCost(75, 150)),
    ("o3", TileCost(75, 150)),
    ("gpt-5", TileCost(70, 140)),
    ("", TileCost(85, 170)),
)


def image_tokens(model: str, width: int, height: int) -> int:
    """Tokens that `model` counts for an image of `width` x `height` pixels; our own names count as gpt-4.1 does."""
    name = "gpt-4.1" if model.startswith("offline") else model
    return next(cost for prefix, cost in _IMAGE_COSTS if name.startswith(prefix)).tokens(width, height)


class PromptCache:
    """Knows which prompt starts were seen: 1,024 tokens at least, in steps of 128, per deployment."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def cached_tokens(self, deployment: str, prompt: str) -> int:
        """Return how many leading tokens of `prompt` an earlier call shared; remembers this one."""
        cached = 0
        for tokens, digest in _steps(deployment, prompt):
            if digest in self._seen:
                cached = tokens
                self._seen.move_to_end(digest)
            else:
                self._seen[digest] = None
        while len(self._seen) > _CACHE_ENTRIES:
            self._seen.popitem(last=False)
        return cached


def _steps(deployment: str, prompt: str) -> Iterator[tuple[int, bytes]]:
    state = hashlib.sha256(deployment.encode())
    total, due = 0, CACHE_FLOOR
    for piece, count in pieces(prompt):
        state.update(piece.encode("utf-8", "surrogatepass") + b"\0")
        total += count
        if total >= due:
            yield due, state.copy().digest()
            due += CACHE_STEP
