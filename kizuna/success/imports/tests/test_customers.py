"""Tables of customers: what a dry run says is what the import does, once, and it can be taken back."""

import pytest
from django.utils import translation

from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import viewer_of
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import (
    Account,
    AccountAttributeValue,
    Contact,
    Employment,
    MatchDecision,
    NameTailsDue,
)
from kizuna.success.customers.queries import lists
from kizuna.success.imports import actions, mending, queries, running, wording
from kizuna.success.imports.mending import bad_rows_of
from kizuna.success.imports.models import ImportedRow, ImportRun, ImportSample

pytestmark = pytest.mark.django_db
TABLE = """顧客コード,会社名,フリガナ,業種,当社担当,氏名,メールアドレス,部署,役職,ドメイン
K-1,㈱青波堂,アオナミドウ,小売,emi@example.com,三浦 香織,miura@aonami.co.jp,営業部,部長,aonami.co.jp
K-1,,,,,佐野 健,sano@aonami.co.jp,総務部,,
K-2,髙橋酒店,タカハシサケテン,酒販,,,,,,
"""


def samples(run: ImportRun, outcome: str, phase: str = "rehearsal") -> list[ImportSample]:
    return queries.samples_of(run, phase=phase, outcome=outcome)


def bad_rows(run: ImportRun, language: str = "ja") -> str:
    """Return the file of bad rows as somebody of that language gets it."""
    with translation.override(language):
        found = mending.written(run.pk, "utf8")
    assert found is not None
    with found[0] as file:
        return file.read().decode("utf-8-sig")


def test_a_dry_run_shows_every_field_and_writes_nothing(rehearsed):
    run = rehearsed("customers", TABLE)
    assert run.state == "rehearsed"
    assert run.rehearsal == {"new": 3}
    assert run.row_count == 3
    assert not Account.objects.exists()
    assert not Contact.objects.exists()
    first = samples(run, "new")[0]
    assert ["account", "name", None, "㈱青波堂"] in first.changes
    assert ["account", "owner_id", None, "Emi"] in first.changes
    assert ["employment", "department", None, "営業部"] in first.changes


def test_customers_and_people_come_in_once(imported, emi):
    run = imported("customers", TABLE)
    assert run.state == "done"
    assert run.counts == {"new": 3}
    aonami = Account.objects.get(external_id="K-1")
    assert aonami.name == "㈱青波堂"
    assert aonami.owner == emi
    assert aonami.import_id == run.pk
    people = Employment.objects.filter(account=aonami).order_by("contact__email")
    assert [(row.contact.name, row.department, row.title) for row in people] == [
        ("三浦 香織", "営業部", "部長"),
        ("佐野 健", "総務部", ""),
    ]
    again = imported("customers", TABLE)
    assert again.counts == {"unchanged": 3}
    assert Account.objects.count() == 2
    assert Contact.objects.count() == 2
    assert Employment.objects.count() == 2
    assert not ImportedRow.objects.filter(run=again).exists()


def test_customers_are_found_by_a_part_of_their_names_when_the_import_ends(imported):
    imported("customers", TABLE)
    assert lists.by_name(Account.objects.all(), "波").get().external_id == "K-1"
    assert not NameTailsDue.objects.exists()


def test_changes_are_shown_from_and_to(imported, rehearsed):
    imported("customers", TABLE)
    run = rehearsed("customers", TABLE.replace("営業部,部長", "営業部,本部長").replace("酒販", "飲食"))
    assert run.rehearsal == {"changed": 2, "unchanged": 1}
    assert [item.changes for item in samples(run, "changed")] == [
        [["employment", "title", "部長", "本部長"]],
        [["account", "industry", "酒販", "飲食"]],
    ]


def test_empty_cells_say_nothing_unless_they_are_to_clear(imported, chosen, emi):
    imported("customers", TABLE)
    table = "顧客コード,業種\nK-2,\n"
    assert imported("customers", table).counts == {"unchanged": 1}
    run = chosen("customers", table)
    actions.choose_columns(
        viewer=viewer_of(emi), run=run, mapping=run.mapping, orders={}, clears_empty=True, now=run.updated_at
    )
    run = actions.begin_phase(viewer=viewer_of(emi), run=run, state="running", now=run.updated_at, in_worker=False)
    running.carry_out(run)
    assert Account.objects.get(external_id="K-2").industry == ""


def test_a_bad_row_costs_itself_alone_and_comes_back_in_a_file(imported):
    run = imported("customers", TABLE.replace("K-2,髙橋酒店", "K-2,").replace("emi@example.com", "nobody@example.com"))
    assert run.counts == {"bad": 2, "new": 1} or run.counts == {"bad": 3}
    text = bad_rows(run)
    assert "当社担当" in text
    assert "K-2" in text
    mended = text.replace("nobody@example.com", "").replace("K-2,,", "K-2,髙橋酒店,")
    assert imported("customers", mended).counts.get("bad", 0) == 0
    assert Account.objects.count() == 2


def test_the_reasons_are_worded_for_whoever_reads_whatever_whoever_imported_speaks(imported):
    table = "顧客コード,会社名,法人番号,当社担当\nK-1,青波堂,1234567890123,nobody@example.com\nK-2,,,\nK-3,高橋,1234567890123,\n"
    run = imported("customers", table)
    assert run.counts == {"bad": 3}
    said = {
        language: [line.split(",")[1] for line in bad_rows(run, language).splitlines()] for language in ("ja", "en")
    }
    assert said["en"][:2] == ["Why it could not be taken", "当社担当: Nobody of the team has this address or name."]
    assert said["en"][2] == "会社名: Please fill this in."  # what an action said
    assert said["ja"][2] == "会社名: 入力してください。"
    assert said["en"][3].startswith('"法人番号: This corporate number is wrong')
    column, value, code, at = samples(run, "bad", "run")[1].problems[0]
    assert (column, value, at) == ("会社名", "", 0)
    with translation.override("ja"):
        assert wording.sentence(code) == "入力してください。"


def test_a_person_whose_name_the_file_has_no_column_for_is_told_so(rehearsed):
    run = rehearsed("customers", "顧客コード,会社名,メールアドレス\nK-1,㈱青波堂,miura@aonami.co.jp\n")
    ((_column, _value, code, _line),) = samples(run, "bad")[0].problems
    with translation.override("ja"):
        assert wording.sentence(code) == "新しい先方担当者ですが、名前がありません。"
    with translation.override("en"):
        assert "name is missing" in wording.sentence(code)


def test_reasons_that_an_earlier_version_kept_as_sentences_are_read_still(imported):
    run = imported("customers", "顧客コード,会社名\nK-1,\n")
    path = bad_rows_of(run.pk)
    path.write_text("\ufeff行,理由,顧客コード,会社名\n2,会社名: 入力してください。,K-1,\n", encoding="utf-8")
    assert bad_rows(run, "en").splitlines()[1] == "2,会社名: 入力してください。,K-1,"


def test_rows_of_one_customer_that_disagree_are_bad(rehearsed):
    run = rehearsed("customers", "顧客コード,会社名,業種\nK-1,青波堂,小売\nK-1,青波堂,卸売\n")
    assert run.rehearsal == {"new": 1, "bad": 1}
    assert samples(run, "bad")[0].problems == [["", "", "contradicts", 2]]


def test_a_known_name_is_found_with_its_reason_and_can_be_refused(imported, emi):
    viewer = viewer_of(emi)
    here = customers.create_account(
        viewer=viewer, fields={"name": "株式会社青波堂", "domains": ["aonami.co.jp"]}, now=emi.joined_at
    )
    run = imported("customers", "会社名,メールアドレス,氏名\n㈱青波堂,miura@aonami.co.jp,三浦\n")
    assert run.counts == {"new": 1}
    assert Account.objects.count() == 1
    decision = MatchDecision.objects.get(subject_type="row")
    assert (decision.account_id, decision.verdict, decision.reason) == (here.pk, "automatic", "name_and_key")
    customers.decide_match(viewer=viewer, decision=decision, is_one=False, now=emi.joined_at)
    imported("customers", "会社名,メールアドレス,氏名\n㈱青波堂,miura@aonami.co.jp,三浦\n")
    assert Account.objects.count() == 2


def test_a_likely_name_becomes_a_customer_and_waits_for_a_person(imported, emi):
    here = customers.create_account(viewer=viewer_of(emi), fields={"name": "つばめ株式会社"}, now=emi.joined_at)
    run = imported("customers", "顧客コード,会社名\nK-9,株式会社つばめ\n")
    assert run.counts == {"new": 1}
    decision = MatchDecision.objects.get()
    assert (decision.verdict, decision.account_id, decision.reason) == ("proposed", here.pk, "legal_form_on_other_side")
    assert decision.subject_key == str(Account.objects.get(external_id="K-9").pk)


def test_a_name_that_many_of_a_file_bear_is_asked_about_only_with_who_was_there_before(imported, emi, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 4)
    here = customers.create_account(
        viewer=viewer_of(emi), fields={"name": "株式会社佐藤商店", "external_id": "OLD"}, now=emi.joined_at
    )
    imported("customers", "顧客コード,会社名\n" + "".join(f"K-{number},株式会社佐藤商店\n" for number in range(30)))
    asked = MatchDecision.objects.filter(verdict="proposed").values_list("account_id", flat=True)
    assert list(asked) == [here.pk] * 30
    imported("customers", "顧客コード,会社名\n" + "".join(f"T-{number},株式会社田中商店\n" for number in range(30)))
    new = MatchDecision.objects.filter(verdict="proposed").exclude(account=here)
    # The first four come in together; then as long as no more than ten bear it, here after three batches.
    assert sorted(int(row.subject_key) for row in new) == list(
        Account.objects.filter(external_id__in=[f"T-{number}" for number in range(4, 12)])
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def test_fields_of_the_managers_own_are_taken(imported, aoi):
    customers.define_attribute(
        viewer=viewer_of(aoi), slug="plan", label={"ja": "プラン", "en": "Plan"}, kind="choice",
        choices=["ライト", "プロ"], now=aoi.joined_at,
    )  # fmt: skip
    run = imported("customers", "顧客コード,会社名,プラン\nK-1,青波堂,プロ\nK-2,高橋,松\n")
    assert run.counts == {"new": 1, "bad": 1}
    assert AccountAttributeValue.objects.get().value == "プロ"


def test_undo_takes_everything_back(imported, undone):
    run = undone(imported("customers", TABLE))
    assert run.state == "undone"
    assert run.undo_counts == {"back": 6, "kept": 0}
    assert not Account.objects.exists()
    assert not Contact.objects.exists()
    assert not ImportedRow.objects.exists()


def test_undo_leaves_what_somebody_changed_since_and_says_so(imported, undone, emi, now):
    first = imported("customers", TABLE)
    second = imported("customers", "顧客コード,業種,地域\nK-1,卸売,京都\nK-2,飲食,大阪\n")
    viewer, account = viewer_of(emi), Account.objects.get(external_id="K-1")
    customers.change_account(viewer=viewer, account=account, fields={"industry": "通販"}, now=now)
    run = undone(second)
    account.refresh_from_db()
    assert (account.industry, account.region) == ("通販", "")
    assert Account.objects.get(external_id="K-2").industry == "酒販"
    assert run.undo_counts["kept"] == 1
    kept = samples(run, "kept", phase="undo")
    assert kept[0].changes == [["account", account.pk, "changed_since"]]
    customers.write_note(
        viewer=viewer, account=Account.objects.get(external_id="K-2"), body="x", is_internal=True, now=now
    )
    run = undone(first)
    assert {row.changes[0][2] for row in samples(run, "kept", phase="undo")} == {"changed_since"}
    assert Account.objects.count() == 2
    assert not Contact.objects.exists()


def test_a_run_that_is_cut_short_goes_on_without_losing_or_doubling(chosen, emi, monkeypatch):
    lines = ["顧客コード,会社名,氏名"] + [f"K-{n},会社{n}号,人{n}" for n in range(700)] + ["K-3,,増えた人", "K-900,,"]
    run = chosen("customers", "\n".join(lines))
    run = actions.begin_phase(viewer=viewer_of(emi), run=run, state="running", now=run.updated_at, in_worker=False)
    heard = []

    def die(done: int, of: int) -> None:
        heard.append(done)
        if len(heard) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.carry_out(run, say=die)
    assert ImportRun.objects.get(pk=run.pk).position == 2 * running.BATCH == Account.objects.count()
    running.carry_out(ImportRun.objects.get(pk=run.pk))
    run.refresh_from_db()
    assert run.state == "done"
    assert run.counts == {"new": 701, "bad": 1}
    assert Account.objects.count() == 700
    assert Contact.objects.count() == 701
    assert bad_rows_of(run.pk).read_text(encoding="utf-8-sig").count("K-900") == 1


def test_somebody_without_the_desk_may_not_begin(chosen, chie):
    with pytest.raises(Refused):
        chosen("customers", TABLE, member=chie)


def test_columns_chosen_by_hand_are_remembered(chosen, rehearsed):
    table = "番号,なまえ,備考\nK-1,青波堂,x\n"
    run = chosen("customers", table, external_id="番号", name="なまえ")
    again = chosen("customers", table)
    assert again.mapping == run.mapping == {"external_id": 0, "name": 1}
