"""Charts of the counts, drawn on the server: bars by value, for the desk's page.

A chart stands in the page itself. With an address of its own, each would open all sealed counts of
the year once more; kept for a while, they would rest somewhere in the clear.
"""

from __future__ import annotations

from base64 import b64encode
from math import ceil
from typing import Any

import pygal
from pygal.style import Style

from reports.statistics.suppress import SUM, SuppressedTable
from webapp.wording.statistic_labels import find_label

# System fonts; nothing is fetched.
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#6b7280",
    foreground_strong="#6b7280",
    foreground_subtle="#9ca3af",
    colors=("#0f766e",),
    font_family="sans-serif",
    label_font_size=12,
    major_label_font_size=12,
    value_font_size=12,
)
_INK = """
text { fill: #42494d !important; }
.guides path, .axis path { stroke: #d5dcdf !important; }
@media (prefers-color-scheme: dark) {
  text { fill: #bfc8cc !important; }
  .guides path, .axis path { stroke: #343d43 !important; }
  rect.rect { fill: #5fb3a8 !important; }
}
"""
"""The colours of the desk's words and lines, on a light page and on a dark one."""

MARKS = 5
"""How many figures an axis has beside its zero, at most."""


def make_data_url(dimension: str, table: SuppressedTable) -> str:
    """The chart as the address of a picture, which holds all of it; empty with nothing to draw."""
    if not any(table[code][SUM] for code in table if code != SUM):
        return ""
    return f"data:image/svg+xml;base64,{b64encode(draw_bars(dimension, table).encode()).decode()}"


def draw_bars(dimension: str, table: SuppressedTable) -> str:
    """One bar for each value, all countries together; a hidden number has none. SVG."""
    codes = [code for code in table if code != SUM]
    chart = pygal.HorizontalBar(
        style=_STYLE,
        js=(),
        show_legend=False,
        disable_xml_declaration=True,
        width=640,
        height=max(160, 36 * len(codes)),
        margin=4,
        truncate_label=40,
    )
    # The library draws the first value lowest.
    chart.x_labels = [str(find_label(dimension, code)) for code in reversed(codes)]
    counts = [table[code][SUM] for code in reversed(codes)]
    # Reports are whole: the axis has no tenths of one.
    largest = max(count or 0 for count in counts)
    chart.y_labels = list(range(0, largest + 1, max(1, ceil(largest / MARKS))))
    chart.add("", counts)
    chart.add_xml_filter(_finished)
    drawn: str = chart.render()
    return drawn


def _finished(drawing: Any) -> Any:
    """The drawing in our colours, without what the library leaves for its own script."""
    for parent in drawing.iter():
        for child in list(parent):
            if str(child.tag).endswith("script"):
                parent.remove(child)
            elif str(child.tag).endswith("style"):
                child.text = f"{child.text}{_INK}"
    return drawing
