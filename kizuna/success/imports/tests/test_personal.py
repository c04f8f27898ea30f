"""An erased person is in no ledger, no shown row and no file of an import; the other rows are taken back as before."""

import json

import pytest
from django.utils import timezone

from kizuna.base.registry import Person
from kizuna.base.registry.personal import described
from kizuna.interfaces.integrations.bundles import rows
from kizuna.success.customers.actions import change_contact, forget_contact
from kizuna.success.customers.models import Account, Contact
from kizuna.success.imports import mending, personal, storing
from kizuna.success.imports.forgetting import forget_person
from kizuna.success.imports.marks import Marks
from kizuna.success.imports.models import ImportedRow, ImportRun, ImportSample

pytestmark = pytest.mark.django_db
TABLE = """顧客コード,会社名,氏名,メールアドレス,担当者電話,部署
K-1,㈱青波堂,三浦 香織,zqmiura@example.com,03-1234-5678,営業部
K-1,,佐野 健,sano@example.com,,総務部
,,三浦 香織,zqmiura@example.com,,どこか
"""
MARKS = ("zqmiura", "三浦", "1234-5678")


def whole() -> Person:
    return described(Person(contact_id=Contact.objects.get(email_key="zqmiura@example.com").pk))


def erase(person: Person) -> None:
    forget_person(person=person, now=timezone.now())
    forget_contact(person=person, now=timezone.now())


def left(run: ImportRun) -> str:
    texts = [line for model in (ImportRun, ImportedRow, ImportSample) for line in rows.dumped(model)]
    texts += [path.read_text() for path in sorted(storing.folder_of(run.pk).iterdir())]
    return json.dumps(texts, ensure_ascii=False)


def test_nothing_of_the_person_is_left_in_a_finished_import(imported):
    run = imported("customers", TABLE)
    assert run.counts == {"new": 2, "bad": 1}
    assert all(mark in left(run) for mark in MARKS)
    erase(whole())
    assert not [mark for mark in MARKS if mark in left(run)]
    run.refresh_from_db()
    assert run.state == "done"
    assert run.bad_bytes == mending.bad_rows_of(run.pk).stat().st_size


def test_undoing_takes_the_others_back_and_does_not_bring_the_person_back(imported, undone, emi, viewer_of):
    imported("customers", TABLE)
    contact = Contact.objects.get(email_key="zqmiura@example.com")
    cleared = TABLE.replace("03-1234-5678", "03-9999-0000")
    run = imported("customers", cleared)
    assert ImportedRow.objects.filter(run=run).exists()
    change_contact(viewer=viewer_of(emi), contact=contact, fields={"phone": ""}, now=timezone.now())
    erase(whole())
    assert undone(run).state == "undone"
    contact.refresh_from_db()
    assert (contact.phone, contact.email) == ("", "")


def test_the_first_import_is_undone_around_the_person(imported, undone):
    run = imported("customers", TABLE)
    erase(whole())
    assert undone(run).state == "undone"
    assert not Contact.objects.filter(name="佐野 健").exists()
    assert Account.objects.get().name == "㈱青波堂", "it stays for the nameless person who worked there"


def test_a_file_that_waits_and_names_the_person_is_removed_and_says_why(imported, rehearsed, client_of, emi):
    imported("customers", TABLE)
    waiting = rehearsed("customers", TABLE.replace("営業部", "本社"))
    other = rehearsed("customers", "顧客コード,会社名\nK-9,髙橋酒店\n")
    erase(whole())
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.state, waiting.problem["code"]) == ("failed", "person_erased")
    assert not storing.table_of(waiting.pk).exists()
    assert not [mark for mark in MARKS if mark in left(waiting)]
    assert other.state == "rehearsed"
    assert storing.table_of(other.pk).exists()
    page = client_of(emi).get(f"/desk/imports/{waiting.pk}/").content.decode()
    assert "削除しました" in page


def test_erasing_twice_changes_nothing_more(imported):
    imported("customers", TABLE)
    person = whole()
    assert forget_person(person=person, now=timezone.now()).removed > 0
    assert forget_person(person=person, now=timezone.now()).removed == 0


def test_whoever_only_leaves_the_community_stays_in_imports_as_a_contact(imported, chie):
    run = imported("customers", TABLE)
    Contact.objects.filter(email_key="zqmiura@example.com").update(member=chie)
    before = left(run)
    person = Person(member_id=chie.pk, words=frozenset({"三浦 香織"}), addresses=frozenset({"zqmiura@example.com"}))
    forget_person(person=person, now=timezone.now())
    assert left(run) == before


def test_a_member_who_is_no_contact_is_taken_out_of_files(rehearsed):
    run = rehearsed("tickets", "チケットID,件名,メールアドレス,受付日時\nT-1,送料,zqmiura@example.com,2026-11-01\n")
    person = Person(member_id=1, addresses=frozenset({"zqmiura@example.com"}))
    forget_person(person=person, now=timezone.now())
    assert not storing.table_of(run.pk).exists()
    assert "zqmiura" not in left(run)


def test_the_copy_says_what_imports_changed(imported):
    imported("customers", TABLE)
    imported("customers", TABLE.replace("03-1234-5678", "03-9999-0000"))
    found = [(row["kind"], row["name"], row["before"], row["after"]) for row in personal.changes(person=whole())]
    assert ("contact", "", "", "") in found
    assert ("contact", "phone", "03-1234-5678", "03-9999-0000") in found


@pytest.mark.parametrize(
    ("cells", "is_named"),
    [
        (("三浦", "香織"), True),
        (("ﾐｳﾗ ｶｵﾘ",), True),
        (("０３（１２３４）５６７８",), True),
        (("ZQMIURA@example.com",), True),
        (("三浦", "健"), False),
        (("12345678",), False),
        (("user-77",), True),
        (("7", "user-778"), False),
        (("", ""), False),
    ],
)
def test_a_row_names_a_person_however_it_is_written(cells, is_named):
    words = frozenset({"三浦 香織", "ミウラ カオリ", "03-1234-5678"})
    ids = frozenset({"user-77", "7"})
    person = Person(contact_id=1, words=words, addresses=frozenset({"zqmiura@example.com"}), external_ids=ids)
    assert Marks(person).are_in(cells) is is_named
    assert Marks(person).are_in(cells, number="7")
