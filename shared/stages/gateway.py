"""The one way to a model: every answer is stored under its request's hash before it is used, so none is paid twice."""

from dataclasses import dataclass

from shared.domain.catalogue import Catalogue
from shared.domain.frozen import Frozen
from shared.domain.model_call import Bill, ModelAnswer, ModelCall
from shared.ports.blobs import Blobs
from shared.ports.models import Models


class Answered(Frozen):
    """An answer and what it cost this Run (a stored answer costs nothing again)."""

    answer: ModelAnswer
    bill: Bill


@dataclass(frozen=True)
class Gateway:
    """Models behind a store of their answers, with the catalogue's prices."""

    models: Models
    blobs: Blobs
    container: str
    catalogue: Catalogue

    async def ask(self, call: ModelCall) -> Answered:
        """Answer `call` from the store, or ask the model once and store what it says.

        Raises what `Models.answer` raises; nothing is stored then.
        """
        name = f"answers/{call.hash()}.json"
        stored = await self.blobs.read(self.container, name)
        if stored is not None:
            return Answered(answer=ModelAnswer.model_validate_json(stored), bill=Bill(reused=1))
        answer = await self.models.answer(call)
        await self.blobs.write(self.container, name, answer.model_dump_json().encode(), "application/json")
        cost = self.catalogue.cost(call.deployment, answer.usage)
        return Answered(answer=answer, bill=Bill(calls=1, usage=answer.usage, cost_usd=cost))
