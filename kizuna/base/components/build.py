"""Build the two served artefacts: one stylesheet and one icon sprite.

Run `python -m kizuna.base.components.build` after a change in `css/` or `icons/`; both results are committed, and a
test fails when they are stale, so nothing is built at run time and no Node is needed anywhere.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
STYLESHEET = HERE / "static/kizuna/kizuna.css"
SPRITE = HERE / "static/kizuna/icons.svg"

# Order matters inside a layer: later files may refine earlier ones.
STYLE_ORDER = (
    "tokens", "reset", "base", "layout", "text", "navigation", "buttons", "cards", "people", "chips", "thread",
    "editor", "forms", "menus", "search", "ideas", "studio", "customers", "tables", "work", "rules", "inbox", "charts",
    "report", "widget", "notices", "hues", "utilities",
)  # fmt: skip

NOTICE = "/* Kizuna. Built from kizuna/base/components/css; do not edit. */\n"
ICON_NOTICE = "<!-- Lucide icons, ISC licence (some from Feather, MIT); see icons/LICENSE. Built; do not edit. -->\n"


def build_stylesheet() -> str:
    """Join the component files in order, without comments and indentation."""
    source = "\n".join((HERE / "css" / f"{name}.css").read_text(encoding="utf-8") for name in STYLE_ORDER)
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    lines = (line.strip() for line in source.splitlines())
    return NOTICE + "\n".join(re.sub(r"\s*([{};])\s*", r"\1", line) for line in lines if line) + "\n"


def build_sprite() -> str:
    """Join the icon files to one sprite with a symbol `i-NAME` each."""
    symbols = []
    for path in sorted((HERE / "icons").glob("*.svg")):
        drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if drawing is None:
            raise ValueError(f"{path.name} holds no drawing")
        shapes = "".join(line.strip() for line in drawing.group(1).splitlines())
        symbols.append(f'<symbol id="i-{path.stem}" viewBox="0 0 24 24">{shapes}</symbol>')
    return f'{ICON_NOTICE}<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def main() -> None:
    """Write both artefacts."""
    STYLESHEET.write_text(build_stylesheet(), encoding="utf-8")
    SPRITE.write_text(build_sprite(), encoding="utf-8")


if __name__ == "__main__":
    main()
