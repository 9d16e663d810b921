"""What INTRAY_CONTAINERS may say, and what is said of what it may not."""

import json
from typing import Any

import pytest

from shared.domain.documents.document import UploadPolicy
from shared.domain.uploads.containers import UploadContainer, read_containers

FULL: dict[str, Any] = {
    "name": "hr-forms",
    "type": "id_form",
    "data_zone": "eu",
    "retention_days": 30,
    "reviewer_group": "hr",
}


def test_a_container_has_rules() -> None:
    """They are what a document keeps; without any, nothing is different."""
    plain, ruled = read_containers(json.dumps([{"name": "incoming"}, FULL]))
    assert UploadPolicy() == plain.policy
    assert UploadPolicy(document_type="id_form", data_zone="eu", retention_days=30, reviewer_group="hr") == ruled.policy


def test_what_bicep_writes_is_read() -> None:
    """A parameter that was left empty, and a key that only gives roles."""
    written = {"name": "incoming", "type": "", "data_zone": None, "retention_days": 0, "uploaders": ["0000"]}
    (container,) = read_containers(json.dumps([written]))
    assert UploadContainer(name="incoming", retention_days=0) == container


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("incoming", "it must be JSON"),
        ("[" * 100_000, "it must be JSON"),
        ("[]", "a list of at least one container"),
        ('{"name": "incoming"}', "a list of at least one container"),
        ('["incoming"]', "a list of at least one container"),
        ('[{"name": "incoming"}, {}]', "container 2: name: it is missing"),
        ('[{"name": "HR"}]', "container HR: name: a container's name has 3 to 63"),
        ('[{"name": "hr-forms", "zone": "eu"}]', "container hr-forms: zone: there is no such key; keys are name, type"),
        ('[{"name": "hr-forms", "data_zone": "the EU"}]', "container hr-forms: data_zone: it has small letters"),
        ('[{"name": "hr-forms", "reviewer_group": "a,b"}]', "container hr-forms: reviewer_group: it has small letters"),
        ('[{"name": "hr-forms", "retention_days": -1}]', "container hr-forms: retention_days: "),
        ('[{"name": "hr-forms", "retention_days": "30 days"}]', "retention_days: it must be a whole number"),
        ('[{"name": "hr-forms"}, {"name": "hr-forms"}]', "a container is listed twice: hr-forms"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    """Which container, which key, and what would do."""
    with pytest.raises(ValueError) as caught:
        read_containers(text)
    assert message in str(caught.value)


def test_functions_have_different_names() -> None:
    """Names of containers have no underscore, so hyphens may become one."""
    names = ["incoming", "a-b", "ab", "blob", "incoming-2"]
    functions = [UploadContainer(name=name if len(name) > 2 else f"{name}x").function_name for name in names]
    assert "receive_blob" == functions[0]
    assert len(names) == len(set(functions))
