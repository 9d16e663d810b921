"""Which requests to a model are the same."""

from typing import Any

from quality.bench.scale.answers import identify_request


def request(*parts: dict[str, Any], model: str = "mini") -> dict[str, Any]:
    schema = {"name": "extract_invoice", "schema": {}}
    return {
        "model": model,
        "messages": [{"role": "system", "content": "Read."}, {"role": "user", "content": list(parts)}],
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def text(content: str) -> dict[str, Any]:
    return {"type": "text", "text": content}


PICTURE = {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,AA=="}}


def test_hints_and_pictures_make_no_other_request() -> None:
    """Answers are recorded with hints for the local reader, and served to an app that sends none."""
    with_hints = request(text("<hints>{}</hints>"), text("page"), PICTURE)
    assert identify_request(with_hints) == identify_request(request(text("page")))


def test_another_text_or_deployment_is_another_request() -> None:
    """Documents differ in a number only; each must get its own answer."""
    asked = identify_request(request(text("HB-1")))
    assert asked not in {identify_request(request(text("HB-2"))), identify_request(request(text("HB-1"), model="big"))}
