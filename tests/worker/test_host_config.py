"""host.json and settings: defaults and limits of the real host, and errors that say what is wrong."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from local.host.settings.config import AppSettings, BlobOptions, ConfigError, HostConfig, time_span

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:05:00", timedelta(minutes=5)),
        ("1.02:03:04.5", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("-1", None),
    ],
)
def test_time_spans_are_read_as_dotnet_writes_them(text: str, expected: timedelta | None) -> None:
    """Days before a dot, a fraction after one, and -1 for no limit."""
    assert expected == time_span(text)


def test_the_defaults_are_the_real_hosts() -> None:
    """An app without settings in host.json behaves as in Azure with two cores on the Flex plan."""
    config = HostConfig.model_validate({"version": "2.0"})
    queues = config.extensions.queues
    assert (timedelta(minutes=30), "api") == (config.function_timeout, config.extensions.http.route_prefix)
    assert (16, 16, 5, timedelta(0), timedelta(minutes=1), "base64") == (
        queues.batch_size, queues.new_batch_threshold, queues.max_dequeue_count, queues.visibility_timeout,
        queues.max_polling_interval, queues.message_encoding,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parallel", "batch", "threshold"), [(100, 32, 68), (64, 32, 32), (16, 9, 7), (3, 2, 1), (2, 2, 0), (1, 1, 0)]
)
def test_blob_parallelism_is_split_as_the_extension_does(parallel: int, batch: int, threshold: int) -> None:
    """maxDegreeOfParallelism becomes batch size and threshold of the internal queue."""
    options = BlobOptions(max_degree_of_parallelism=parallel, poison_blob_threshold=3).as_queue_options()
    assert (batch, threshold, 3) == (options.batch_size, options.new_batch_threshold, options.max_dequeue_count)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting property name"),
        ('{"version": "1.0"}', "2.0"),
        ('{"version": "2.0", "functionTimeout": "soon"}', "no time span"),
        ('{"version": "2.0", "extensions": {"queues": {"batchSize": 33}}}', "less than or equal to 32"),
    ],
)
def test_a_bad_host_json_says_what_is_wrong(tmp_path: Path, text: str, reason: str) -> None:
    """The file is named, and the value."""
    (tmp_path / "host.json").write_text(text)
    with pytest.raises(ConfigError, match=f"host.json.*(?s:.)*{reason}"):
        HostConfig.read(tmp_path)


def test_connections_are_found_as_the_real_host_finds_them() -> None:
    """`AzureWebJobs<name>` comes before `<name>`; no name means AzureWebJobsStorage."""
    settings = AppSettings({"AzureWebJobsStorage": "a", "AzureWebJobsData": "b", "Data": "c", "Other": "d"})
    assert ["a", "a", "b", "d"] == [
        settings.connection_string(name) for name in ("", "AzureWebJobsStorage", "Data", "Other")
    ]


def test_a_missing_or_identity_connection_says_so() -> None:
    """Identity connections need Azure; what is missing is named."""
    settings = AppSettings({"Data__queueServiceUri": "https://x"})
    with pytest.raises(ConfigError, match="Data is an identity connection"):
        settings.connection_string("Data")
    with pytest.raises(ConfigError, match="'Nowhere' is not set"):
        settings.connection_string("Nowhere")


def test_settings_are_put_into_bindings() -> None:
    """Every %NAME% is replaced; one that is missing is an error."""
    settings = AppSettings({"A": "1", "B": "2"})
    assert "1-x-2" == settings.resolve("%A%-x-%B%")
    with pytest.raises(ConfigError, match="'C' is missing"):
        settings.resolve("%C%")


def documented() -> dict[str, str]:
    """The table of host.json values in the documentation: path to value, both as written there."""
    lines = (ROOT / "docs" / "host-json.md").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1:3] for line in lines if line.startswith("| `")]
    return {path.strip().strip("`"): value.strip().strip("`") for path, value in rows}


def values(node: object, path: str = "") -> dict[str, str]:
    """Every leaf of host.json by its dotted path, as JSON."""
    if not isinstance(node, dict):
        return {path: json.dumps(node)}
    return {name: value for key in node for name, value in values(node[key], f"{path}.{key}".lstrip(".")).items()}


def test_every_value_of_host_json_is_explained() -> None:
    """JSON has no comments: each value stands in docs/host-json.md with its reason, and nothing else does."""
    assert values(json.loads((ROOT / "host.json").read_text())) == documented()


def test_this_projects_host_json_is_valid() -> None:
    """The app runs with a poison rule, base64 messages and a retry delay that are set on purpose."""
    queues = HostConfig.read(ROOT).extensions.queues
    assert (5, "base64", timedelta(seconds=10)) == (
        queues.max_dequeue_count, queues.message_encoding, queues.visibility_timeout,
    )  # fmt: skip
