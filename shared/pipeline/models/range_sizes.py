"""How many pages one reading step and one extraction request take."""

from shared.pipeline.models.gateway.context import ModelContext


def extraction_size(context: ModelContext) -> int:
    """Pages of one extraction request: at most as many as the model takes pictures, if it takes any."""
    return min(
        context.limits.extract_range,
        context.gateway.catalogue.for_task("vision").images or context.limits.extract_range,
    )


def reading_sizes(context: ModelContext) -> tuple[int, int]:
    """Pages of a read range, and those of them that are kept together: what one extraction request asks for.

    So a request parses no page that it does not show. A read range is rounded down to whole requests.
    """
    group = min(context.limits.read_range, extraction_size(context))
    return context.limits.read_range // group * group, group
