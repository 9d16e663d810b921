"""The profiles of the property tests."""

from tests.support.pipeline import searches

searches.register()
