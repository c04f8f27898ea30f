"""The pages: similar ones, each text before it goes, how it went, clues, templates, and what many asked written up."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions.models import Post, Space, Topic
from kizuna.engagement.knowledge import actions as knowledge
from kizuna.engagement.knowledge.models import Article
from kizuna.success.answering import actions, queries
from kizuna.success.answering.models import AnswerBatch, AnswerItem, Macro, MacroUse
from kizuna.success.answering.tests.conftest import HOLIDAYS
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Inquiry, InquiryDraft
from kizuna.success.mailbox import actions as mailbox
from kizuna.success.mailbox.models import ReplyTemplate

pytestmark = pytest.mark.django_db
LATER = timedelta(seconds=31)


@pytest.fixture
def support(aoi, viewer_of):
    return mailbox.save_address(
        viewer=viewer_of(aoi), support=None, address="support@sakura.test", name="さくらサポート", category="",
        has_tags=False, is_active=True, now=timezone.now(),
    )  # fmt: skip


def page(client, url, status=200, **sent) -> str:
    answer = client.post(url, sent) if sent else client.get(url)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_whom_a_task_to_call_waits_for_is_not_offered_again(client_of, emi, desk, ask, compare, make_account):
    calls = [ask(*said, channel="phone", customer=make_account(name=said[0])) for said in HOLIDAYS]
    compare()
    chosen = [actions.Chosen(calls[1].pk)]
    now = timezone.now()
    batch = actions.answer_many(viewer=desk, about=calls[0], common="出せます。", chosen=chosen, key="k", now=now)
    actions.answer_item(item_id=batch.items.get().pk, now=now + LATER)
    shown = page(client_of(emi), f"/desk/inquiries/{calls[0].pk}/similar/")
    offered = set(re.findall(r'name="pick" value="(\d+)"', shown))
    assert offered == {str(row.pk) for row in calls} - {str(calls[1].pk)}
    assert "1件は、電話のタスクが残っています。" in shown
    done = page(client_of(emi), f"/desk/inquiries/answers/{batch.pk}/")
    assert f'<a href="/desk/inquiries/{calls[1].pk}/">' in done
    assert "出せます。</pre>" in done


def test_from_the_queue_to_an_answer_for_all(client_of, emi, holidays, support):
    client = client_of(emi)
    assert "似た問い合わせ 4" in page(client, "/desk/inquiries/?view=open")
    first = f"/desk/inquiries/{holidays[0].pk}/"
    shown = page(client, first)
    assert f'href="{first}similar/"' in shown
    shown = page(client, f"{first}similar/")
    assert "株式会社こめ工房" in shown
    assert "不明 1件を除く" in shown
    chosen = {"pick": [row.pk for row in holidays], f"line-{holidays[1].pk}": "28日までは<これまで>どおりです。"}
    shown = page(client, f"{first}similar/answer/", common="{{company}} のみなさま、カレンダーで出せます。", **chosen)
    assert "和紙のこだま のみなさま、カレンダーで出せます。\n\n28日までは&lt;これまで&gt;どおりです。" in shown
    key = re.search(r'name="key" value="(\w+)"', shown)[1]
    seen = dict(re.findall(r'name="(seen-\d+)" value="(\d+)"', shown))
    sent = {"common": "出せます。", "key": key, "send": "1", **chosen, **seen}
    assert client.post(f"{first}similar/answer/", sent).status_code == 302
    assert client.post(f"{first}similar/answer/", sent).status_code == 302
    batch = AnswerBatch.objects.get()
    assert (AnswerItem.objects.count(), batch.common) == (4, "出せます。")
    assert "まとめて取り消す" in page(client, f"/desk/inquiries/answers/{batch.pk}/")
    assert "出せます。" in page(client, f"{first}similar/?batch={batch.pk}")
    back = client.post(f"/desk/inquiries/answers/{batch.pk}/back/")
    assert back["Location"] == f"{first}similar/?batch={batch.pk}"
    assert set(AnswerItem.objects.values_list("state", flat=True)) == {"taken_back"}
    assert "年末年始の休業日" in page(client, "/desk/inquiries/answers/")


def test_nothing_typed_is_lost_when_it_is_refused(client_of, emi, holidays):
    url = f"/desk/inquiries/{holidays[0].pk}/similar/answer/"
    sent = {"pick": [holidays[1].pk], f"line-{holidays[1].pk}": "わたしの一文"}
    shown = page(client_of(emi), url, status=422, common="{{email}} さま", **sent)
    assert "{{email}} さま" in shown
    assert "わたしの一文" in shown
    assert "{{email}} という差し込みはありません" in shown
    assert "わたしの一文" in page(client_of(emi), url, status=422, common="", **sent)
    assert "わたしの一文" in page(client_of(emi), url, common="あ", edit="1", **sent)


@pytest.mark.parametrize("given", ["x", "-1", "99999999999999999999", "１", ""])
def test_strange_numbers_are_no_server_errors(client_of, emi, holidays, given):
    client, url = client_of(emi), f"/desk/inquiries/{holidays[0].pk}/similar/"
    assert client.get(url, {"days": given}).status_code == 200
    assert client.post(f"{url}answer/", {"common": "a", "pick": [given]}).status_code == 422
    assert client.post(f"{url}out/", {"out": [given]}).status_code == 302
    assert client.get("/desk/inquiries/growing/", {"days": given}).status_code == 200


def test_who_asks_about_leaving_is_not_ticked(client_of, emi, holidays, ask, compare):
    ask("年末年始の休業日の表示と解約", "年末年始の休業日を商品ページに表示したいです。解約の相談もしたいです。")
    compare()
    shown = page(client_of(emi), f"/desk/inquiries/{holidays[0].pk}/similar/")
    assert "解約・返金・苦情" in shown
    picks = re.findall(r'name="pick" value="\d+"( checked)?', shown)
    assert sorted(picks) == ["", " checked", " checked", " checked", " checked"]


def test_what_was_taken_out_is_listed_and_comes_back(client_of, emi, holidays):
    client, url = client_of(emi), f"/desk/inquiries/{holidays[0].pk}/similar/"
    client.post(f"{url}out/?days=30", {"out": [holidays[1].pk]})
    assert "外した1件" in page(client, url)
    client.post(f"{url}out/", {"out": [holidays[1].pk], "back": "1"})
    assert "外した1件" not in page(client, url)


def test_growing_questions_stand_on_the_desk(client_of, emi, ken, holidays):
    for who in (emi, ken):
        assert "年末年始の休業日" in page(client_of(who), "/desk/inquiries/growing/")


def article(viewer, audience_id, title, body) -> Article:
    content = knowledge.Content(title=title, body=body, audience_id=audience_id, kind="faq", short_answer=body)
    row = knowledge.write_article(viewer=viewer, content=content, now=timezone.now())
    knowledge.publish_article(viewer=viewer, article=row, now=timezone.now())
    return row


TITLE = "年末年始の休業日を商品ページに表示する"


def test_only_what_the_customer_may_see_is_offered(client_of, emi, aoi, viewer_of, holidays, desk):
    owner = viewer_of(aoi)
    public = article(owner, PUBLIC, TITLE, "公開の答えです。")
    members = article(owner, MEMBERS, TITLE, "会員の答えです。")
    inside = article(owner, STAFF, TITLE, "社内だけの答えです。")
    client, url = client_of(emi), f"/desk/inquiries/{holidays[0].pk}/clues/"
    shown = page(client, url)
    for row in (public, members, inside):
        assert f'href="/k/{row.pk}/"' in shown
    assert f'value="article:{inside.pk}"' not in shown
    assert "社内用" in shown
    client.post(f"{url}insert/", {"clue": f"article:{inside.pk}"})
    assert not InquiryDraft.objects.exists()
    client.post(f"{url}insert/", {"clue": f"article:{members.pk}"})
    body = InquiryDraft.objects.get().body
    assert body == "会員の答えです。", "a link that the customer cannot open is left out"
    clues = {clue.id: clue for clue in queries.clues_for(desk, holidays[0], now=timezone.now())}
    assert (clues[inside.pk].text, clues[inside.pk].link, clues[inside.pk].is_internal) == ("", "", True)
    assert clues[public.pk].words == ("年末", "年始", "休業")


def test_a_member_gets_the_link_and_what_was_written_stays(client_of, emi, chie, aoi, viewer_of, ask, compare, support):
    asked = ask(*HOLIDAYS[0])
    Inquiry.objects.filter(pk=asked.pk).update(member=chie)
    compare()
    row = article(viewer_of(aoi), MEMBERS, TITLE, "会員の答えです。")
    client, url = client_of(emi), f"/desk/inquiries/{asked.pk}/"
    inbox.save_draft(viewer=viewer_of(emi), inquiry=asked, kind="reply", body="こんにちは。", now=timezone.now())
    client.post(f"{url}clues/insert/", {"clue": f"article:{row.pk}"})
    body = InquiryDraft.objects.get().body
    assert body.startswith("こんにちは。\n\n会員の答えです。\nhttp")
    assert body.endswith(f"/k/{row.pk}/")
    assert "会員の答えです。" in page(client, url)


def test_what_stands_in_the_browser_is_kept_when_something_is_added(client_of, emi, holidays, support):
    client, url = client_of(emi), f"/desk/inquiries/{holidays[0].pk}/"
    template = ReplyTemplate.objects.create(name="案内", body="ご案内です。", changed_at=timezone.now())
    client.post(f"{url}templates/{template.pk}/", {"draft": "こんにちは。"})
    assert InquiryDraft.objects.get().body == "こんにちは。\n\nご案内です。"
    client.post(f"{url}templates/drop/", {"draft": "書き直しました。"})
    assert InquiryDraft.objects.get().body == "書き直しました。"
    assert client.post(f"{url}templates/{template.pk}/", {"draft": "あ" * 200_000}).status_code == 422
    assert InquiryDraft.objects.get().body == "書き直しました。"


def test_nothing_is_inserted_where_no_answer_can_be_written(client_of, emi, aoi, viewer_of, ask, compare):
    row = ask(*HOLIDAYS[0], channel="phone", sender="")
    compare()
    found = article(viewer_of(aoi), PUBLIC, TITLE, "公開の答えです。")
    shown = page(client_of(emi), f"/desk/inquiries/{row.pk}/clues/")
    assert f'href="/k/{found.pk}/"' in shown
    assert f'value="article:{found.pk}"' not in shown
    assert '<div class="src"><svg class="ico' in shown, "the first column of the row is for the sign"
    assert "すべてのひな形" not in page(client_of(emi), f"/desk/inquiries/{row.pk}/")


def test_words_in_common_are_as_people_read_them(client_of, emi, aoi, viewer_of, ask, compare):
    row = ask("ページとメールの deliveries", "ページとメールの deliveries です。")
    compare()
    found = article(viewer_of(aoi), PUBLIC, "ページとメールの deliveries", "deliveries の答えです。")
    Article.objects.filter(pk=found.pk).update(review_on=timezone.now().date() - timedelta(days=3))
    shown = page(client_of(emi), f"/desk/inquiries/{row.pk}/clues/")
    assert "一致する言葉：ページ・メール・deliveries" in shown
    assert "を過ぎています" in shown


def test_periods_are_no_times_left(client_of, emi, holidays):
    for path in ("growing/", f"{holidays[0].pk}/similar/"):
        shown = page(client_of(emi), f"/desk/inquiries/{path}")
        assert ">14日間</a>" in shown


def test_earlier_answers_come_without_names(client_of, emi, desk, holidays, support, person):
    before = holidays[1]
    now = timezone.now()
    Inquiry.objects.filter(pk=before.pk).update(contact=person)
    text = f"{person.name} 様、和紙のこだま 様の画面で直しました。{person.email} 03-5550-0142"
    delivery = inbox.send_reply(viewer=desk, inquiry=before, body=text, now=now)
    inbox.note_sent(delivery_id=delivery.pk, now=now + LATER)
    arrival = Arrival("mail", "ありがとう", "解決しました。", now + 2 * LATER, continues=before.pk)
    receive(arrival=arrival, now=now + 2 * LATER)
    before.refresh_from_db()
    inbox.close_inquiry(viewer=desk, inquiry=before, because="answered", now=now + 3 * LATER)
    clues = [clue for clue in queries.clues_for(desk, holidays[0], now=now) if clue.kind == "reply"]
    assert [(clue.id, clue.is_said_solved) for clue in clues] == [(before.pk, True)]
    for told in (person.name, "和紙のこだま", person.email, "5550"):
        assert told not in clues[0].text
    client = client_of(emi)
    client.post(f"/desk/inquiries/{holidays[0].pk}/clues/insert/", {"clue": f"reply:{before.pk}"})
    assert "の画面で直しました" in InquiryDraft.objects.get().body


def test_a_template_acts_after_its_answer_is_out(client_of, emi, desk, aoi, holidays, support):
    client, row = client_of(emi), holidays[0]
    sent = {
        "name": "休業日の案内", "body": "{{addressed}}\n{{plan}}ご案内します。", "next_state": "snoozed", "snooze_days": "3",
        "priority": "low", "category": "休業日", "owner_id": str(aoi.pk),
    }  # fmt: skip
    assert client.post("/desk/reply-templates/new/", {**sent, "snooze_days": ""}).status_code == 422
    assert client.post("/desk/reply-templates/new/", sent).status_code == 302
    template = ReplyTemplate.objects.get()
    shown = page(client, f"/desk/inquiries/{row.pk}/templates/?q=休業")
    assert "休業日の案内" in shown
    assert "休業日の案内" not in page(client, f"/desk/inquiries/{row.pk}/templates/?q=ないことば")
    client.post(f"/desk/inquiries/{row.pk}/templates/{template.pk}/")
    draft = InquiryDraft.objects.get().body
    assert draft == "株式会社こめ工房 御中\nご案内します。"
    assert "3日間保留" in page(client, f"/desk/inquiries/{row.pk}/")
    now = timezone.now()
    delivery = inbox.send_reply(viewer=desk, inquiry=row, body=draft, now=now)
    assert Inquiry.objects.get(pk=row.pk).priority == "normal"
    inbox.note_sent(delivery_id=delivery.pk, now=now + LATER)
    for _twice in range(2):
        actions.act_afterwards(inquiry_id=row.pk, message_id=delivery.message_id, now=now + LATER)
    row.refresh_from_db()
    assert (row.state, row.priority, row.category, row.owner_id) == ("snoozed", "low", "休業日", aoi.pk)
    assert not MacroUse.objects.exists()
    template.refresh_from_db()
    assert template.used_count == 1


def test_what_would_be_too_long_is_said_at_the_field_and_nothing_is_lost(client_of, emi, holidays, desk, support):
    client, one = client_of(emi), f"/desk/inquiries/{holidays[0].pk}/"
    fields = {"name": "長い案内", "body": "案" * 200, "priority": "low"}
    template = actions.save_macro(viewer=desk, template=None, fields=fields, now=timezone.now())
    written = "書" * 19_900
    shown = page(client, f"{one}templates/{template.pk}/", 422, draft=written)
    assert "差し込むと20,000文字を超えます。" in shown
    assert f"{written}</textarea>" in shown
    assert (InquiryDraft.objects.get().body, MacroUse.objects.count()) == (written, 0), "kept as it was typed"
    assert 'name="seen" value=' in shown, "who writes meanwhile is still noticed"
    written += "き" * 200  # more than a draft can be
    for path in (f"templates/{template.pk}/", "templates/drop/", "clues/insert/"):
        assert f"{written}</textarea>" in page(client, f"{one}{path}", 422, draft=written), path


def test_what_a_template_does_can_be_dropped(client_of, emi, desk, holidays, support):
    template = actions.save_macro(
        viewer=desk, template=None, fields={"name": "a", "body": "b", "next_state": "closed"}, now=timezone.now()
    )  # fmt: skip
    client, url = client_of(emi), f"/desk/inquiries/{holidays[0].pk}/templates/"
    client.post(f"{url}{template.pk}/")
    assert MacroUse.objects.count() == 1
    client.post(f"{url}drop/")
    assert (MacroUse.objects.count(), InquiryDraft.objects.get().body) == (0, "b")


def test_a_personal_template_is_its_writers_alone(client_of, emi, aoi, desk, holidays):
    template = actions.save_macro(
        viewer=desk, template=None, fields={"name": "わたしの", "body": "b", "is_own": True}, now=timezone.now()
    )
    assert "わたしの" in page(client_of(emi), "/desk/reply-templates/")
    other = client_of(aoi)
    assert "わたしの" not in page(other, "/desk/reply-templates/")
    assert other.get(f"/desk/reply-templates/{template.pk}/").status_code == 404
    assert other.post(f"/desk/inquiries/{holidays[0].pk}/templates/{template.pk}/").status_code == 404
    assert Macro.objects.get().member_id == emi.pk


def test_an_faq_draft_without_names(client_of, aoi, holidays):
    client, url = client_of(aoi), f"/desk/inquiries/{holidays[0].pk}/similar/faq/"
    begun = page(client, url, common="和紙のこだま 様、カレンダーで出せます。")
    assert "〔お名前〕 様、カレンダーで出せます。" in begun
    said = {"title": "休業日の出し方", "answer": "森下花店さまのように、カレンダーで出せます。"}
    refused = page(client, url, status=422, keep="1", **said)
    assert "森下花店" in refused
    assert not Article.objects.exists()
    said["answer"] = "「営業カレンダー」で出せます。"
    assert "営業カレンダー" in page(client, url, preview="1", **said)
    assert client.post(url, {**said, "keep": "1"}).status_code == 302
    row = Article.objects.get()
    assert (row.state, row.kind, row.source_type, row.source_id) == ("draft", "faq", "inquiry", holidays[0].pk)


def test_a_question_with_its_answer(client_of, aoi, holidays):
    Space.objects.create(
        slug="qa", name={"ja": "質問"}, kind="question", audience_id=MEMBERS, created_at=timezone.now()
    )
    client, url = client_of(aoi), f"/desk/inquiries/{holidays[0].pk}/similar/question/"
    said = {
        "space": "qa",
        "title": "休業日の出し方",
        "question": "商品ページに出せますか。",
        "answer": "はい、出せます。",
    }
    assert "はい、出せます。" in page(client, url, preview="1", **said)
    assert not Topic.objects.exists()
    assert client.post(url, {**said, "space": "nowhere", "keep": "1"}).status_code == 422
    assert client.post(url, {**said, "question": "taro@shop.example です", "keep": "1"}).status_code == 422
    assert client.post(url, {**said, "keep": "1"}).status_code == 302
    topic = Topic.objects.get()
    assert Post.objects.filter(topic=topic).count() == 2
    assert topic.accepted_post is not None


def test_readers_look_and_members_see_nothing(client_of, ken, chie, holidays):
    reader, member = client_of(ken), client_of(chie)
    url = f"/desk/inquiries/{holidays[0].pk}/"
    assert reader.get(f"{url}similar/").status_code == 200
    assert "まとめて答える" not in reader.get(f"{url}similar/").content.decode()
    for path in ("similar/answer/", "similar/out/", "clues/insert/", "templates/drop/", "similar/faq/"):
        assert reader.post(f"{url}{path}", {"common": "x"}).status_code in (403, 404)
        assert member.post(f"{url}{path}", {"common": "x"}).status_code == 404
    for path in ("similar/", "clues/", "templates/"):
        assert member.get(f"{url}{path}").status_code == 404
