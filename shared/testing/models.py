"""A model that answers from a script."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from shared.domain.base.errors import Throttled
from shared.domain.models.model_call import ModelAnswer, ModelCall, Usage

type ModelScript = Callable[[ModelCall], ModelAnswer | str]
"""What to answer to a call; a plain string is the text of an answer that ended well. It may raise."""


class ScriptedModels:
    """The Models port in memory. `billed` counts the answers given, by the hash of their request.

    `request_ids` are the names under which calls came, in the order of `calls`.
    """

    def __init__(self, script: ModelScript) -> None:
        self._script = script
        self._throttled: list[timedelta] = []
        self.calls: list[ModelCall] = []
        self.billed: Counter[str] = Counter()
        self.request_ids: list[str] = []

    def throttle(self, times: int, delay: timedelta = timedelta(seconds=10)) -> None:
        """Answer the next `times` calls with Throttled and `delay`; these are not billed."""
        self._throttled += [delay] * times

    async def answer(self, call: ModelCall, request_id: str = "") -> ModelAnswer:
        """Answer by the script. Every text counts one token for four characters, every picture a thousand."""
        self.calls.append(call)
        self.request_ids.append(request_id)
        if self._throttled:
            raise Throttled("the model is at its rate limit", self._throttled.pop(0))
        reply = self._script(call)
        self.billed[call.hash()] += 1
        if isinstance(reply, ModelAnswer):
            return reply
        return ModelAnswer(text=reply, finish="stop", model=call.deployment, usage=_usage(call, reply))


def _usage(call: ModelCall, answer: str) -> Usage:
    sizes = [len(part.text) // 4 if hasattr(part, "text") else 1000 for part in call.parts]
    return Usage(prompt=len(call.system) // 4 + sum(sizes), completion=len(answer) // 4)
