"""A request to a model, and its answer: provider-neutral, hashable, with its cost."""

import hashlib
import json
from copy import replace
from typing import Any, Literal

from shared.domain.base.frozen import Frozen
from shared.domain.base.stored import Stored

Capability = Literal["vision", "reasoning"]


class TextPart(Frozen):
    """A piece of text of the user message."""

    text: str


class ImagePart(Frozen):
    """A picture of the user message."""

    media_type: str
    data: bytes


class ModelCall(Frozen):
    """One request: `deployment` answers `system` and `parts` as JSON that fits `json_schema` (called `schema_name`).

    `cache_key` is shared by the requests that begin alike, so that the provider sends them where their beginning is
    cached; it changes no answer.
    """

    deployment: str
    system: str
    parts: tuple[TextPart | ImagePart, ...]
    schema_name: str
    json_schema: dict[str, Any]
    max_output_tokens: int
    reasoning_effort: Literal["low", "medium", "high"] | None = None
    cache_key: str | None = None

    def hash(self) -> str:
        """SHA-256 of everything that can change the answer; pictures count by their own hash."""
        parts = [
            part.text if isinstance(part, TextPart) else {"image": hashlib.sha256(part.data).hexdigest()}
            for part in self.parts
        ]
        body = self.model_dump(exclude={"parts", "cache_key"}) | {"parts": parts}
        return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Usage(Stored):
    """Tokens of one answered request; `cached` is part of `prompt`."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0


class ModelAnswer(Stored):
    """What a model answered. `text` is JSON only when `finish` is `stop`."""

    text: str
    finish: Literal["stop", "length", "content_filter", "refusal"]
    model: str
    usage: Usage


class Bill(Stored):
    """What a Run's model requests cost: requests, those answered from the store, tokens, dollars."""

    calls: int = 0
    reused: int = 0
    usage: Usage = Usage()
    cost_usd: float = 0.0

    def plus(self, further: "Bill") -> "Bill":
        """Return both bills together."""
        usage = replace(
            self.usage,
            prompt=self.usage.prompt + further.usage.prompt,
            cached=self.usage.cached + further.usage.cached,
            completion=self.usage.completion + further.usage.completion,
        )
        return replace(
            self,
            calls=self.calls + further.calls,
            reused=self.reused + further.reused,
            usage=usage,
            cost_usd=round(self.cost_usd + further.cost_usd, 8),
        )
