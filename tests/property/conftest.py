"""The profiles of the property tests."""

from tests.property import profiles

profiles.register()
