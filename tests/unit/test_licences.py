"""The licences that THIRD_PARTY.md lists."""

from email.message import Message
from importlib.metadata import PackageMetadata
from typing import cast

import pytest

from scripts.licences import licence_of, required_packages


def package(*fields: tuple[str, str]) -> PackageMetadata:
    message = Message()
    for name, value in (("Name", "demo"), *fields):
        message[name] = value
    return cast("PackageMetadata", message)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("License-Expression", "MIT AND Zlib"), ("License", "other")], "MIT AND Zlib"),
        ([("Classifier", "License :: OSI Approved :: MIT License"), ("Classifier", "Typing :: Typed")], "MIT"),
        ([("Classifier", "License :: OSI Approved"), ("License", "Apache 2.0")], "Apache-2.0"),
    ],
)
def test_licence_is_read_from_expression_classifiers_or_field(fields: list[tuple[str, str]], expected: str) -> None:
    """Packages state their licence in three ways."""
    assert expected == licence_of(package(*fields))


@pytest.mark.parametrize("fields", [[], [("License", "Permission is hereby granted, free of charge, to any " * 3)]])
def test_missing_licence_is_an_error(fields: list[tuple[str, str]]) -> None:
    """A package without a licence must not be listed as if it had one."""
    with pytest.raises(ValueError, match="demo names no licence"):
        licence_of(package(*fields))


def test_packages_of_other_platforms_are_left_out() -> None:
    """Azure runs the app on Linux."""
    text = "one==1.0 \\\n    --hash=sha256:00\ntwo==2.0 ; sys_platform == 'win32' \\\n    # via one\n"
    assert ["one"] == [package.name for package in required_packages(text)]
