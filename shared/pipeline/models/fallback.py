"""Asking for a usable answer: the cheapest deployment first, a dearer one when that one's answer is of no use."""

from copy import replace
from typing import Any

from shared.domain.base.errors import Permanent
from shared.domain.base.finding import Finding
from shared.domain.models.model_call import Bill, Capability, ModelAnswer, ModelCall
from shared.domain.types.document_type import DocumentType
from shared.pipeline.models.answers import CutOff, parsed
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.models.gateway.gateway import MODEL_TIMEOUT
from shared.pipeline.models.gateway.meter import LimitReached

GIVEN_UP = frozenset({"model_rejected", MODEL_TIMEOUT})
"""Codes of errors after which a deployment is not asked the same again."""
ASKED_AGAIN = frozenset({"refusal", "invalid_json", "invalid_answer", *GIVEN_UP})
"""What another model may do better. Not an answer that was cut off (it is asked again in parts), and never one that
the content filter refused, which goes to a person (FACTS)."""


async def asked(
    context: ModelContext, call: ModelCall, capability: Capability, payer: str
) -> tuple[dict[str, Any] | Finding, Bill]:
    """The answer to `call` as JSON that fits its schema, or the finding that says why there is none; and the cost.

    A deployment that refuses, or answers something else, is asked once; then the next one that has the `capability`.
    """
    body, bill = await _ask(context, call, payer)
    other = context.gateway.catalogue.after(call.deployment, capability)
    if not isinstance(body, Finding) or body.rule not in ASKED_AGAIN or other is None:
        return body, bill
    body, cost = await _ask(context, replace(call, deployment=other.name), payer)
    return body, bill.plus(cost)


async def _ask(context: ModelContext, call: ModelCall, payer: str) -> tuple[dict[str, Any] | Finding, Bill]:
    """Ask one deployment; one that rejects the request, and a limit that is reached, are findings too."""
    try:
        answered = await context.gateway.ask(call, payer, lambda answer: _is_usable(call, answer))
    except LimitReached as error:
        return Finding(rule=error.rule, severity="error", message=str(error)), Bill()
    except Permanent as error:
        if error.code not in GIVEN_UP:  # storage refused us: not an answer of the model
            raise
        return Finding(rule=error.code, severity="error", message=str(error)), Bill()
    body = parsed(call, answered.answer)
    if isinstance(body, CutOff) and body.exhausted and context.gateway.meter is not None:
        await context.gateway.meter.note_exhausted(answered.request)
    return body, answered.bill


def _is_usable(call: ModelCall, answer: ModelAnswer) -> bool:
    """Return whether an answer says something: one that was cut off may do so as far as it goes."""
    body = parsed(call, answer)
    return bool(body.text) if isinstance(body, CutOff) else not isinstance(body, Finding)


def readers(context: ModelContext, kind: DocumentType) -> tuple[ModelContext, ModelContext | None]:
    """Who reads a document and, where the type's policy asks for it, who reads it again; None when there is nobody.

    No deployment can be asked by both, not even for an answer that another one refused: so they are independent.
    """
    catalogue = context.gateway.catalogue
    first = catalogue.for_task("vision")
    other = catalogue.after(first.name, "vision")
    if not kind.policy.second_reading or other is None:
        return context, None
    gateways = [replace(context.gateway, catalogue=catalogue.without(name)) for name in (other.name, first.name)]
    return replace(context, gateway=gateways[0]), replace(context, gateway=gateways[1])
