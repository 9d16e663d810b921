"""What settings refer to: files and folders that must be there and readable, and settings that need each other."""

import os
from importlib.util import find_spec
from pathlib import Path

import yaml
from pydantic import ValidationError

from shared.document_types.loader import BUILT_IN, load_types
from shared.document_types.yaml_files.folder import InvalidType
from shared.domain.models.catalogue import Catalogue
from shared.environment import StorageSettings
from shared.setting_values import INCOMPLETE_STORAGE, NO_STORAGE, InvalidSetting, SettingProblem, shown_value
from shared.settings import Settings


def read_catalogue(path: Path) -> Catalogue:
    """Return the model deployments of a YAML file; raises InvalidSetting."""
    try:
        return Catalogue.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror})"
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = "the file is not valid YAML" + (f" (line {mark.line + 1})" if mark else "")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = f"the file is not a catalogue: {'.'.join(map(str, first['loc']))}: {first['msg']}"
    problem = SettingProblem(
        "INTRAY_MODEL_CATALOGUE", repr(str(path)), reason, "Correct it as shared/models.yaml is written, or unset it."
    )
    raise InvalidSetting(str(problem))


def find_missing_ocr() -> str | None:
    """Return which packages of the local OCR engine are not installed, and what to do; None when all are there."""
    missing = [name for name in ("rapidocr", "onnxruntime", "cv2", "numpy") if find_spec(name) is None]
    if not missing:
        return None
    reason = f"its packages are not installed (missing: {', '.join(missing)})"
    remedy = (
        "Build the app from requirements.txt, or set document_intelligence (and INTRAY_OCR_ENDPOINT), "
        "or set none: scans then go to a person unread."
    )
    return str(SettingProblem("INTRAY_OCR_ENGINE", "'rapidocr'", reason, remedy))


def find_setting_problems(options: Settings) -> list[str]:
    """Return what is wrong with what the settings refer to, a line for each problem; no service is asked."""
    problems: list[str] = []
    try:
        problems += _find_empty_zones(options, read_catalogue(options.model_catalogue))
    except InvalidSetting as error:
        problems.append(str(error))
    if options.passwords_file is not None and not os.access(options.passwords_file, os.R_OK):
        value = shown_value("INTRAY_PASSWORDS_FILE", options.passwords_file)
        remedy = "Name a YAML file that exists, or unset it."
        problems.append(
            str(SettingProblem("INTRAY_PASSWORDS_FILE", value, "there is no such file that can be read", remedy))
        )
    if options.ocr_engine == "rapidocr" and (problem := find_missing_ocr()):
        problems.append(problem)
    if options.ocr_engine == "document_intelligence" and not options.ocr_endpoint:
        problems.append("INTRAY_OCR_ENDPOINT: INTRAY_OCR_ENGINE is 'document_intelligence', which needs it. Set it.")
    try:
        load_types(BUILT_IN, *options.type_folders)
    except InvalidType as error:
        problems += [f"INTRAY_TYPE_FOLDERS: {problem}" for problem in error.problems]
    return problems


def _find_empty_zones(options: Settings, catalogue: Catalogue) -> list[str]:
    """Return which containers are bound to a data zone that lacks a deployment, a line for each."""
    return [
        f"INTRAY_CONTAINERS: container {container.name}: no deployment of INTRAY_MODEL_CATALOGUE in the data zone "
        f"{container.data_zone!r} has the capability {' or '.join(missing)}. Add one with this `data_zone`."
        for container in options.upload_containers
        if container.data_zone and (missing := catalogue.missing_within(container.data_zone))
    ]


def find_missing_settings(options: Settings, storage: StorageSettings) -> list[str]:
    """Return which settings a function app lacks, a line for each."""
    problems = [
        f"INTRAY_{name.upper()} is not set. Set it: {Settings.model_fields[name].description}"
        for name in ("model_endpoint", "topic_endpoint")
        if not getattr(options, name)
    ]
    tokens = {f"token_{part}": getattr(options, f"token_{part}") for part in ("issuer", "audience", "keys_url")}
    if any(tokens.values()):
        problems += [
            f"INTRAY_{name.upper()} is not set, so no token counts. Set it: {Settings.model_fields[name].description}"
            for name, value in tokens.items()
            if not value
        ]
    addresses = [storage.service_url("blob"), storage.service_url("queue"), storage.service_url("table")]
    if storage.connection is None and not all(addresses):
        problems.append(INCOMPLETE_STORAGE if any(addresses) else NO_STORAGE)
    return problems
