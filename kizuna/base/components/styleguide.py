"""The examples of `/styleguide/`: invented people and shops in both languages, and every state of every component."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import get_language

from kizuna.base.components.chrome import Chrome, Frame, Link, LinkGroup, ViewerCard

REACTIONS = (
    ("thanks", "ありがとう", "Thanks", 31),
    ("see", "なるほど", "I see", 12),
    ("tried", "やってみた", "Tried it", 0),
)
PEOPLE = (
    ("aoi", "木村 あおい", "きむら あおい"),
    ("takashi", "大西 隆", "おおにし たかし"),
    ("minori", "藤原 みのり", "ふじわら みのり"),
)
ICONS_SHOWN = ("house", "bell", "search", "heart", "circle-check", "triangle-alert", "calendar-days", "trophy")
COLORS = ("brand", "accent", "good-fill", "warn-fill", "bad-fill", "d1", "d2", "d3", "d4", "d5", "muted", "ink-3")

PATTERN_WORDS = {
    "needs": ("あなたの答えを待っています", "Waiting for your answer"),
    "all": ("すべて見る（6）", "See all (6)"),
    "question": ("年末の営業日を、商品ページにもまとめて表示できますか？", "Can product pages show our holidays, too?"),
    "nobody": ("回答 0件", "No answer yet"),
    "reason": ("得意な話題：営業カレンダー", "Your topic: opening hours"),
    "group": ("写真と商品ページ", "Photos and product pages"),
    "title": ("自然光だけで焼き菓子をおいしそうに撮る", "Photograph pastry in daylight"),
    "text": (
        "窓ぎわに白い厚紙を一枚立てるだけで、影がやわらかくなります。",
        "A white card by the window softens the shadows.",
    ),
    "share": ("共有", "Share"),
    "accepted": ("ベストアンサー", "Accepted answer"),
    "accepted_by": ("大西さんが選びました・質問から42分", "Chosen by Takashi, 42 minutes after the question"),
    "official": ("ヘルプにもこの手順を追記しました。", "We added these steps to the help pages."),
    "vote": ("このアイデアに投票する 現在128票", "Vote for this idea, 128 votes"),
    "idea": ("納品書にひとことを印刷したい", "Print a note on the delivery slip"),
    "kpi": ("解決した質問", "Solved questions"),
    "unit": ("件", "questions"),
    "noise": ("差は誤差の範囲", "The difference is within the error"),
    "definition": (
        "11月に解決した質問の数。メンバーの回答で解決したもの391件。",
        "Questions solved in November, 391 by members.",
    ),
    "randomised": ("無作為", "Randomised"),
    "quasi": ("準実験", "Quasi-experiment"),
    "described": ("記述", "Description"),
    "refused": ("出しません", "Not shown"),
    "late": ("2時間おくれ", "2 hours late"),
    "soon": ("あと1時間", "1 hour left"),
    "sentence": (
        "90日以上参加していて、回答を3件以上書いた人。",
        "Members for 90 days or more with 3 answers or more.",
    ),
    "staffonly": ("運営だけに見えています", "Only staff can see this"),
    "new": ("新しい行", "New rows"),
    "changed": ("変わる行", "Changed rows"),
    "table": ("顧客の一覧", "Customers"),
    "company": ("会社", "Company"),
    "score": ("点数", "Score"),
    "state": ("割合", "Share"),
}


def word(ja: str, en: str) -> str:
    """Return one of two example texts; examples are data, not interface words."""
    return ja if get_language() == "ja" else en


class ShopForm(forms.Form):
    """One field of each kind."""

    use_required_attribute = False  # so that the refused state can be shown

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop"] = forms.CharField(
            label=word("お店の名前", "Name of the shop"),
            help_text=word("プロフィールに表示されます。", "Shown on your profile."),
        )
        self.fields["email"] = forms.EmailField(label=word("メールアドレス", "E-mail address"))
        self.fields["kind"] = forms.ChoiceField(
            label=word("お店のジャンル", "Kind of shop"),
            choices=[("flower", word("花・園芸", "Flowers")), ("bakery", word("パン・菓子", "Bakery"))],
            required=False,
        )
        self.fields["topics"] = forms.MultipleChoiceField(
            label=word("今、知りたいこと", "What you want to know"),
            choices=[("photo", word("写真", "Photos")), ("plan", word("定期便", "Subscriptions"))],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields["about"] = forms.CharField(
            label=word("紹介文", "About you"), widget=forms.Textarea(attrs={"rows": 3}), required=False
        )
        self.fields["terms"] = forms.BooleanField(
            label=word("利用規約（第4版）に同意します", "I agree to the terms of use (version 4)"),
            help_text=word("同意した版と日時は、いつでも見られます。", "You can look up version and date at any time."),
        )


def chrome(*, theme: str, is_console: bool = False, is_member: bool = True) -> Chrome:
    """Return the chrome of the invented community."""
    viewer = ViewerCard(
        name="木村 あおい", profile_url="#me", hue=150, can_desk=not is_console, can_studio=not is_console
    )
    return Chrome(
        frame=_frame(is_console=is_console),
        viewer=viewer if is_member else None,
        theme=theme,
        current="home",
        counts={"notifications": 4, "messages": 1, "questions": 12, "opening": 3, "inbox": 7},
    )


def _frame(*, is_console: bool) -> Frame:
    notifications = Link(label=word("お知らせ", "Notifications"), url="#n", icon="bell", key="notifications")
    home = Link(label=word("ホーム", "Home"), url="#home", icon="house", key="home")
    ask = Link(label=word("質問する", "Ask a question"), url="#ask", icon="pencil", use="create")
    questions = _questions()
    return Frame(
        name="みせばこ",
        tagline=word("運営コンソール", "Console") if is_console else word("オーナーズ広場", "Owners' square"),
        language=get_language() or "ja",
        is_console=is_console,
        search_url="/styleguide/",
        search_placeholder=word("質問、ナレッジ、メンバーを検索", "Search questions, articles and members"),
        navigation=_console_navigation() if is_console else _square_navigation(home),
        tabs=(home, questions, ask, notifications, Link(label=word("メニュー", "Menu"), use="menu")),
        primary=None if is_console else ask,
        tools=(
            Link(label=word("メッセージ", "Messages"), url="#m", icon="message-circle", key="messages"),
            notifications,
        ),
        menu=(Link(label=word("設定", "Settings"), url="#s", icon="settings"),),
        languages=(Link(label=word("English", "日本語"), url=word("?lang=en", "?lang=ja"), key=word("en", "ja")),),
        sign_in_url="#signin",
    )


def _square_navigation(home: Link) -> tuple[LinkGroup, ...]:
    ideas = Link(label=word("アイデア", "Ideas"), url="#i", icon="lightbulb")
    groups = (
        Link(label=word("はじめての開店", "Opening a shop"), url="#g1", key="opening", color="d2"),
        Link(label=word("飲食店オーナー会", "Food and drink"), url="#g2", key="food", color="d3"),
    )
    return (
        LinkGroup(links=(home, _questions(), ideas)),
        LinkGroup(heading=word("参加中のグループ", "Your groups"), links=groups),
    )


def _questions() -> Link:
    return Link(
        label=word("Q&A", "Questions"), url="#q", icon="message-circle-question-mark", key="questions", quiet=True
    )


def _console_navigation() -> tuple[LinkGroup, ...]:
    return (
        LinkGroup(
            heading=word("顧客", "Customers"),
            links=(
                Link(label=word("受信箱", "Inbox"), url="#i", icon="inbox", key="inbox"),
                Link(label=word("ヘルス", "Health"), url="#h", icon="gauge"),
            ),
        ),
        LinkGroup(
            heading=word("コミュニティ", "Community"),
            links=(Link(label=word("ホームの構成", "Home page"), url="#home", icon="layout-dashboard", key="home"),),
        ),
    )


def examples(*, now: dt.datetime) -> dict[str, Any]:
    """Return the data of every example on the page."""
    refused = ShopForm({"email": "aoi@example", "shop": ""}, prefix="refused", auto_id="refused_%s")
    return {
        "icons": ICONS_SHOWN,
        "colors": COLORS,
        "curve": (3, 4, 2, 5, 6, 4, 7, 9, 8, 6, 9, 11),
        "form": ShopForm({"shop": "ひだまり文具店", "email": "aoi@example.com", "terms": True}, auto_id="fine_%s"),
        "refused": refused,
        "just_now": now - dt.timedelta(hours=9),
        "long_ago": now - dt.timedelta(days=40),
        "hues": range(0, 360, 30),
        "parts": [("good-fill", 55.0), ("warn-fill", 30.0), ("bad-fill", 15.0)],
        "tabs": [
            {"label": word("概要", "Overview"), "url": "#o", "is_current": True},
            {"label": word("履歴", "History"), "url": "#h", "count": 12},
        ],
        "filters": [
            {"label": word("おすすめ", "For you"), "url": "#f", "is_current": True},
            {"label": word("新着", "New"), "url": "#w", "count": 8, "new": True},
            {"label": word("未解決の質問", "Unanswered"), "url": "#u"},
        ],
        "crumbs": [{"label": word("ホーム", "Home"), "url": "#h"}, {"label": word("Q&A", "Questions"), "url": "#q"}],
        "reactions": [
            {"name": name, "label": word(ja, en), "count": number, "is_mine": name == "thanks"}
            for name, ja, en, number in REACTIONS
        ],
        "result": {
            "kind": word("受注・配送", "Orders"),
            "author": word("大西 隆さん", "Takashi Onishi"),
            "chip": word("解決済み", "Solved"),
        },
        "chips": [{"label": word("解決済み", "Solved"), "tone": "good", "icon": "circle-check"}],
        "say": {name: word(ja, en) for name, (ja, en) in PATTERN_WORDS.items()},
        "badges": [word("定期便マスター", "Subscription expert")],
    }


def suggestions() -> list[dict[str, Any]]:
    """Return what the example title field suggests."""
    return [
        {
            "title": word("定期便のスキップを一回だけ受け付けたい", "Skip one delivery"),
            "url": "#s1",
            "is_solved": True,
            "replies": 3,
        },
        {
            "title": word("定期便と単品を同じ箱で送りたい", "Ship two orders in one box"),
            "url": "#s2",
            "is_solved": False,
            "replies": 1,
        },
    ]
