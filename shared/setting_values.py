"""Kinds of values that settings take, and what is said of a value that is none."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from shared.domain.base.errors import IntrayError
from shared.domain.uploads.containers import check_container_name

NO_STORAGE = (
    "Set AzureWebJobsStorage to a connection string, or (for access by managed identity) "
    "AzureWebJobsStorage__accountName to the account's name."
)
INCOMPLETE_STORAGE = (
    "Set AzureWebJobsStorage__accountName, or all of AzureWebJobsStorage__blobServiceUri, "
    "__queueServiceUri and __tableServiceUri: only some of the addresses are set."
)
MAX_SECONDS = 366 * 24 * 3600
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAYS = "sun|mon|tue|wed|thu|fri|sat"
_CRON_FIELDS = (
    ("second", 0, 59, ""),
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day", 1, 31, ""),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_MAX_SHOWN_CHARACTERS = 80
_PLAIN_WORDS = {
    "a valid integer, unable to parse string as an integer": "a whole number",
    "a valid number, unable to parse string as a number": "a number",
    "less than or equal to": "at most",
    "greater than or equal to": "at least",
    "Input should be": "it must be",
}
_CREDENTIALS_IN_ADDRESS = re.compile(r"(?<=//)[^/@]*@|\?.*")
_SECRET = re.compile(r"_KEY$|^AzureWebJobsStorage$")


def check_schedule(text: str) -> str:
    """Return a six-field NCRONTAB expression; raises ValueError that names the field that is wrong."""
    parts = text.split()
    if len(parts) != len(_CRON_FIELDS):
        message = f"a schedule has six fields (second minute hour day month weekday), this has {len(parts)}"
        raise ValueError(message)
    for part, (name, low, high, words) in zip(parts, _CRON_FIELDS, strict=True):
        if not all(_is_cron_item(item, low, high, words) for item in part.split(",")):
            message = f"{part!r} is not a {name} ({low} to {high}, *, */n, a-b or a list)"
            raise ValueError(message)
    return " ".join(parts)


def _is_cron_item(item: str, low: int, high: int, words: str) -> bool:
    value = rf"\d{{1,2}}|{words}" if words else r"\d{1,2}"
    match = re.fullmatch(rf"(?:\*|({value})(?:-({value}))?)(?:/(\d{{1,2}}))?", item, re.IGNORECASE)
    if match is None:
        return False
    first, last, step = match.groups()
    numbers = [int(number) for number in (first, last) if number is not None and number.isdigit()]
    return all(low <= number <= high for number in numbers) and numbers == sorted(numbers) and step not in {"0", "00"}


def check_address(text: str) -> str:
    """Return an http or https address; raises ValueError when it is none."""
    try:
        parts = urlsplit(text)
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        complete = False
    if not complete or re.search(r"\s", text):
        message = "an address begins with https:// (or http://) and names a host"
        raise ValueError(message)
    return text


def check_secure_address(text: str) -> str:
    """Return an https address, or one of this machine; raises ValueError for another."""
    parts = urlsplit(check_address(text))
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
        message = "the address must begin with https://: what it returns is trusted"
        raise ValueError(message)
    return text


def check_distinct(uploads: Iterable[str], *containers: str) -> None:
    """Raise ValueError when containers of results and types are the same, or those of the uploads or the work."""
    names = (*uploads, "work", *containers)
    if len(set(names)) < len(names):
        message = (
            "INTRAY_RESULTS_CONTAINER, INTRAY_UNPACKED_CONTAINER and INTRAY_TYPES_CONTAINER must differ from each "
            f"other, from those of INTRAY_CONTAINERS and from work; they are {', '.join(containers)}"
        )
        raise ValueError(message)


Schedule = Annotated[str, AfterValidator(check_schedule)]
Address = Annotated[str, AfterValidator(check_address)]
SecureAddress = Annotated[str, AfterValidator(check_secure_address)]
ContainerName = Annotated[str, AfterValidator(check_container_name)]
Seconds = Annotated[float, Field(gt=0, le=MAX_SECONDS)]


class SettingProblem(NamedTuple):
    """A variable of the environment that is wrong: its `value` as shown (never a secret's), why, and the remedy."""

    variable: str
    value: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """Return one line."""
        value = f" is {self.value}" if self.value else ""
        return f"{self.variable}{value}: {self.message}. {self.remedy}"


def variable_of(name: str, field: FieldInfo, prefix: str) -> str:
    """Return the environment variable of a setting."""
    return str(field.validation_alias) if field.validation_alias else f"{prefix}{name}".upper()


def is_secret(variable: str, field: FieldInfo | None = None) -> bool:
    """Return whether the value of a variable must not be shown."""
    return (field is not None and SecretStr in _types(field)) or _SECRET.search(variable) is not None


def shown_value(variable: str, value: object, field: FieldInfo | None = None) -> str:
    """Return a value as a message may quote it."""
    if is_secret(variable, field):
        return "set (not shown)"
    text = repr(_CREDENTIALS_IN_ADDRESS.sub("", str(value)) if "//" in str(value) else str(value))
    return text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}…"


class MissingSetting(IntrayError):
    """A setting that has no default is not set; the message names it."""


class InvalidSetting(IntrayError):
    """A setting asks for what cannot be had here; the message names it and what would do."""


class InvalidSettings(InvalidSetting):
    """Values of settings are wrong: the message has a line for each variable, with its value and the remedy."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def describe_problems(error: ValidationError, fields: Mapping[str, FieldInfo], prefix: str) -> list[SettingProblem]:
    """Return what is wrong with settings, a line for each variable."""
    by_alias = {str(field.validation_alias): (name, field) for name, field in fields.items() if field.validation_alias}
    problems: dict[str, SettingProblem] = {}
    for detail in error.errors(include_url=False):
        place = str(detail["loc"][0]) if detail["loc"] else ""
        name, field = by_alias.get(place) or (place, fields.get(place))
        if field is None:
            problems[place] = SettingProblem(place or "settings", "", _sentence(detail), "Change one of them.")
            continue
        variable = variable_of(name, field, prefix)
        value = shown_value(variable, detail["input"], field)
        problems.setdefault(variable, SettingProblem(variable, value, _sentence(detail), _remedy(field)))
    return list(problems.values())


def _sentence(detail: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    text = str(detail["msg"]).removeprefix("Value error, ")
    for technical, plain in _PLAIN_WORDS.items():
        text = text.replace(technical, plain)
    return text


def _remedy(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    text = "unset it" if default in (None, (), "") else f"unset it for the default {str(default)!r}"
    return f"Set a value that fits, or {text}. ({field.description})"


def _types(field: FieldInfo) -> Iterable[object]:
    return (field.annotation, *getattr(field.annotation, "__args__", ()))
