"""The conventions of a whole document: detected once over all its pages, and kept for the steps that need them."""

import asyncio

from shared.domain.page import Page
from shared.domain.run import Run
from shared.domain.values.conventions import Conventions
from shared.domain.values.detecting import ConventionDetector
from shared.stages import artefacts
from shared.stages.core import Core

CONVENTIONS = "conventions"
"""The name of the artefact that holds them."""


async def load_conventions(core: Core, run: Run, stored: artefacts.StoredPages) -> Conventions:
    """Return the conventions of a Run's pages, from its artefact or else from its pages, one at a time.

    Raises Unavailable when a page is missing.
    """
    known = await artefacts.fetch_if_saved(core, run, CONVENTIONS, Conventions)
    if known is not None:
        return known
    detector = ConventionDetector()
    async for page in stored.all():
        await asyncio.to_thread(_add_page, detector, page)
    conventions = detector.conventions()
    await artefacts.save(core, run, CONVENTIONS, conventions)
    return conventions


def _add_page(detector: ConventionDetector, page: Page) -> None:
    for line in page.lines:
        detector.add(line.text)
