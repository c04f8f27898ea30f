"""A brand changes hue and vividness and nothing else."""

import pytest

from kizuna.base.components.brand import brand_css, brand_hex


def test_the_brand_stylesheet_sets_two_properties():
    assert brand_css(hue=252, chroma=0.105) == ":root{--brand-h:252;--brand-c:0.105}\n"


@pytest.mark.parametrize(("chroma", "kept"), [(0.5, "0.14"), (0.0, "0.02"), (0.08, "0.08")])
def test_vividness_stays_where_contrast_was_measured(chroma, kept):
    assert f"--brand-c:{kept}}}" in brand_css(hue=20, chroma=chroma)


def test_hues_go_round():
    assert "--brand-h:10;" in brand_css(hue=370, chroma=0.1)


def test_the_hexadecimal_copy_is_the_one_of_the_reference_mail():
    # design/digest-mail.html carries #1d5187 for the default brand
    assert brand_hex(hue=252, chroma=0.105) == "#1d5187"


@pytest.mark.parametrize("hue", range(0, 360, 30))
def test_every_hue_gives_a_dark_enough_mail_button(hue):
    red, green, blue = (int(brand_hex(hue=hue, chroma=0.14)[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) > 4.5
