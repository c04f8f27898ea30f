"""Tables of NPS answers."""

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.queries import viewer_of
from kizuna.engagement.surveys import actions
from kizuna.engagement.surveys.models import Response, Survey
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint

pytestmark = pytest.mark.django_db
TABLE = """アンケート名,顧客コード,メールアドレス,点数,コメント,回答日時
NPS 2026年秋,K-1,miura@aonami.co.jp,9,助かっています,2026/10/1 10:00
NPS 2026年秋,,sano@nowhere.co.jp,3,=高い,2026/10/2
NPS 2026年秋,K-1,,10,,2026/10/3
"""


@pytest.fixture
def firm(emi, now):
    viewer = viewer_of(emi)
    account = customers.create_account(viewer=viewer, fields={"name": "青波堂", "external_id": "K-1"}, now=now)
    return account, customers.add_contact(
        viewer=viewer, account=account, fields={"name": "三浦", "email": "miura@aonami.co.jp"}, now=now
    )


def test_answers_come_in_once_with_their_figures(imported, firm, client_of, emi):
    account, contact = firm
    assert imported("nps", TABLE).counts == {"new": 3}
    first = Response.objects.order_by("pk")[0]
    assert (first.score, first.account_id, first.contact_id) == (9, account.pk, contact.pk)
    assert Touchpoint.objects.filter(account=account, channel="survey").count() == 2
    assert imported("nps", TABLE).counts == {"unchanged": 3}
    run_waiting()
    survey = Survey.objects.get()
    assert (survey.promoters, survey.passives, survey.detractors) == (2, 0, 1)
    assert round(survey.value) == 33
    assert survey.low < survey.value < survey.high
    desk = client_of(emi)
    page = desk.get(f"/desk/surveys/{survey.pk}/").content.decode()
    assert "+33" in page
    assert "助かっています" in page
    assert "'=高い" in b"".join(desk.get(f"/desk/surveys/{survey.pk}/csv/").streaming_content).decode()
    assert "NPS 2026年秋" in desk.get("/desk/surveys/").content.decode()


def test_only_the_latest_answer_of_a_person_counts(imported, firm):
    table = (
        "顧客コード,メールアドレス,点数,回答日時\n,miura@aonami.co.jp,2,2026/9/1\n,miura@aonami.co.jp,10,2026/10/1\n"
    )
    imported("nps", table)
    run_waiting()
    survey = Survey.objects.get()
    assert (survey.promoters, survey.detractors) == (1, 0)


def test_undo_takes_answers_and_figures_back(imported, undone, firm, emi, now):
    run = imported("nps", TABLE)
    kept = Response.objects.order_by("pk")[1]
    actions.change_responses(viewer=viewer_of(emi), changes={kept.pk: {"score": 4}}, now=now)
    run = undone(run)
    assert run.undo_counts == {"back": 2, "kept": 1}
    run_waiting()
    assert Survey.objects.get().detractors == 1
    assert not Touchpoint.objects.filter(channel="survey").exists()


def test_scores_out_of_range_and_days_to_come_are_bad(imported, firm):
    bad = TABLE + "NPS 2026年秋,K-1,,11,,2026/10/4\nNPS 2026年秋,K-1,,5,,2199/10/4\n"
    assert imported("nps", bad).counts == {"new": 3, "bad": 2}


def test_members_find_no_surveys(imported, firm, client_of, chie):
    imported("nps", TABLE)
    assert client_of(chie).get(f"/desk/surveys/{Survey.objects.get().pk}/").status_code == 404


def test_a_corrected_score_is_what_the_timeline_says_and_goes_back_with_the_import(imported, undone, firm):
    account, contact = firm
    table = "回答ID,顧客コード,メールアドレス,点数,コメント,回答日時\nA-1,K-1,miura@aonami.co.jp,9,助かっています,2026/10/1\n"
    imported("nps", table)

    def said() -> list[tuple]:
        run_waiting()
        names = ("title", "excerpt", "account_id", "contact_id")
        return list(Touchpoint.objects.filter(channel="survey").values_list(*names))

    assert said() == [("NPS: 9/10", "助かっています", account.pk, contact.pk)]
    run = imported("nps", table.replace(",9,助かっています,", ",4,遅い,"))
    assert run.counts == {"changed": 1}
    assert said() == [("NPS: 4/10", "遅い", account.pk, contact.pk)]
    assert imported("nps", table.replace(",9,助かっています,", ",4,遅い,")).counts == {"unchanged": 1}
    assert said() == [("NPS: 4/10", "遅い", account.pk, contact.pk)]
    undone(run)
    assert said() == [("NPS: 9/10", "助かっています", account.pk, contact.pk)]


def test_an_answer_whose_customer_is_told_later_stands_there_then(imported, firm):
    account, _contact = firm
    imported("nps", "回答ID,点数,回答日時\nA-1,9,2026/10/1\n")
    assert not Touchpoint.objects.filter(channel="survey").exists()
    imported("nps", "回答ID,顧客コード,点数,回答日時\nA-1,K-1,9,2026/10/1\n")
    assert Touchpoint.objects.get(channel="survey").account_id == account.pk
