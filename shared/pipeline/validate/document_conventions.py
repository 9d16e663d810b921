"""The conventions of a whole document: detected over all its pages, and kept where reading those again takes long."""

import asyncio

from shared.domain.documents.run import Run
from shared.domain.reading.page import Page
from shared.domain.values.conventions import Conventions
from shared.domain.values.detection.detect import ConventionDetector
from shared.pipeline.context import Context
from shared.pipeline.store import artifacts

CONVENTIONS = "conventions"
"""The name of the artifact that holds them."""


async def load_conventions(context: Context, run: Run, stored: artifacts.StoredPages) -> Conventions:
    """Return the conventions of a Run's pages, from its artifact or else from its pages, one at a time.

    Of pages that are one artifact nothing is kept: validation reads that artifact anyway. Raises Unavailable when a
    page is missing.
    """
    is_kept = run.pages > run.page_group
    saved = await artifacts.fetch_if_saved(context, run, CONVENTIONS, Conventions) if is_kept else None
    if saved is not None:
        return saved
    detector = ConventionDetector()
    async for page in stored.all():
        await asyncio.to_thread(_add_page, detector, page)
    conventions = detector.conventions()
    if is_kept:
        await artifacts.save(context, run, CONVENTIONS, conventions)
    return conventions


def _add_page(detector: ConventionDetector, page: Page) -> None:
    for line in page.lines:
        detector.add(line.text)
