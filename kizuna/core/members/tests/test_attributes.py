"""Attributes: who sees, who fills in, what fits; files in and out; rules over them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kizuna.base.rules import Broken, Moment, catalogue, matching, parse
from kizuna.core.activity.models import Activity
from kizuna.core.members import actions, answer_files, queries
from kizuna.core.members.models import Attribute, AttributeValue
from kizuna.core.members.policies import Refused
from tests.cast import NOW, make_member

pytestmark = pytest.mark.django_db
FOOD = [{"value": "food", "ja": "飲食", "en": "Food"}, {"value": "retail", "ja": "小売", "en": "Retail"}]


@pytest.fixture
def define(aoi, viewer_of):
    def make(key, kind="text", **fields):
        said = {
            "label": {"ja": f"項目{key}", "en": key}, "hint": {}, "choices": FOOD if "choice" in kind else [],
            "sees": "own", "edits": "member", "asked": "later", **fields,
        }  # fmt: skip
        return actions.save_attribute(viewer=viewer_of(aoi), attribute=None, now=NOW, key=key, kind=kind, **said)

    return make


def answer(viewer, member, **answers):
    return actions.set_answers(viewer=viewer, member_id=member.pk, answers=answers, now=NOW)


def seen(viewer, member):
    return {item.attribute.key: item.value for item in queries.answers_visible_to(viewer, [member.pk])[member.pk]}


def test_each_answer_is_seen_by_those_whom_the_manager_chose_and_nobody_else(define, aoi, ben, chie, viewer_of, opened):
    for sees in ("profile", "members", "own", "team"):
        define(sees, sees=sees, edits="team" if sees == "team" else "member")
        answer(viewer_of(aoi), chie, **{sees: "x"})
    dai = make_member("dai")
    assert set(seen(viewer_of(None), chie)) == {"profile"}
    assert set(seen(viewer_of(dai), chie)) == {"profile", "members"}
    assert set(seen(viewer_of(chie), chie)) == {"profile", "members", "own"}
    assert set(seen(viewer_of(ben), chie)) == {"profile", "members", "own", "team"}


def test_pages_and_the_api_show_no_more_than_that(define, aoi, chie, client_of, viewer_of, opened):
    define("secret", sees="team", edits="team")
    define("hobby", sees="members")
    answer(viewer_of(aoi), chie, secret="慎重に", hobby="登山")
    dai = make_member("dai")
    for person, shown in ((None, ()), (dai, ("登山",)), (chie, ("登山",)), (aoi, ("登山", "慎重に"))):
        page = client_of(person).get("/m/chie/").content.decode()
        assert [text for text in ("登山", "慎重に") if text in page] == list(shown)
    api = client_of(None)
    _row, key = actions.make_token(viewer=replace(viewer_of(dai), sign_in_id=1), member=dai, now=NOW)
    found = api.get("/api/v1/members/chie", headers={"Authorization": f"Bearer {key}"}).json()
    assert found["attributes"] == {"hobby": "登山"}
    assert "慎重に" not in client_of(chie).get("/account/").content.decode()


def test_who_may_not_fill_in_is_refused(define, ben, chie, emi, viewer_of):
    define("rank", edits="team")
    define("hobby")
    with pytest.raises(Refused):
        answer(viewer_of(chie), chie, rank="A")
    with pytest.raises(Refused):
        answer(viewer_of(ben), chie, hobby="x")
    with pytest.raises(Refused):
        answer(viewer_of(chie), chie, unknown="x")
    assert answer(viewer_of(emi), chie, rank="A") == 1
    assert answer(viewer_of(chie), chie, hobby="x") == 1
    assert AttributeValue.objects.count() == 2


def test_a_change_is_recorded_once_and_the_same_answer_again_changes_nothing(define, chie, viewer_of):
    define("hobby")
    assert answer(viewer_of(chie), chie, hobby="登山") == 1
    assert answer(viewer_of(chie), chie, hobby="登山") == 0
    assert Activity.objects.filter(verb="member.attributes_changed", object_id=chie.pk).count() == 1


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("text", " 登山 ", "登山"),
        ("choice", "food", "food"),
        ("choices", ["retail", "food", "food"], ["food", "retail"]),
        ("date", "2026-04-01", date(2026, 4, 1)),
        ("number", "12.5", Decimal("12.5")),
        ("yes_no", False, False),
    ],
)
def test_every_kind_is_stored_as_it_was_given_and_taken_away_by_nothing(define, chie, viewer_of, kind, value, stored):
    define("thing", kind)
    answer(viewer_of(chie), chie, thing=value)
    assert seen(viewer_of(chie), chie) == {"thing": stored}
    answer(viewer_of(chie), chie, thing=None)
    assert seen(viewer_of(chie), chie) == {}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "a" * 201), ("text", "a\x00b"), ("text", 3), ("choice", "other"), ("choice", ["food"]), ("choices", "food"),
        ("choices", ["other"]), ("date", "2026-02-30"), ("number", "NaN"), ("number", True), ("number", "1e30"),
        ("number", "x"), ("yes_no", "yes"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_field(define, chie, viewer_of, kind, value):
    define("thing", kind)
    with pytest.raises(Refused) as refused:
        answer(viewer_of(chie), chie, thing=value)
    assert refused.value.field == "attribute_thing"


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("key", {"key": "Bad Key"}), ("label_ja", {"label": {"ja": "", "en": ""}}), ("edits", {"sees": "team"}),
        ("asked", {"edits": "team", "asked": "joining"}), ("choices", {"kind": "choice", "choices": []}),
    ],
)  # fmt: skip
def test_a_definition_that_cannot_work_is_refused(define, field, fields):
    with pytest.raises(Refused) as refused:
        define(**{"key": "thing", **fields})
    assert refused.value.field == field


def test_only_managers_define(ben, viewer_of):
    with pytest.raises(Refused):
        actions.save_attribute(viewer=viewer_of(ben), attribute=None, now=NOW)


def test_a_rule_asks_attributes_and_stops_when_one_is_archived(define, aoi, chie, ben, viewer_of):
    attribute = define("industry", "choice")
    define("seats", "number")
    answer(viewer_of(aoi), chie, industry="food", seats=12.5)
    moment = Moment(NOW, ZoneInfo("Asia/Tokyo"))

    def found(*conditions):
        rule = parse({"version": 1, "entity": "member", "root": {"all": list(conditions)}})
        return set(matching(rule, catalogue=catalogue(), moment=moment).values_list("handle", flat=True))

    food = {"fact": "attribute.industry", "op": "one_of", "value": ["food"]}
    assert found(food, {"fact": "attribute.seats", "op": "gt", "value": 12}) == {"chie"}
    assert found({"fact": "attribute.industry", "op": "none_of", "value": ["food"]}) == {"aoi", "ben"}
    actions.archive_attribute(viewer=viewer_of(aoi), attribute=attribute, is_archived=True, now=NOW)
    with pytest.raises(Broken):
        found({"none": [food]})


def test_a_file_shows_its_changes_stores_them_and_changes_nothing_the_second_time(define, aoi, chie, ben, viewer_of):
    define("industry", "choice")
    define("skills", "choices")
    define("paying", "yes_no")
    text = "handle,industry,項目skills,paying,other\nchie,飲食,飲食、小売,はい,x\n@BEN,retail,,いいえ,\n"
    reading = answer_files.read(text, viewer=viewer_of(aoi))
    assert (len(reading.changes), reading.faults, AttributeValue.objects.count()) == (5, [], 0)
    assert answer_files.apply(reading, viewer=viewer_of(aoi), now=NOW) == 5
    assert seen(viewer_of(aoi), chie) == {"industry": "food", "skills": ["food", "retail"], "paying": True}
    assert answer_files.read(text, viewer=viewer_of(aoi)).changes == []


def test_a_file_out_comes_in_again_without_a_change_even_with_formulas(define, aoi, chie, viewer_of):
    define("note")
    answer(viewer_of(aoi), chie, note="=1+1")
    text = "".join(answer_files.written(viewer_of(aoi), language="ja"))
    assert "'=1+1" in text
    reading = answer_files.read(answer_files.decoded(text.encode()), viewer=viewer_of(aoi))
    assert (reading.changes, reading.faults) == ([], [])


def test_a_file_is_read_as_a_spreadsheet_saved_it(define, aoi, chie, ben, viewer_of):
    """Excel writes 2024-04-01 as 2024/4/1 when it saves, TRUE for yes, and people write 令和, commas and full width."""
    define("opened", "date")
    define("seats", "number")
    define("paying", "yes_no")
    text = 'handle,opened,seats,paying\nchie,2024/4/1,"1,200人",TRUE\nben,令和6年4月1日,１２,有\naoi,4/1/2024,many,?\n'
    reading = answer_files.read(text, viewer=viewer_of(aoi))
    assert [line for line, _why in reading.faults] == [4, 4, 4]
    assert [change.after for change in reading.changes] == ["2024-04-01", "1200", "はい", "2024-04-01", "12", "はい"]


def test_the_language_of_the_reader_is_that_of_names_and_heads(define, aoi, client_of):
    define("industry", "choice")
    aoi.language = "en"
    aoi.save(update_fields=["language"])
    client = client_of(aoi)
    for address in ("/studio/attributes/many/", "/studio/attributes/"):
        assert "項目industry" not in client.get(address).content.decode()
    file = b"".join(client.get("/studio/attributes/members.csv").streaming_content).decode("utf-8-sig")
    assert file.startswith("handle,Name,E-mail address,industry")


def test_an_answer_of_any_words_is_called_so(aoi, client_of):
    page = client_of(aoi).get("/studio/attributes/new/").content.decode()
    assert '<option value="text">文字</option>' in page.replace(" selected", "")


def test_one_answer_for_many_shows_what_it_replaces(define, aoi, chie, ben, viewer_of, client_of):
    define("industry", "choice")
    answer(viewer_of(aoi), chie, industry="retail")
    answer(viewer_of(aoi), ben, industry="food")
    said = {"who": "chie\nben\naoi", "attribute_industry": "food", "step": "preview"}
    page = client_of(aoi).post("/studio/attributes/many/?attribute=industry", said).content.decode()
    told = page.split("<tbody>")[1].split("</tbody>")[0]
    assert told.count("<tr>") == 2
    assert "小売" in told
    assert "@ben" not in told


def test_a_day_is_written_as_the_page_is(define, chie, viewer_of, client_of):
    define("opened", "date", sees="members")
    answer(viewer_of(chie), chie, opened="2024-04-01")
    page = client_of(chie).get("/m/chie/").content.decode()
    assert "2024年4月1日" in page
    assert "2024-04-01" not in page


def test_bad_lines_of_a_file_are_named(define, aoi, chie, viewer_of):
    define("industry", "choice")
    reading = answer_files.read(
        "email,industry\nnobody@x.test,food\nchie@example.com,?\nchie@example.com,food\n", viewer=viewer_of(aoi)
    )
    assert [line for line, _why in reading.faults] == [2, 3, 4]
    for text in ("", "name\nx\n"):
        with pytest.raises(Refused):
            answer_files.read(text, viewer=viewer_of(aoi))
    assert answer_files.decoded("業種".encode("cp932")) == "業種"


def test_studio_defines_orders_archives_and_fills_in(aoi, chie, client_of):
    client = client_of(aoi)
    said = {
        "label_ja": "業種", "key": "industry", "kind": "choice", "choices": "food: 飲食 / Food\n小売／Retail",
        "sees": "own", "edits": "member", "asked": "required",
    }  # fmt: skip
    assert client.post("/studio/attributes/new/", {**said, "choices": ""}).status_code == 422
    assert client.post("/studio/attributes/new/", said).status_code == 302
    found = Attribute.objects.get()
    assert [choice["value"] for choice in found.choices] == ["food", "c2"]
    assert "業種" in client.get("/studio/attributes/").content.decode()
    assert client.get(f"/studio/attributes/{found.pk}/").status_code == 200
    client.post(f"/studio/members/{chie.pk}/answers/", {"attribute_industry": "c2"})
    assert queries.all_answers(chie.pk, [found]) == {"industry": "c2"}
    assert "小売" in client.get("/studio/attributes/members.csv").getvalue().decode()
    many = {"who": "chie\naoi", "attribute_industry": "food"}
    assert (
        "2" in client.post("/studio/attributes/many/?attribute=industry", {**many, "step": "preview"}).content.decode()
    )
    assert client.post("/studio/attributes/many/?attribute=industry", {**many, "step": "apply"}).status_code == 302
    assert queries.all_answers(aoi.pk, [found]) == {"industry": "food"}
    page = client.post("/studio/attributes/file/", {"text": "handle,industry\nchie,\n", "step": "preview"})
    assert page.status_code == 200
    assert queries.all_answers(chie.pk, [found]) == {"industry": "food"}
    client.post("/studio/attributes/file/", {"text": "handle,industry\nchie,\n", "step": "apply"})
    assert queries.all_answers(chie.pk, [found]) == {"industry": None}
    client.post(f"/studio/attributes/{found.pk}/archive/")
    assert Attribute.objects.get().is_archived


def test_a_member_answers_in_the_profile_and_loses_nothing_that_does_not_fit(define, chie, client_of):
    define("seats", "number")
    page = client_of(chie).post("/account/answers/", {"attribute_seats": "たくさん"})
    assert page.status_code == 422
    assert "たくさん" in page.content.decode()
    assert client_of(chie).post("/account/answers/", {"attribute_seats": "12"}).status_code == 302
    assert AttributeValue.objects.get().number == 12


def test_what_is_needed_at_joining_is_asked_and_stored(define, viewer_of):
    define("industry", "choice", asked="required")
    define("hobby", asked="joining")
    person = {"name": "新人", "handle": "new", "language": "ja"}
    from kizuna.core.community import actions as community
    from kizuna.core.community import settings as keys

    community.change_setting(keys.JOINING, value="open", member_id=None)

    def join(**answers):
        return actions.join(
            email="new@example.com",
            person=actions.Person(**person, answers=answers),
            documents=[],
            purposes={},
            now=NOW,
        )

    with pytest.raises(Refused) as refused:
        join(hobby="登山")
    assert refused.value.field == "attribute_industry"
    member = join(industry="food", hobby="")
    assert queries.own_answers(member)[0].value == "food"


def test_leaving_takes_the_answers_along(define, chie, viewer_of):
    define("hobby")
    answer(viewer_of(chie), chie, hobby="登山")
    actions.erase_member(viewer=viewer_of(chie), member_id=chie.pk, now=NOW)
    assert not AttributeValue.objects.exists()
