"""What is said of discussions in the list and by mail."""

import re

import pytest
from django.utils import translation

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.registry import NotificationText, of
from kizuna.core.activity.models import Activity
from kizuna.core.notifications import queries as notifications
from kizuna.core.notifications.models import Notification, OutgoingMail
from kizuna.core.notifications.texts import Notice
from kizuna.engagement.discussions import actions, notices
from kizuna.engagement.discussions.models import Post, Topic

TEXTS = [text for text in vars(notices).values() if isinstance(text, NotificationText)]


def notice(text, *actors, count=0):
    return Notice(
        kind=text.name,
        target_type="post",
        target_id=1,
        title="100% & <b>",
        url="/t/1/",
        actors=actors,
        actor_count=count,
    )


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_every_kind_has_whole_sentences_and_a_steady_subject(text, language):
    crowds = [
        notice(text),
        notice(text, "Ben", count=1),
        notice(text, "Ben", "Emi", count=2),
        notice(text, "Ben", "Emi", count=5),
    ]
    with translation.override(language):
        lines = [text.line(notification=crowd, language=language) for crowd in crowds]
        mails = (
            [text.mail(notification=crowd, language=language, reader="Chie") for crowd in crowds] if text.mail else []
        )
    for line in lines:
        assert "100% & <b>" in line
        assert not re.search(r"%\(|%s|\{", line)
        assert bool(re.search(r"[ぁ-ん]", line)) == (language == "ja")
    assert len({mail.subject for mail in mails}) <= 1, "mail programs keep one subject in one thread"
    assert all(mail.button and mail.title for mail in mails)


def test_one_other_is_one_other():
    with translation.override("en"):
        line = notices.REPLIED.line(notification=notice(notices.REPLIED, "Ben", "Emi", count=3), language="en")
    assert "Ben, Emi and 1 other replied" in line


def test_every_kind_is_declared():
    assert {text.name for text in TEXTS} <= {text.name for text in of(NotificationText)}


@pytest.mark.django_db
def test_a_reply_is_told_and_mailed_and_reading_the_topic_settles_it(
    ask, reply, chie, ben, viewer_of, now, settings, tmp_path
):
    settings.KIZUNA_MAIL_URL = f"file://{tmp_path}"
    topic = ask(chie)
    post = reply(ben, topic)
    run_waiting()
    assert OutgoingMail.objects.get(kind="topic.replied").state == "sent"
    assert notifications.unread_count(viewer_of(chie)) == 1
    actions.mark_read(viewer=viewer_of(chie), topic_id=topic.pk, number=1, now=now)
    assert notifications.unread_count(viewer_of(chie)) == 1, "the reply was not seen yet"
    actions.mark_read(viewer=viewer_of(chie), topic_id=topic.pk, number=post.number, now=now)
    assert notifications.unread_count(viewer_of(chie)) == 0


@pytest.mark.django_db
def test_a_reply_hidden_before_the_mail_leaves_is_not_mailed(ask, reply, chie, ben, now, settings, tmp_path):
    settings.KIZUNA_MAIL_URL = f"file://{tmp_path}"
    post = reply(ben, ask(chie))
    run_waiting(limit=2)  # both activities are delivered before any mail leaves
    assert OutgoingMail.objects.get().state == "waiting"
    Post.objects.filter(pk=post.pk).update(state="hidden")
    run_waiting()
    assert OutgoingMail.objects.get().error == "audience"
    assert not list(tmp_path.glob("*.eml"))


@pytest.mark.django_db
def test_a_topic_moved_out_of_sight_takes_its_lines_along(ask, reply, chie, ben, staff_room, viewer_of):
    topic = ask(chie)
    reply(ben, topic)
    run_waiting()
    Topic.objects.filter(pk=topic.pk).update(container_audience_id=staff_room.audience_id)
    Post.objects.filter(topic=topic).update(container_audience_id=staff_room.audience_id)
    assert Notification.objects.filter(member=chie).exists()
    assert notifications.unread_count(viewer_of(chie)) == 0
    assert notifications.notice_page(viewer=viewer_of(chie)).items == []


@pytest.mark.django_db
def test_imported_history_tells_nobody(ask, reply, chie, ben):
    reply(ben, ask(chie))
    Activity.objects.update(import_id=1)
    run_waiting()
    assert not Notification.objects.exists()
    assert not OutgoingMail.objects.exists()
