"""Empty environment variables count as unset, for every setting, and the storage account is reachable by name."""

import pytest

from local.settings import LocalSettings
from shared import bootstrap
from shared.adapters.events.event_grid import EventGridEvents
from shared.bootstrap_storage import azure_credential, storage_adapters
from shared.environment import EnvironmentSettings, StorageSettings
from shared.setting_values import InvalidSettings, MissingSetting
from shared.settings import Settings

MODELS: tuple[type[EnvironmentSettings], ...] = (StorageSettings, Settings, LocalSettings)
BLANKS = ("", " ", "\t", " \r\n")


def variable(model: type[EnvironmentSettings], name: str) -> str:
    """Return the environment variable of a setting."""
    alias = model.model_fields[name].validation_alias
    return str(alias) if alias else f"{model.model_config.get('env_prefix')}{name}".upper()


EVERY = [(model, name) for model in MODELS for name in model.model_fields]


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
@pytest.mark.parametrize(("model", "name"), EVERY, ids=lambda part: part if isinstance(part, str) else part.__name__)
def test_a_blank_variable_leaves_the_default(
    monkeypatch: pytest.MonkeyPatch, model: type[EnvironmentSettings], name: str, blank: str
) -> None:
    """Numbers, keys, endpoints, schedules, paths and choices alike."""
    monkeypatch.setenv(variable(model, name), blank)
    assert model.model_fields[name].default == getattr(model(), name)


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
def test_blank_keys_choose_the_identity(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    """Each service whose key is blank is accessed by managed identity."""
    for name in ("AzureWebJobsStorage", "INTRAY_MODEL_KEY", "INTRAY_TOPIC_KEY", "INTRAY_OCR_KEY"):
        monkeypatch.setenv(name, blank)
    monkeypatch.setenv("AzureWebJobsStorage__accountName", "acct")
    monkeypatch.setenv("INTRAY_MODEL_ENDPOINT", "https://x.openai.azure.com/openai/v1/")
    monkeypatch.setenv("INTRAY_TOPIC_ENDPOINT", "https://t.westeurope-1.eventgrid.azure.net/api/events")
    monkeypatch.setenv("INTRAY_OCR_ENGINE", "document_intelligence")
    monkeypatch.setenv("INTRAY_OCR_ENDPOINT", "https://d.cognitiveservices.azure.com")
    options, storage = Settings(), StorageSettings()
    adapters = [*storage_adapters(storage, lambda *_: None), bootstrap.models(options, storage)]
    adapters.append(bootstrap._document_intelligence(options, storage))
    assert ["identity"] * 5 == [repr(adapter).rpartition(", ")[2].strip(")") for adapter in adapters]
    events = bootstrap._events(options, storage)
    assert isinstance(events, EventGridEvents)
    assert "identity" in str(type(events._client))


def test_keys_are_used_without_the_white_space_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pasted key often ends in a line break."""
    monkeypatch.setenv("INTRAY_MODEL_KEY", " secret\n")
    key = Settings().model_key
    assert key is not None
    assert "secret" == key.get_secret_value()


def test_the_name_of_the_account_gives_all_three_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the platform; an address that is set wins over the one derived from the name."""
    monkeypatch.setenv("AzureWebJobsStorage__accountName", "acct")
    monkeypatch.setenv("AzureWebJobsStorage__queueServiceUri", "https://acct.queue.core.chinacloudapi.cn")
    storage = StorageSettings()
    blobs, queues, tables = storage_adapters(storage, lambda *_: None)
    assert "AzureBlobs(https://acct.blob.core.windows.net/, identity)" == repr(blobs)
    assert "AzureQueues(https://acct.queue.core.chinacloudapi.cn/, identity)" == repr(queues)
    assert "AzureTables(https://acct.table.core.windows.net, identity)" == repr(tables)
    assert "https://acct.blob.core.windows.net" == storage.blob_url


def test_a_connection_string_wins_over_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local cloud sets it, whatever the environment says besides."""
    connection = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5;EndpointSuffix=core.windows.net"
    monkeypatch.setenv("AzureWebJobsStorage", connection)
    monkeypatch.setenv("AzureWebJobsStorage__accountName", "other")
    storage = StorageSettings()
    assert "https://a.blob.core.windows.net" == storage.blob_url
    assert "key)" in repr(storage_adapters(storage, lambda *_: None)[0])


@pytest.mark.parametrize("value", ["managedidentity", "ManagedIdentity"])
def test_the_managed_identity_alone_is_used_when_asked_for(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """A user-assigned identity needs `__credential` and `__clientId`, as for the host's own bindings."""
    monkeypatch.setenv("AzureWebJobsStorage__credential", value)
    monkeypatch.setenv("AzureWebJobsStorage__clientId", "00000000-0000-0000-0000-000000000000")
    assert "ManagedIdentityCredential" == type(azure_credential(StorageSettings())).__name__
    monkeypatch.delenv("AzureWebJobsStorage__credential")
    assert "DefaultAzureCredential" == type(azure_credential(StorageSettings())).__name__


def test_storage_that_is_not_named_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No address at all, and only some of the three."""
    monkeypatch.delenv("AzureWebJobsStorage", raising=False)
    with pytest.raises(MissingSetting, match="AzureWebJobsStorage__accountName"):
        storage_adapters(StorageSettings(), lambda *_: None)
    monkeypatch.setenv("AzureWebJobsStorage__blobServiceUri", "https://acct.blob.core.windows.net")
    with pytest.raises(MissingSetting, match="only some"):
        storage_adapters(StorageSettings(), lambda *_: None)


def test_a_url_is_no_name_of_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account's name has 3 to 24 small letters and digits."""
    monkeypatch.setenv("AzureWebJobsStorage__accountName", "https://acct.blob.core.windows.net")
    with pytest.raises(InvalidSettings, match="accountName"):
        StorageSettings()
