"""A day and a moment have one shape in each language, wherever they are written."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from kizuna.base.components import leaves
from kizuna.base.rules.sentences import values

AT = datetime(2026, 11, 2, 0, 5, tzinfo=UTC)
SHAPES = {
    "en": ("2 Nov 2026", "2 Nov 2026 9:05", "2 Nov 2026"),
    "ja": ("2026年11月2日", "2026年11月2日 9:05", "2026/11/2"),
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_templates_moments_and_sentences_agree(language):
    day, moment, short = SHAPES[language]
    told = '{{ at|date:"DATE_FORMAT" }}|{{ at|date:"DATETIME_FORMAT" }}|{{ at|date:"SHORT_DATE_FORMAT" }}|{{ at.date }}'
    with translation.override(language), timezone.override("Asia/Tokyo"):
        assert Template(told).render(Context({"at": AT})) == f"{day}|{moment}|{short}|{day}"
        assert f">{moment}<" in leaves.moment(AT, relative=False)
    assert values.day("2026-11-02", language) == day
