"""Charts made here as SVG; the table with the same numbers stands below each."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, TOP, LEFT = 720, 190, 12, 34
FLOOR = HEIGHT - 26
MOST_LABELS = 12


def bars(columns: Sequence[tuple[str, int, int]], *, label: str) -> SafeString:
    """Return columns (name, inside, outside), the second on the first."""
    top = max([inside + outside for _name, inside, outside in columns], default=0) or 1
    step = (WIDTH - LEFT) / max(len(columns), 1)
    every = -(-len(columns) // MOST_LABELS) or 1
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        (rect for place, column in enumerate(columns) for rect in _rects(place, column, step, top)),
    )
    names = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (f"{LEFT + (place + 0.5) * step:.1f}", HEIGHT - 6, name)
            for place, (name, _inside, _outside) in enumerate(columns)
            if place % every == 0
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text><text x="{}" y="{}" text-anchor="end">0</text>{}{}</svg>',
        WIDTH, HEIGHT, label, LEFT, WIDTH, TOP, TOP, LEFT, WIDTH, FLOOR, FLOOR,
        LEFT - 6, TOP + 4, top, LEFT - 6, FLOOR + 4, drawn, names,
    )  # fmt: skip


def _rects(place: int, column: tuple[str, int, int], step: float, top: int) -> list[tuple[str, str, str, str, str]]:
    """Return the two parts of a column; what is zero is not drawn."""
    _name, inside, outside = column
    unit = (FLOOR - TOP) / top
    left, width = LEFT + place * step + step * 0.12, step * 0.76
    parts = (
        (inside, FLOOR - inside * unit, "var(--brand)"),
        (outside, FLOOR - (inside + outside) * unit, "var(--accent)"),
    )
    return [
        (f"{left:.1f}", f"{y:.1f}", f"{width:.1f}", f"{count * unit:.1f}", color) for count, y, color in parts if count
    ]
