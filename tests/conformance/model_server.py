"""A request to a model, and the answers of OpenAI and Azure OpenAI to it, as recorded."""

from typing import Any

from shared.domain.models.model_call import ImagePart, ModelCall, TextPart

KEY = "a-key-that-nobody-may-see"
CALL = ModelCall(
    deployment="reader",
    system="You read invoices.",
    parts=(TextPart(text="The secret of page 1"), ImagePart(media_type="image/png", data=b"\x89PNG")),
    schema_name="extract_invoice",
    json_schema={"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    max_output_tokens=500,
)


def completion(finish: str = "stop", content: str | None = "{}", refusal: str | None = None) -> dict[str, Any]:
    """A chat completion as Azure OpenAI answers it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1795305600,
        "model": "gpt-5.4-2026-03-05",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, "refusal": refusal, "annotations": []},
                "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
            }
        ],
        "usage": {
            "prompt_tokens": 1200,
            "completion_tokens": 34,
            "total_tokens": 1234,
            "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 12},
        },
    }


def error(code: str | None, message: str = f"Not for The secret of page 1 with {KEY}") -> dict[str, Any]:
    """An error as both services answer it; here with everything in its message that must not go further."""
    return {"error": {"code": code, "message": message, "type": "invalid_request_error", "param": None}}
