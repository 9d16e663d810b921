"""The chart of docs/scale.md: documents a minute by number of instances, with what bounds them first."""

from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from quality.bench.scale.simulation.growth import Capacity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BOUND = 0.9
"""The use of a resource from which it is called the bottleneck."""
_COLOURS = ("#1b5e9b", "#b3541e", "#2e7d32", "#6a3d9a")


def draw(capacities: Sequence[Capacity]) -> str:
    """Return the chart as SVG, the same bytes for the same figures."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "intray", "font.size": 9}):
        figure = Figure(figsize=(10, 4.6), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        left.set_ylim(3, 400_000)
        tiers = list(dict.fromkeys(entry.tier for entry in capacities))
        mixes = list(dict.fromkeys(entry.mix for entry in capacities))
        _draw_lines(left, {tier: [e for e in capacities if e.mix == "small" and e.tier == tier] for tier in tiers})
        left.set_title("Small documents, by model quota")
        _draw_lines(right, {mix: [e for e in capacities if e.mix == mix and e.tier == tiers[-1]] for mix in mixes})
        right.set_title(f"By kind of document, {tiers[-1]}")
        left.set_ylabel("documents a minute")
        target = StringIO()
        FigureCanvasSVG(figure).print_svg(target, metadata={"Date": None})  # type: ignore[no-untyped-call]  # matplotlib has no types here
    return target.getvalue()


def _draw_lines(axes: "Axes", lines: dict[str, list[Capacity]]) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("instances")
    axes.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    for colour, (name, entries) in zip(_COLOURS, lines.items(), strict=False):
        counts, rates = [entry.instances for entry in entries], [entry.per_minute for entry in entries]
        axes.plot(counts, rates, color=colour, label=f"{name}: at last {entries[-1].bottleneck}")
        for entry in entries:
            is_bound = entry.used >= _BOUND and entry.quota != "instances"
            face = "white" if is_bound else colour
            axes.plot(entry.instances, entry.per_minute, "o", markersize=5, color=colour, markerfacecolor=face)
    axes.legend(loc="upper left", frameon=False, title="hollow: a quota is reached, more instances do not help")
