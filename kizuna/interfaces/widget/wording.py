"""Words of the widget. The script holds none: it gets them in the language of the page around."""

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from kizuna.base.hours import day_of, is_open, next_opening
from kizuna.core.community.hours import business_hours
from kizuna.core.search.hits import Hit
from kizuna.engagement.discussions.models import Post
from kizuna.engagement.knowledge.models import Article
from kizuna.interfaces.widget import context
from kizuna.success.inbox import dues, looks
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.wording import FOR_ASKERS

SOLVED = gettext_lazy("Solved question")


def words(name: str) -> dict[str, str]:
    """Return everything that the panel says by itself."""
    return {
        "help": pgettext("widget", "Help"),
        "title": _("%(name)s help") % {"name": name},
        "close": _("Close"),
        "back": pgettext("widget", "Back"),
        "q": _("Write what troubles you"),
        "searching": _("Searching…"),
        "ask": _("Not found? Ask us"),
        "mine": _("What you asked"),
        "solved": pgettext("widget", "Did this solve it?"),
        "yes": pgettext("widget", "Solved"),
        "no": pgettext("widget", "Not yet"),
        "other": pgettext("widget", "It is something else"),
        "form": pgettext("widget", "Ask us"),
        "subject": pgettext("widget", "What troubles you"),
        "body": pgettext("widget", "Details"),
        "email": _("Your mail address"),
        "emailNote": _("The answer comes to this address."),
        "person": _("Your name (optional)"),
        "urgency": _("Is it urgent?"),
        "now": _("I am in trouble today"),
        "normal": pgettext("urgency", "No hurry"),
        "along": _("Sent along (%(n)s)"),
        "fact": pgettext("fact", "%(label)s: %(value)s"),
        "send": _("Send your question"),
        "sending": _("Sending…"),
        "keptMember": _("What you write stays when you close this. The answer comes here and by mail."),
        "keptVisitor": _("What you write stays when you close this. The answer comes by mail."),
        "needBody": _("Please write what it is about."),
        "needMail": _("Please give an address to which we can answer."),
        "sent": pgettext("widget", "Sent"),
        "received": _("We have it"),
        "number": _("The number is %(number)s."),
        "until": _("We answer by %(moment)s."),
        "add": pgettext("widget", "Add something"),
        "addSend": pgettext("widget", "Send what you added"),
        "added": _("It was added."),
        "done": _("Back to the page"),
        "community": _("While you wait, you can also ask others who use the same."),
        "communityLink": _("Ask in the community"),
        "offline": _("Not sent yet."),
        "offlineWhy": _(
            "There is no connection. What you wrote stays on this device. Please try again once you are connected."
        ),
        "again": pgettext("widget", "Send again"),
        "twice": _("Pressing twice sends it only once."),
        "phone": _("If it is urgent: %(phone)s"),
        "failed": _("That did not work. Please try again in a moment."),
        "news": _("You have an answer."),
        "newsCount": _("New answers: %(n)s"),
        "read": pgettext("widget", "Read"),
        "us": pgettext("widget", "Our team"),
        "you": pgettext("widget", "You"),
        "none": _("You have not asked anything yet."),
    }


def labels() -> dict[str, str]:
    """Return what the usual keys of the page around are called."""
    return {key: str(label) for key, label in context.LABELS.items()}


def hours_words(now: datetime) -> str:
    """Return when there is an answer to what is sent now: from which day when it is closed, else by when."""
    hours = business_hours()
    if is_open(hours, now):
        due = dues.after(now, dues.minutes_for(Inquiry.Priority.NORMAL, [])[0])
        return _("Sent now, it is answered by %(moment)s.") % {"moment": looks.short(due)} if due else ""
    opens = next_opening(hours, now)
    if opens is None:
        return _("We are outside business hours.")
    return _("We are outside business hours. Answers begin on %(day)s.") % {"day": _day(opens)}


def closed_days(now: datetime) -> str:
    """Return why it takes until then: the named days between now and the next opening."""
    hours = business_hours()
    opens = next_opening(hours, now)
    if opens is None or is_open(hours, now):
        return ""
    day = now.astimezone(hours.zone).date()
    names: list[str] = []
    while day < opens.astimezone(hours.zone).date() and len(names) < 3:
        found = day_of(hours, day)
        if found.name and not found.periods:
            names.append(
                _("%(day)s is %(name)s")
                % {"day": date_format(day, pgettext("format of a day", "M j")), "name": found.name}
            )
        day += timedelta(days=1)
    if not names:
        return ""
    return _("%(days)s.") % {"days": pgettext("list", ", ").join(names)}


def steps(inquiry: Inquiry, *, now: datetime) -> list[list[str]]:
    """Return what happens next: [what, when], the first being now."""
    opens = next_opening(business_hours(), now) if not is_open(business_hours(), now) else None
    taken = _("from %(moment)s") % {"moment": looks.short(opens)} if opens else _("soon")
    where = _("here and by mail") if inquiry.member_id else pgettext("answer", "by mail")
    return [
        [pgettext("step", "Received"), looks.short(inquiry.received_at)],
        [_("Somebody takes it"), taken],
        [_("The answer arrives"), where],
    ]


def found_words(count: int, others: dict[str, tuple[str, ...]]) -> str:
    """Return how many were found, and which other words were searched."""
    said = [ngettext("%(n)d found.", "%(n)d found.", count) % {"n": count} if count else _("Nothing was found.")]
    said += [
        _("Besides “%(term)s”, the search looked for “%(others)s”.")
        % {"term": term, "others": pgettext("search", "”, “").join(words[:3])}
        for term, words in others.items()
    ]
    whole = said[0]
    for sentence in said[1:]:
        whole = pgettext("two sentences", "%(first)s %(second)s") % {"first": whole, "second": sentence}
    return whole


def hit_note(hit: Hit, answerer: str) -> str:
    """Return what kind of answer a result is."""
    if hit.type == "article":
        day = date_format(hit.created_at.astimezone(business_hours().zone), pgettext("format of a day", "M j"))
        return _("Help, changed on %(day)s") % {"day": day}
    return _("Solved question, answered by %(name)s") % {"name": answerer} if answerer else str(SOLVED)


def article_note(article: Article) -> str:
    """Return from when an article is."""
    day = date_format(article.updated_at.astimezone(business_hours().zone), pgettext("format of a day", "M j"))
    return _("Help, changed on %(day)s") % {"day": day}


def asked_by(post: Post) -> str:
    return _("Question of %(name)s") % {"name": post.author.name}


def answered_by(post: Post) -> str:
    return _("Answer of %(name)s") % {"name": post.author.name}


def asked_note(inquiry: Inquiry) -> str:
    """Return how an inquiry stands for whoever asked."""
    words = {"number": inquiry.pk, "state": FOR_ASKERS[Inquiry.State(inquiry.state)][0]}
    return _("#%(number)s: %(state)s") % words


def open_words(related: int) -> str:
    """Return the words of the way into the community."""
    if not related:
        return _("Open in the community")
    return ngettext(
        "Open in the community (%(n)d related question)", "Open in the community (%(n)d related questions)", related
    ) % {"n": related}


def voted_words(is_solved: bool) -> str:
    if is_solved:
        return _("Good to hear. Thank you for telling us.")
    return _("Thank you. Please tell us what is missing.")


def _day(moment: datetime) -> str:
    return looks.day_words(moment.astimezone(business_hours().zone))
