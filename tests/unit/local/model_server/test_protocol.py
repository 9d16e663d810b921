"""Requests are checked as the service checks them."""

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image

from local.model_server.calls import CallLog, request_hash
from local.model_server.deployments import Catalogue
from local.model_server.errors import ApiError, prompt_filtered, throttling_error
from local.model_server.faults.spoil import drop_rows, spoil_evidence
from local.model_server.limits import RateWindow
from local.model_server.protocol import parse_request
from shared.pipeline.models.prompting.schema import extraction_schema
from tests.support.paper import field, fields

SCHEMA = extraction_schema(fields(number=field("identifier", "Number")))
FORMAT = {"type": "json_schema", "json_schema": {"name": "extract_thing", "strict": True, "schema": SCHEMA}}


def body(**changes: Any) -> dict[str, Any]:
    """A good request with some changes."""
    messages = [{"role": "system", "content": "Read."}, {"role": "user", "content": "Here."}]
    return {"model": "gpt-4.1", "messages": messages, "response_format": FORMAT} | changes


def picture(size: tuple[int, int] = (64, 64)) -> dict[str, Any]:
    """An image part."""
    data = io.BytesIO()
    Image.new("RGB", size).save(data, "PNG")
    return {
        "type": "image_url",
        "image_url": {"url": "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()},
    }


def refusal(**changes: Any) -> ApiError:
    """The error that a changed request gets."""
    with pytest.raises(ApiError) as caught:
        parse_request(body(**changes), Catalogue())
    return caught.value


def test_a_good_request_is_taken_apart() -> None:
    """Schema, texts, images and limits are all there."""
    content = [{"type": "text", "text": "Image of page 1"}, picture()]
    messages = [{"role": "system", "content": "Read."}, {"role": "user", "content": content}]
    read = parse_request(body(messages=messages, max_completion_tokens=50), Catalogue())
    assert (read.schema_name, read.system, read.texts, len(read.images)) == (
        "extract_thing",
        "Read.",
        ("Image of page 1",),
        1,
    )
    assert (read.max_tokens, read.deployment.name) == (50, "gpt-4.1")


def test_an_image_adds_its_tokens() -> None:
    """The prompt's tokens hold the image's."""
    words = parse_request(body(messages=[{"role": "user", "content": "Here."}]), Catalogue()).prompt_tokens
    seen = parse_request(
        body(messages=[{"role": "user", "content": [{"type": "text", "text": "Here."}, picture()]}]), Catalogue()
    )
    assert seen.prompt_tokens - words == 255


@pytest.mark.parametrize(
    ("changes", "status", "code", "param"),
    [
        ({"model": "nobody"}, 404, "DeploymentNotFound", None),
        ({"stream": True}, 400, "unsupported_value", "stream"),
        ({"n": 2}, 400, "unsupported_value", "n"),
        ({"logprobs": True}, 400, "unsupported_parameter", "logprobs"),
        ({"tools": []}, 400, "unsupported_parameter", "tools"),
        ({"model": "o4-mini", "temperature": 0}, 400, "unsupported_parameter", "temperature"),
        ({"model": "gpt-5.4", "max_tokens": 5}, 400, "unsupported_parameter", "max_tokens"),
        ({"reasoning_effort": "low"}, 400, None, "reasoning_effort"),
        ({"max_completion_tokens": 0}, 400, "invalid_value", "max_completion_tokens"),
        ({"response_format": {"type": "json_object"}}, 400, None, "response_format"),
        ({"messages": []}, 400, None, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, 400, "invalid_value", "messages.[0].role"),
        ({"teh_model": 1}, 400, None, None),
    ],
)
def test_bad_requests_get_the_services_errors(
    changes: dict[str, Any], status: int, code: str | None, param: str | None
) -> None:
    """Status, code and parameter are what a client would see."""
    error = refusal(**changes)
    assert (error.status, error.body["error"].get("code"), error.body["error"].get("param")) == (status, code, param)


def test_standard_models_take_sampling_and_reasoning_ones_take_effort() -> None:
    """What one kind refuses the other takes."""
    assert parse_request(body(temperature=0, max_tokens=9), Catalogue()).max_tokens == 9
    assert parse_request(body(model="o3", reasoning_effort="low"), Catalogue()).deployment.reasoning


@pytest.mark.parametrize(
    "url", ["https://example.org/a.png", "data:image/png;base64,AAAA", "data:text/plain;base64,AAAA"]
)
def test_only_inline_readable_images_are_taken(url: str) -> None:
    """Nothing is fetched, nothing unreadable accepted."""
    messages = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]
    assert refusal(messages=messages).body["error"]["code"] == "invalid_image_url"


def test_an_extra_deployment_may_stand_for_a_model() -> None:
    """`mine=o3` is a reasoning deployment."""
    assert parse_request(body(model="mine"), Catalogue(("mine=o3",))).deployment.reasoning


def test_equal_requests_share_a_record() -> None:
    """The order of keys does not make another request."""
    log = CallLog()
    for one in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2}):
        log.record(request_hash(one), "d", "s").answered += 1
    told = log.as_json()
    assert (told["calls"], told["distinct"], [one["count"] for one in told["requests"]]) == (3, 2, [2, 1])


def test_a_quota_a_minute_is_kept() -> None:
    """Beyond it comes a 429 that says when the minute is over; then calls pass again."""
    now = [0.0]
    window = RateWindow(lambda: now[0], requests=2, tokens=100)
    assert window.spend(60)["x-ratelimit-remaining-tokens"] == "40"
    with pytest.raises(ApiError) as caught:
        window.spend(60)
    assert (caught.value.status, caught.value.headers["retry-after"]) == (429, "60")
    now[0] = 61.0
    assert window.spend(60)["x-ratelimit-remaining-requests"] == "1"


def test_error_shapes_are_the_services() -> None:
    """A filtered prompt and a throttled call have what clients look at."""
    filtered = prompt_filtered().body["error"]
    assert (filtered["code"], filtered["innererror"]["code"]) == ("content_filter", "ResponsibleAIPolicyViolation")
    assert filtered["innererror"]["content_filter_result"]["jailbreak"] == {"filtered": True, "detected": True}
    assert dict(throttling_error(1.5).headers) == {"retry-after": "2", "retry-after-ms": "1500"}


def test_spoiled_evidence_names_lines_that_no_page_has() -> None:
    """Values stay, cited lines do not exist."""
    assert spoil_evidence('{"a": {"value": 1, "lines": ["p1.l1"]}, "line": null}') == (
        '{"a": {"value": 1, "lines": ["p999.l1"]}, "line": null}'
    )


def test_rows_are_left_out_but_not_lines_or_values() -> None:
    """Every third row of each table is gone; what is no table stays whole."""
    answer = {
        "a": {"value": 1, "lines": ["p1.l1", "p1.l2", "p1.l3"]},
        "rows": [{"n": n, "lines": []} for n in range(7)],
    }
    thinned = json.loads(drop_rows(json.dumps(answer)))
    assert answer["a"] == thinned["a"]
    assert [0, 1, 3, 4, 6] == [row["n"] for row in thinned["rows"]]
