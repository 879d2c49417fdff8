"""Server-side bar charts of the counts, for the desk's page.

A chart is embedded in the page. With its own URL, each request would decrypt all rows of the year
again; a cache would keep the counts in the clear.
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
"""Colours of text and lines, for light and dark pages."""

MARKS = 5
"""The most figures on an axis besides zero."""


def make_data_url(dimension: str, table: SuppressedTable) -> str:
    """Returns the chart as a data URL, or "" if there is nothing to draw."""
    if not any(table[code][SUM] for code in table if code != SUM):
        return ""
    return f"data:image/svg+xml;base64,{b64encode(draw_bars(dimension, table).encode()).decode()}"


def draw_bars(dimension: str, table: SuppressedTable) -> str:
    """Returns an SVG with one bar per value, over all countries; a hidden number has no bar."""
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
    # Reports are whole numbers: no decimals on the axis.
    largest = max(count or 0 for count in counts)
    chart.y_labels = list(range(0, largest + 1, max(1, ceil(largest / MARKS))))
    chart.add("", counts)
    chart.add_xml_filter(_finished)
    drawn: str = chart.render()
    return drawn


def _finished(drawing: Any) -> Any:
    """Returns the drawing in our colours, without the library's script."""
    for parent in drawing.iter():
        for child in list(parent):
            if str(child.tag).endswith("script"):
                parent.remove(child)
            elif str(child.tag).endswith("style"):
                child.text = f"{child.text}{_INK}"
    return drawing
