"""Build the context of the stages from the settings: the only place that knows which adapter serves which port."""

import asyncio
from dataclasses import fields
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from shared.bootstrap_formats import embedded_data_readers, readers, unpackers
from shared.bootstrap_storage import azure_credential, queue_adapter, storage_adapters
from shared.document_types.library import TypeLibrary
from shared.document_types.loader import BUILT_IN, load_types
from shared.domain.models.catalogue import Catalogue
from shared.domain.reading.ocr_need import Ceiling
from shared.environment import StorageSettings
from shared.pipeline.context import Context, TagSupport
from shared.pipeline.local_files.copies import Copies
from shared.pipeline.models.gateway.gateway import Gateway
from shared.pipeline.models.gateway.single_flight import SingleFlight
from shared.pipeline.store.context import WORK, Deferrals, Limits
from shared.setting_checks import find_missing_ocr, read_catalogue
from shared.setting_values import InvalidSetting
from shared.settings import Settings, settings, storage_settings
from shared.telemetry.library_logs import quiet_libraries

if TYPE_CHECKING:
    from shared.adapters.isolation import ProcessPool
    from shared.ports.events import Events
    from shared.ports.isolation import Isolation
    from shared.ports.models import Models
    from shared.ports.passwords import Passwords
    from shared.ports.reading import TextRecognizer

PRELOADED = ("pymupdf",)
"""Imported once for all child processes: the fork server is shared, and PyMuPDF takes a second to import."""
MODEL_SCOPE = "https://ai.azure.com/.default"


def source_url() -> str | None:
    """Return where the source code of this deployment is offered."""
    return settings().source_url


@cache
def deferrals() -> Deferrals:
    """Return where and for how long messages are deferred; raises MissingSetting without storage settings."""
    options = settings()
    return Deferrals(
        queue_adapter(storage_settings()), options.max_waits, timedelta(seconds=options.longest_wait_seconds)
    )


@cache
def range_slots(stage: Literal["read", "extract"]) -> asyncio.Semaphore:
    """Return what bounds how many page ranges of large files this process works on at once in a stage."""
    options = settings()
    return asyncio.Semaphore({"read": options.read_ranges_at_once, "extract": options.extract_ranges_at_once}[stage])


@cache
def context() -> Context:
    """Return the context of this process, built at its first use. Call it from the worker's event loop.

    Raises MissingSetting, InvalidType.
    """
    built = build_context(settings(), storage_settings())
    quiet_libraries()
    return built


def build_context(options: Settings, storage: StorageSettings) -> Context:
    """Return a context for these settings; raises MissingSetting, InvalidType."""
    from shared.adapters.formats.sniffer import PuremagicSniffer
    from shared.adapters.images.pictures import PillowPictures
    from shared.adapters.storage.clock import StorageClock
    from shared.adapters.storage.system_clock import SystemClock

    clock, built_in_types = StorageClock(SystemClock()), load_types(BUILT_IN, *options.type_folders)
    blobs, queues, records = storage_adapters(storage, clock.observe)
    pool, ocr_pool = reading_pools(options)
    return Context(
        blobs=blobs,
        copies=Copies(blobs, options.copies_bytes),
        queues=queues,
        records=records,
        events=_events(options, storage),
        gateway=Gateway(models(options, storage), blobs, WORK, catalogue(options), SingleFlight(records, clock)),
        model_hints=options.model_hints,
        readers=readers(options, pool),
        embedded_data_readers=embedded_data_readers(pool),
        unpackers=unpackers(pool),
        pictures=PillowPictures(),
        recognizer=recognizer(options, storage, ocr_pool, pool),
        passwords=_passwords(options, storage),
        sniffer=PuremagicSniffer(pool),
        clock=clock,
        types=TypeLibrary(
            blobs, clock, built_in_types, options.types_container, WORK, timedelta(seconds=options.types_seconds)
        ),
        limits=_limits(options),
        results=options.results_container,
        unpacked=options.unpacked_container,
        storage_url=storage.blob_url,
        containers={container.name: container.policy for container in options.upload_containers},
        tag_support=TagSupport(options.outcome_tags),
    )


def reading_pools(options: Settings) -> "tuple[ProcessPool, ProcessPool]":
    """Return the processes that read files, and the process of OCR."""
    from shared.adapters.isolation import ProcessPool

    size, memory = options.reader_processes, options.reader_bytes
    return (
        ProcessPool(size, options.file_seconds, memory, PRELOADED, "INTRAY_FILE_SECONDS"),
        ProcessPool(1, options.ocr_seconds, options.ocr_bytes, PRELOADED, "INTRAY_OCR_SECONDS"),
    )


def catalogue(options: Settings) -> Catalogue:
    """Return the model deployments that the settings name; raises InvalidSetting."""
    return read_catalogue(options.model_catalogue)


def _limits(options: Settings) -> Limits:
    """Return the limits as they are set: a setting with the name of one is that one."""
    return Limits(
        **options.model_dump(include={limit.name for limit in fields(Limits)}),
        ocr_ceiling=Ceiling(options.ocr_side),
        stalled_after=options.stalled_after,
        lease=timedelta(seconds=options.lease_seconds),
        longest_wait=timedelta(seconds=options.longest_wait_seconds),
        retention=timedelta(days=options.retention_days) if options.retention_days else None,
        malware_wait=timedelta(seconds=options.malware_wait_seconds) if options.malware_scan else None,
    )


def _events(options: Settings, storage: StorageSettings) -> "Events":
    from shared.adapters.events.event_grid import EventGridEvents

    endpoint = options.need("topic_endpoint")
    if options.topic_key is not None:
        return EventGridEvents.from_key(endpoint, options.topic_key.get_secret_value())
    return EventGridEvents.from_identity(endpoint, azure_credential(storage))


def models(options: Settings, storage: StorageSettings) -> "Models":
    """Return the models that the settings name; raises MissingSetting."""
    from shared.adapters.models.openai import OpenAIModels

    endpoint = options.need("model_endpoint")
    wait = timedelta(seconds=options.model_seconds)
    if options.model_key is not None:
        return OpenAIModels(endpoint, options.model_key.get_secret_value(), wait)
    from azure.identity.aio import get_bearer_token_provider

    return OpenAIModels(endpoint, get_bearer_token_provider(azure_credential(storage), MODEL_SCOPE), wait)


def _passwords(options: Settings, storage: StorageSettings) -> "Passwords | None":
    if options.key_vault_url:
        from shared.adapters.secrets.key_vault import KeyVaultPasswords

        return KeyVaultPasswords.from_identity(options.key_vault_url, azure_credential(storage))
    if options.passwords_file:
        from shared.adapters.secrets.password_file import PasswordFile

        return PasswordFile(options.passwords_file)
    return None


def recognizer(
    options: Settings, storage: StorageSettings, pool: "Isolation", checks: "Isolation | None" = None
) -> "TextRecognizer | None":
    """Return the OCR engine of the settings, a local one at work in `pool`, spared pictures without text.

    Pictures are checked for text in `checks`, by default in `pool` too, where they wait for the OCR of other pages.
    Raises MissingSetting, InvalidSetting.
    """
    from shared.adapters.ocr.blank_check import BlankCheckingRecognizer

    match options.ocr_engine:
        case "rapidocr":
            return BlankCheckingRecognizer(_rapidocr(options, pool), checks or pool)
        case "document_intelligence":
            return BlankCheckingRecognizer(_document_intelligence(options, storage), checks or pool)
        case "none":
            return None


def _rapidocr(options: Settings, pool: "Isolation") -> "TextRecognizer":
    from shared.adapters.ocr.rapidocr import RapidOcrRecognizer, not_readable

    if problem := find_missing_ocr():
        raise InvalidSetting(problem)
    if unknown := not_readable(options.ocr_languages):
        message = (
            f"INTRAY_OCR_LANGUAGES: the engine rapidocr has no model for {', '.join(unknown)}. "
            "Set INTRAY_OCR_ENGINE to document_intelligence, or leave the language out."
        )
        raise InvalidSetting(message)
    return RapidOcrRecognizer(pool, options.ocr_threads)


def _document_intelligence(options: Settings, storage: StorageSettings) -> "TextRecognizer":
    from shared.adapters.ocr.document_intelligence import DocumentIntelligence

    endpoint, wait = options.need("ocr_endpoint"), timedelta(seconds=options.ocr_service_seconds)
    locale = options.ocr_languages[0] if len(options.ocr_languages) == 1 else None  # it takes one hint, or finds out
    if options.ocr_key is not None:
        return DocumentIntelligence.from_key(endpoint, options.ocr_key.get_secret_value(), locale, wait)
    return DocumentIntelligence.from_identity(endpoint, azure_credential(storage), locale, wait)
