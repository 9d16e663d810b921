"""Asking for a usable answer: the cheapest deployment first, a dearer one when that one's answer is of no use."""

from copy import replace
from typing import Any

from shared.domain.document_type import DocumentType
from shared.domain.finding import Finding
from shared.domain.model_call import Bill, Capability, ModelCall
from shared.stages.answers import parsed
from shared.stages.core import Core

ASKED_AGAIN = frozenset({"refusal", "invalid_json", "invalid_answer"})
"""What another model may do better. Not an answer that was cut off (it is asked again in parts), and never one that
the content filter refused, which goes to a person (FACTS)."""


async def asked(
    core: Core, call: ModelCall, capability: Capability, payer: str
) -> tuple[dict[str, Any] | Finding, Bill]:
    """The answer to `call` as JSON that fits its schema, or the finding that says why there is none; and the cost.

    A deployment that refuses, or answers something else, is asked once; then the next one that has the `capability`.
    """
    answered = await core.gateway.ask(call, payer)
    body = parsed(call, answered.answer)
    other = core.gateway.catalogue.after(call.deployment, capability)
    if not isinstance(body, Finding) or body.rule not in ASKED_AGAIN or other is None:
        return body, answered.bill
    dearer = replace(call, deployment=other.name)
    second = await core.gateway.ask(dearer, payer)
    return parsed(dearer, second.answer), answered.bill.plus(second.bill)


def readers(core: Core, kind: DocumentType) -> tuple[Core, Core | None]:
    """Who reads a document and, where the type's policy asks for it, who reads it again; None when there is nobody.

    No deployment can be asked by both, not even for an answer that another one refused: so they are independent.
    """
    catalogue = core.gateway.catalogue
    first = catalogue.for_task("vision")
    other = catalogue.after(first.name, "vision")
    if not kind.policy.second_reading or other is None:
        return core, None
    gateways = [replace(core.gateway, catalogue=catalogue.without(name)) for name in (other.name, first.name)]
    return replace(core, gateway=gateways[0]), replace(core, gateway=gateways[1])
