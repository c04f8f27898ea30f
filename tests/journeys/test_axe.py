"""Every page once: no accessibility finding, no sideways scrolling. Width, theme and language alternate; `--slow` tries all."""

import itertools

import pytest

pytestmark = pytest.mark.browser
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VISITOR = [
    "/",
    "/s/",
    "/s/qa/",
    "/t/{topic}/",
    "/search/?q=引っ越し",
    "/search/?q=zzzz",
    "/k/",
    "/k/{article}/",
    "/m/ben/",
    "/members/",
    "/signin/",
    "/signup/",
    "/password/reset/",
    "/terms/terms/",
    "/s/ideas/",
    "/tags/写真/",
    "/password/reset/sent/",
    "/invitation/nobody/",
    "/nothing/",
    "/contact/",
]
MEMBER = [
    "/", "/s/qa/", "/t/{topic}/", "/ask/", "/s/ideas/new/", "/latest/", "/needed/", "/bookmarks/", "/drafts/", "/notifications/",
    "/notifications/settings/", "/account/", "/account/preferences/", "/account/tokens/",
    "/account/security/", "/account/agreements/", "/account/records/", "/account/leave/", "/studio/brand/",
    "/account/email/", "/account/password/", "/account/two-step/on/", "/account/copies/", "/account/requests/", "/referrals/",
    "/testimonials/", "/contact/", "/me/inquiries/", "/account/company/",
]  # fmt: skip
OWNER = [
    "/studio/", "/studio/brand/", "/studio/opening/", "/studio/joining/",
    "/studio/time/", "/studio/words/", "/studio/synonyms/", "/studio/links/",
    "/studio/spaces/", "/studio/spaces/new/", "/studio/members/", "/studio/invitations/", "/studio/terms/", "/studio/mail/",
    "/studio/knowledge/", "/k/new/", "/studio/held/", "/studio/searches/", "/studio/spaces/qa/", "/studio/spaces/qa/audience/",
    "/studio/audiences/", "/studio/audiences/rule/", "/studio/audiences/hand/", "/studio/attributes/", "/studio/attributes/new/",
    "/studio/testimonials/", "/studio/referrals/", "/studio/privacy/", "/studio/audit/", "/studio/spaces/qa/archive/", "/studio/posting/",
    "/studio/opening/preview/", "/studio/terms/terms/draft/", "/studio/members/{member}/", "/k/{article}/edit/",
    "/k/{article}/history/", "/t/{topic}/", "/t/{topic}/closure/", "/t/{topic}/audience/", "/t/{topic}/space/", "/desk/", "/desk/tasks/",
    "/desk/tasks/{task}/", "/desk/tasks/new/?account={account}", "/desk/tasks/departments/", "/desk/find/?q=青波",
    "/desk/customers/{account}/", "/desk/customers/{account}/timeline/", "/desk/tasks/{task}/edit/", "/desk/customers/",
    "/studio/customer-fields/", "/desk/inquiries/", "/desk/inquiries/table/", "/desk/inquiries/{inquiry}/",
    "/desk/inquiries/{inquiry}/similar/", "/desk/inquiries/{inquiry}/clues/", "/desk/inquiries/{inquiry}/templates/",
    "/desk/inquiries/growing/", "/desk/inquiries/answers/", "/studio/hours/", "/desk/service/",
    "/desk/service/inquiries/",
    "/studio/inbox/", "/studio/contact/", "/studio/support-addresses/", "/studio/support-addresses/new/", "/desk/reply-templates/",
    "/desk/reply-templates/new/", "/desk/signature/", "/studio/mail-in/", "/studio/mail-in/settings/", "/studio/mail-in/boxes/new/",
    "/studio/sign-in/", "/studio/sign-in/new/oidc/", "/studio/sign-in/new/jwt/", "/studio/sign-in/directory/",
    "/studio/webhooks/", "/studio/webhooks/new/", "/studio/webhooks/chat/", "/desk/customers/{account}/past/",
    "/desk/calls/", "/desk/calls/new/?account={account}", "/desk/calls/new/?inquiry={inquiry}", "/studio/calls/",
    "/studio/calls/new/", "/studio/line/", "/studio/line/new/", "/me/line/", "/me/slack/", "/studio/widget/",
    "/studio/widget/sample/", "/studio/sign-in/new/saml/",
]  # fmt: skip
PAGES = [("", path) for path in VISITOR] + [("chie", path) for path in MEMBER] + [("aoi", path) for path in OWNER]
LOOKS = [(1440, "light", "ja"), (390, "dark", "ja"), (390, "light", "en"), (1440, "dark", "en")]


def check(visit, site, handle: str, path: str, look: tuple[int, str, str]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    width, scheme, lang = look
    things = {name: getattr(site, name) for name in ("topic", "article", "member", "account", "task", "inquiry")}
    page = visit(
        path.format(**things),
        handle=handle,
        width=width,
        scheme=scheme,
        lang=lang,
    )
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    assert not [(item["id"], [node["target"] for node in item["nodes"]][:4]) for item in found]
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize(
    ("handle", "path", "look"), [(*page, LOOKS[place % len(LOOKS)]) for place, page in enumerate(PAGES)]
)
def test_a_page_has_no_finding(visit, site, handle, path, look):
    check(visit, site, handle, path, look)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "look"), list(itertools.product(PAGES, LOOKS)))
def test_a_page_has_no_finding_in_any_look(visit, site, page, look):
    check(visit, site, *page, look)
