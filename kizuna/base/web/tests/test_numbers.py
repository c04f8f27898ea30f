"""Numbers, days and text as they come in: one spelling, within what databases and calendars can hold."""

from datetime import date

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import Resolver404, path, resolve, reverse
from django.utils import translation

from kizuna.base.web.dates import DayField
from kizuna.base.web.middleware import CleanTextMiddleware
from kizuna.base.web.numbers import whole

urlpatterns = [path("x/<id:row>/", lambda request, row: HttpResponse(str(row)), name="x")]


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), (str(2**63 - 1), 2**63 - 1)])
def test_a_whole_number_is_read(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", "1e3", " 1", "1\n", "９", "١", "²", "9" * 19, str(2**63), "9" * 5_000, None, 7]
)
def test_anything_else_is_no_number(text):
    assert whole(text) is None


def test_an_address_takes_what_a_row_can_have():
    assert resolve(f"/x/{2**63 - 1}/", urlconf=__name__).kwargs == {"row": 2**63 - 1}
    assert reverse("x", urlconf=__name__, args=[12]) == "/x/12/"
    for value in (str(2**63), "9" * 20, "-1", "９", "a"):
        with pytest.raises(Resolver404):
            resolve(f"/x/{value}/", urlconf=__name__)


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_refused(day):
    with translation.override("en"), pytest.raises(Exception, match="between the years 1900 and 2999"):
        DayField().clean(day)
    assert DayField().clean("2026-11-22") == date(2026, 11, 22)


def test_nul_is_taken_out_of_forms_and_queries_and_is_no_address():
    seen = []
    middleware = CleanTextMiddleware(lambda request: seen.append(request) or HttpResponse())
    request = RequestFactory().post("/?q=a%00b", {"a\x00": ["b\x00c", "d"]})
    middleware(request)
    middleware.process_view(request, None, (), {"row": 1, "name": "x"})
    assert request.GET["q"] == "a b"
    assert request.POST.getlist("a") == ["bc", "d"]
    with pytest.raises(Http404):
        middleware.process_view(request, None, (), {"name": "x\x00"})
