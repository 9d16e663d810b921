"""Ask for a usable answer: the cheapest deployment first, a more expensive one when its answer is unusable."""

from copy import replace
from functools import lru_cache, partial
from typing import Any

from shared.domain.base.errors import Permanent
from shared.domain.base.finding import Finding
from shared.domain.models.model_call import Bill, Capability, ModelCall
from shared.domain.types.document_type import DocumentType
from shared.pipeline.models.answers import TruncatedAnswer, parse_answer
from shared.pipeline.models.gateway.context import ModelContext
from shared.pipeline.models.gateway.gateway import MODEL_TIMEOUT
from shared.pipeline.models.gateway.meter import LimitReached

DEPLOYMENT_FAILURES = frozenset({"model_rejected", MODEL_TIMEOUT})
"""Codes of errors after which a deployment is not asked the same again."""
ASK_NEXT_DEPLOYMENT = frozenset({"refusal", "invalid_json", "invalid_answer", *DEPLOYMENT_FAILURES})
"""Rules after which another deployment is asked. Not for truncated answers, which are continued, and never when the
content filter refused: that goes to a person."""


async def ask_with_fallback(
    context: ModelContext, call: ModelCall, capability: Capability, payer: str
) -> tuple[dict[str, Any] | Finding, Bill]:
    """Return the answer to `call` as JSON that fits its schema, or a finding that says why not; and the cost.

    When a deployment refuses or gives an unusable answer, ask the next one that has the `capability`.
    """
    body, bill = await _ask(context, call, payer)
    next_deployment = context.gateway.catalogue.after(call.deployment, capability)
    if not isinstance(body, Finding) or body.rule not in ASK_NEXT_DEPLOYMENT or next_deployment is None:
        return body, bill
    body, cost = await _ask(context, replace(call, deployment=next_deployment.name), payer)
    return body, bill.plus(cost)


async def _ask(context: ModelContext, call: ModelCall, payer: str) -> tuple[dict[str, Any] | Finding, Bill]:
    """Ask one deployment; one that rejects the request, and a limit that is reached, are findings too."""
    parse = lru_cache(maxsize=1)(partial(parse_answer, call))  # for the gateway, and for the caller
    try:
        answered = await context.gateway.ask(call, payer, lambda answer: _is_usable(parse(answer)))
    except LimitReached as error:
        return Finding(rule=error.rule, severity="error", message=str(error)), Bill()
    except Permanent as error:
        if error.code not in DEPLOYMENT_FAILURES:  # storage refused us: not an answer of the model
            raise
        return Finding(rule=error.code, severity="error", message=str(error)), Bill()
    body = parse(answered.answer)
    if isinstance(body, TruncatedAnswer) and body.exhausted and context.gateway.meter is not None:
        await context.gateway.meter.note_exhausted(answered.request)
    return body, answered.bill


def _is_usable(body: dict[str, Any] | Finding) -> bool:
    """Return whether a parsed answer says something: one that was cut off may do so as far as it goes."""
    return bool(body.text) if isinstance(body, TruncatedAnswer) else not isinstance(body, Finding)


def independent_readers(context: ModelContext, document_type: DocumentType) -> tuple[ModelContext, ModelContext | None]:
    """Return the contexts of the first and the second reading; None: the policy asks for no second one, or none exists.

    No deployment is available to both, not even as a fallback: so the readings are independent.
    """
    catalogue = context.gateway.catalogue
    first = catalogue.for_task("vision")
    second = catalogue.after(first.name, "vision")
    if not document_type.policy.second_reading or second is None:
        return context, None
    gateways = [replace(context.gateway, catalogue=catalogue.without(name)) for name in (second.name, first.name)]
    return replace(context, gateway=gateways[0]), replace(context, gateway=gateways[1])
