"""Ask a model under a span and metrics of OpenTelemetry's GenAI conventions, without any content of the call."""

import time

from opentelemetry.trace import SpanKind

from shared import telemetry
from shared.domain.models.catalogue import Catalogue
from shared.domain.models.model_call import ModelAnswer, ModelCall
from shared.ports.models import Models
from shared.telemetry import metrics, traces

CHAT = "chat"
AZURE_OPENAI = "azure.ai.openai"


async def ask_observed(models: Models, call: ModelCall, request_id: str, catalogue: Catalogue) -> ModelAnswer:
    """Return what `models` answer; raises what they raise."""
    names: dict[str, str] = {
        metrics.OPERATION: CHAT,
        metrics.PROVIDER: AZURE_OPENAI,
        metrics.REQUEST_MODEL: call.deployment,
    }
    options: dict[str, traces.Value] = {
        "gen_ai.request.max_tokens": call.max_output_tokens,
        "gen_ai.output.type": "json",
    }
    started = time.monotonic()
    with traces.span(f"{CHAT} {call.deployment}", names | options, SpanKind.CLIENT) as span:
        try:
            answer = await models.answer(call, request_id)
        except BaseException as error:
            failure = {telemetry.ERROR_TYPE: type(error).__name__}
            metrics.CALL_DURATION.record(time.monotonic() - started, names | failure)
            raise
        cost = catalogue.cost(call.deployment, answer.usage)
        names[metrics.RESPONSE_MODEL] = answer.model
        span.set_attributes(
            {
                metrics.RESPONSE_MODEL: answer.model,
                "gen_ai.response.finish_reasons": (answer.finish,),
                "gen_ai.usage.input_tokens": answer.usage.prompt,
                "gen_ai.usage.cache_read.input_tokens": answer.usage.cached,
                "gen_ai.usage.output_tokens": answer.usage.completion,
                telemetry.COST: cost,
            }
        )
    metrics.CALL_DURATION.record(time.monotonic() - started, names)
    metrics.TOKEN_USAGE.record(answer.usage.prompt, names | {metrics.TOKEN_TYPE: "input"})
    metrics.TOKEN_USAGE.record(answer.usage.completion, names | {metrics.TOKEN_TYPE: "output"})
    metrics.COST.add(cost, {metrics.REQUEST_MODEL: call.deployment})
    count_answer(call, "model")
    return answer


def count_answer(call: ModelCall, source: str) -> None:
    """Count an answer: from the `model`, or `stored` and paid before."""
    metrics.ANSWERS.add(1, {metrics.REQUEST_MODEL: call.deployment, telemetry.SOURCE: source})
