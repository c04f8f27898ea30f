"""What is served is what the sources say, and stays small."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from kizuna.base.components import build
from kizuna.base.components.assets import asset_url
from kizuna.base.components.leaves import AVATAR_SIZES

HERE = build.HERE
STATIC = HERE / "static/kizuna"
PACKAGE = HERE.parent.parent
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
DRAWN_ICON = re.compile(r"""(?:{%\s*icon\s+|\bicon(?:_name)?=)["']([a-z0-9-]+)["']""")


def packed(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def test_the_stylesheet_is_fresh():
    assert build.STYLESHEET.read_text(encoding="utf-8") == build.build_stylesheet()


def test_every_component_file_is_in_the_stylesheet():
    assert {path.stem for path in (HERE / "css").glob("*.css")} == set(build.STYLE_ORDER)


def test_the_icon_sprite_is_fresh():
    assert build.SPRITE.read_text(encoding="utf-8") == build.build_sprite()


def test_the_icons_carry_their_licence():
    assert "ISC License" in (HERE / "icons/LICENSE").read_text(encoding="utf-8")


def test_htmx_is_the_pinned_file_with_its_licence():
    assert hashlib.sha256((STATIC / "vendor/htmx-4.0.1.min.js").read_bytes()).hexdigest() == HTMX_SHA256
    assert (STATIC / "vendor/htmx-LICENSE").exists()


def test_stylesheet_is_within_20_kb():
    assert packed(build.STYLESHEET) <= 20 * 1024


def test_icons_are_within_10_kb():
    assert packed(build.SPRITE) <= 10 * 1024


def test_scripts_with_htmx_are_within_35_kb():
    assert packed(*STATIC.glob("js/*.js"), *STATIC.glob("vendor/*.js")) <= 35 * 1024


def test_each_script_is_at_most_80_lines_and_the_editor_250():
    lines = {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in STATIC.glob("js/*.js")}
    editor = lines.pop("editor") + lines.pop("mention") + lines.pop("upload")
    assert editor <= 250
    assert max(lines.values()) <= 80


def test_every_icon_that_a_template_draws_exists():
    known = {path.stem for path in (HERE / "icons").glob("*.svg")}
    missing = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in PACKAGE.glob("**/templates/**/*.html")
        for name in DRAWN_ICON.findall(path.read_text(encoding="utf-8"))
        if name not in known
    }
    assert not missing


@pytest.mark.parametrize("size", [name for name in AVATAR_SIZES if name])
def test_every_avatar_size_is_styled(size):
    assert f".avatar--{size}{{" in build.build_stylesheet()


def test_all_hues_are_styled():
    assert set(re.findall(r"\.ah-(\d+)\{", build.build_stylesheet())) == {str(step) for step in range(36)}


def test_addresses_change_with_the_content():
    digest = hashlib.sha256(build.STYLESHEET.read_bytes()).hexdigest()[:12]
    assert asset_url("kizuna/kizuna.css").endswith(f"?v={digest}")
