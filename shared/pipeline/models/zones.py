"""Data zones: a document that must stay in one is shown to no deployment outside it."""

from dataclasses import replace

from shared.domain.base.errors import Blocked
from shared.domain.documents.document import Document
from shared.pipeline.models.gateway.context import ModelContext


def within_zone[C: ModelContext](context: C, document: Document) -> C:
    """Return the context with those deployments alone that may see a Document.

    Raises Blocked when its data zone lacks a capability that the catalogue has elsewhere.
    """
    zone, catalogue = document.policy.data_zone, context.gateway.catalogue
    if zone is None:
        return context
    if missing := catalogue.missing_within(zone):
        text = (
            f"The container {document.upload_container!r} is bound to the data zone {zone!r}, where no deployment has "
        )
        remedy = "add one to INTRAY_MODEL_CATALOGUE, or change INTRAY_CONTAINERS."
        raise Blocked(f"{text}the capability {' or '.join(missing)}: {remedy}", code="no_deployment_in_zone")
    return replace(context, gateway=replace(context.gateway, catalogue=catalogue.within(zone)))
