"""Templates have no logic, facts are never read as templates, and greetings are as Japanese letters have them."""

import pytest

from kizuna.success.mailbox.composing import Addressee, greeting, references, subject_of
from kizuna.success.mailbox.facts_in_words import filled, missing, unknown_names


def test_facts_stand_in_their_places():
    assert filled("{{customer}} 様、{{ title }}", {"customer": "山田", "title": "件"}) == "山田 様、件"
    assert filled("{{customer}}", {"customer": "{{owner}}", "owner": "x"}) == "{{owner}}", "a value is not a template"


@pytest.mark.parametrize(
    "text", ["{{customer.email}}", "{{settings.SECRET_KEY}}", "{% load x %}{{x|safe}}", "{{ __class__ }}"]
)
def test_what_is_no_fact_stays_as_it_stands(text):
    assert filled(text, {"customer": "山田"}) == text
    assert unknown_names(text)


def test_what_is_not_known_is_named():
    assert missing("{{customer}} {{company}} {{company}}", {"customer": "x", "company": ""}) == ["company"]


@pytest.mark.parametrize(
    ("name", "company", "expected"),
    [
        ("三浦 香織", "株式会社青波堂", "株式会社青波堂\n三浦 香織 様"), ("三浦", "", "三浦 様"),
        ("", "株式会社青波堂", "株式会社青波堂 御中"),
        ("山田様", "", "山田様"), ("", "", ""), ("個人太郎", "個人太郎", "個人太郎 様"), ("a\nBcc: x", "", "a Bcc: x 様"),
    ],
)  # fmt: skip
def test_greetings(name, company, expected):
    assert greeting(Addressee(name, company), language="ja") == expected


SUBJECTS = {
    "見積": "Re: 見積",
    "Re: RE：Fwd: 見積": "Re: 見積",
    "Re[2]: x": "Re: x",
    "返信: x": "Re: x",
    "Re:": "Re: Re:",
    "Reset": "Re: Reset",
}


@pytest.mark.parametrize(("title", "expected"), SUBJECTS.items())
def test_subjects_have_one_re(title, expected):
    assert subject_of(title) == expected


def test_references():
    assert references([], answered="") == {}
    assert references(["<a>", "<b>", "<c>"], answered="<b>") == {"In-Reply-To": "<b>", "References": "<a> <c> <b>"}
