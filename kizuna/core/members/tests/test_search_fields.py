"""The fields that search members say in a few words what they take: they are read on phones, too."""

import re
import unicodedata

import pytest

pytestmark = pytest.mark.django_db
ROOM = 14.5  # letters of full width beside the icon, on the narrowest phone


def width(text: str) -> float:
    """Return about how many letters of full width a text is as wide as."""
    return sum(1 if unicodedata.east_asian_width(letter) in "WFA" else 0.6 for letter in text)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", ["/members/", "/studio/members/"])
def test_what_can_be_searched_for_is_read_in_full(client_of, aoi, path, lang):
    page = client_of(aoi).get(f"{path}?lang={lang}").content.decode()
    main = page[page.index("<main") :]
    [said] = re.findall(r'type="search"[^>]* placeholder="([^"]+)"', main)
    assert width(said) <= ROOM
