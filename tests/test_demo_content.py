"""The sample community agrees with itself: people, spaces, numbers, times and names of screens."""

import re
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[1] / "demo" / "misebako"
DAY = 24 * 60
FRONT_MATTER = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)
POST_LINE = re.compile(r"^=== (\w+) \+(\d+)$", re.MULTILINE)
MENUS = {
    "設定": "お店の情報 公開設定 支払い方法 送料 配達日時 定期便 メール文面 営業カレンダー 税と請求書 スタッフ ドメイン "
    "セキュリティ 連携 ギフト・のし ご契約",
    "受注": "受注一覧 まとめて印刷 返品・返金",
    "商品": "商品一覧 カテゴリ 在庫 CSV取り込み 予約販売",
    "お客さま": "顧客一覧 クーポン お知らせメール レビュー お問い合わせ",
    "デザイン": "テーマ トップページ バナー ヘッダー・フッター CSSの追加",
    "集計": "売上 アクセス",
}
MENU_PATH = re.compile(r"(?<![のァ-ヶ一-龠])(設定|受注|商品|お客さま|デザイン|集計) → \**([^\s*→、。」）|/(]+)")
SPELLINGS = [
    ("サーバ", "サーバー"),
    ("引っ越し", "引越し"),
    ("見積り", "見積もり"),
    ("問合せ", "問い合わせ"),
    ("領収証", "領収書"),
    ("熨斗", "のし"),
    ("サブスク", "定期便"),
    ("ﾊﾞﾘｴｰｼｮﾝ", "種類"),
    ("ＣＳＶ", "CSV"),
    ("代引き", "代金引換"),
]


@dataclass(frozen=True)
class Note:
    """One file: its number, front matter and the text below."""

    number: int
    head: dict
    text: str

    @property
    def posts(self) -> list[tuple[str, int, str]]:
        """Author, minutes after the topic's time, and body of each post, the first one included."""
        first, *rest = POST_LINE.split(self.text)
        later = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
        return [(self.head["author"], 0, first), *((who, int(minutes), body) for who, minutes, body in later)]

    @property
    def minute_of_day(self) -> int:
        hours, minutes = self.head["time"].split(":")
        return int(hours) * 60 + int(minutes)


def toml(name: str) -> dict:
    return tomllib.loads((SAMPLE / name).read_text(encoding="utf-8"))


def notes(folder: str) -> list[Note]:
    found = []
    for path in sorted((SAMPLE / folder).glob("*.md")):
        match = FRONT_MATTER.match(path.read_text(encoding="utf-8"))
        assert match, f"{path.name} has no front matter"
        found.append(Note(int(path.name[:3]), tomllib.loads(match[1]), match[2]))
    return found


COMMUNITY = toml("community.toml")
SPACES = {space["slug"]: space for space in toml("spaces.toml")["space"]}
MEMBERS = {member["handle"]: member for member in toml("members.toml")["member"]}
STAFF = {handle for handle, member in MEMBERS.items() if member["shop"] == "みせばこ運営"}
SEARCHES = toml("searches.toml")["search"]
TODAY = toml("today.toml")
TOPICS = {topic.number: topic for topic in notes("topics")}
ARTICLES = {article.number: article for article in notes("articles")}
EVERY_TOPIC = pytest.mark.parametrize("topic", TOPICS.values(), ids=[f"{number:03}" for number in TOPICS])
EVERY_ARTICLE = pytest.mark.parametrize("article", ARTICLES.values(), ids=[f"{number:03}" for number in ARTICLES])


def every_text() -> list[tuple[str, str]]:
    return [(path.name, path.read_text(encoding="utf-8")) for path in sorted(SAMPLE.rglob("*.*")) if path.is_file()]


def questions() -> list[Note]:
    return [topic for topic in TOPICS.values() if SPACES[topic.head["space"]]["kind"] == "question"]


def test_it_has_members_of_every_role_and_many_shops():
    roles = {role for member in MEMBERS.values() for role in member["roles"]}
    shops = [member["shop"] for handle, member in MEMBERS.items() if handle not in STAFF]
    assert len(MEMBERS) == 40
    assert len(STAFF) == 5
    assert {"owner", "admin", "moderator", "success_manager", "analyst", "member"} == roles
    assert len(set(shops)) == len(shops)
    assert all(re.fullmatch(r"[ぁ-ゖー ]+", member["kana"]) for member in MEMBERS.values())


def test_it_has_one_space_of_each_kind_and_one_for_staff():
    assert {space["kind"] for space in SPACES.values()} == {"question", "discussion", "announcement", "idea"}
    assert [slug for slug, space in SPACES.items() if space.get("audience") == "staff"] == ["staff-room"]


def test_it_has_enough_of_each_kind_of_topic():
    kinds = [SPACES[topic.head["space"]]["kind"] for topic in TOPICS.values()]
    solved = [topic for topic in questions() if "accepted" in topic.head]
    unanswered = [topic for topic in questions() if len(topic.posts) == 1]
    assert kinds.count("question") >= 40
    assert kinds.count("discussion") >= 8
    assert kinds.count("idea") >= 6
    assert kinds.count("announcement") >= 4
    assert len(solved) >= 30
    assert 6 <= len(unanswered) <= 8
    assert all(topic.head["days_ago"] <= 7 for topic in unanswered)


def test_it_has_long_threads_and_a_busy_recent_week():
    assert len([topic for topic in TOPICS.values() if len(topic.posts) > 35]) >= 2
    assert len([topic for topic in TOPICS.values() if topic.head["days_ago"] <= 1]) >= 5
    assert max(topic.head["days_ago"] for topic in TOPICS.values()) <= 270
    recent = [topic for topic in TOPICS.values() if topic.head["days_ago"] <= 60]
    assert len(recent) / 60 > (len(TOPICS) - len(recent)) / 210


def test_it_writes_the_same_notion_in_different_spellings():
    whole = "".join(note.text + note.head["title"] for note in TOPICS.values())
    for pair in SPELLINGS:
        assert all(word in whole for word in pair), pair


@EVERY_TOPIC
def test_it_names_known_people_spaces_and_tags(topic):
    mentioned = set(re.findall(r"(?<![\w.])@([a-z]+)\b", topic.text))
    reacting = {handle for reaction in topic.head.get("reactions", []) for handle in reaction["by"]}
    named = {who for who, _, _ in topic.posts} | mentioned | reacting | set(topic.head.get("bookmarks", []))
    assert named <= set(MEMBERS)
    assert topic.head["space"] in SPACES
    assert set(topic.head["tags"]) <= set(COMMUNITY["tags"]["names"])


@EVERY_TOPIC
def test_it_keeps_posts_in_order_and_in_the_past(topic):
    minutes = [minute for _, minute, _ in topic.posts]
    assert all(earlier < later for earlier, later in pairwise(minutes))
    if topic.head["days_ago"] > 0:
        assert topic.minute_of_day + minutes[-1] < topic.head["days_ago"] * DAY, "the last post is not before today"
    else:
        assert len(minutes) == 1
        assert topic.minute_of_day < 6 * 60


@EVERY_TOPIC
def test_it_lets_nobody_write_before_joining(topic):
    for who, minutes, _ in topic.posts:
        days_before_now = topic.head["days_ago"] - (topic.minute_of_day + minutes) / DAY
        assert days_before_now <= MEMBERS[who]["joined_days_ago"], who


@EVERY_TOPIC
def test_it_accepts_an_answer_that_exists(topic):
    accepted = topic.head.get("accepted")
    if accepted is None:
        return
    posts = topic.posts
    assert SPACES[topic.head["space"]]["kind"] == "question"
    assert 2 <= accepted <= len(posts)
    assert topic.head["accepted_by"] in STAFF | {topic.head["author"]}
    assert posts[accepted - 1][0] != topic.head["author"]
    assert topic.head["accepted_after_minutes"] >= posts[accepted - 1][1]


@EVERY_TOPIC
def test_it_reacts_to_posts_that_exist_and_to_those_of_others(topic):
    posts = topic.posts
    words = {reaction["key"] for reaction in COMMUNITY["reactions"]}
    for reaction in topic.head.get("reactions", []):
        assert reaction["word"] in words
        assert 1 <= reaction["post"] <= len(posts)
        assert posts[reaction["post"] - 1][0] not in reaction["by"]
        assert reaction["by"]
        assert len(set(reaction["by"])) == len(reaction["by"])


@EVERY_TOPIC
def test_it_leaves_no_post_empty(topic):
    assert all(body.strip() for _, _, body in topic.posts)


def test_ideas_carry_a_status_and_only_ideas_do():
    known = {"under_review", "planned", "in_progress", "shipped", "declined"}
    for topic in TOPICS.values():
        is_idea = SPACES[topic.head["space"]]["kind"] == "idea"
        assert ("idea_status" in topic.head) == is_idea
        assert topic.head.get("idea_status", "planned") in known


def test_spaces_have_icons_that_are_drawn():
    drawn = {file.stem for file in (SAMPLE.parents[1] / "kizuna/base/components/icons").glob("*.svg")}
    assert {space["icon"] for space in SPACES.values()} <= drawn


def test_today_is_about_people_topics_and_spaces_that_exist():
    acts = [act for kind in ("topic", "reply", "reaction", "vote", "draft") for act in TODAY[kind]]
    assert {act.get("author") or act["by"] for act in acts} <= set(MEMBERS)
    assert {act["topic"] for act in acts if "topic" in act} <= set(TOPICS)
    assert {act["space"] for act in acts if "space" in act} <= set(SPACES)
    assert all(act["post"] <= len(TOPICS[act["topic"]].posts) for act in TODAY["reaction"])
    assert set(re.findall(r"@([a-z]+)", "".join(act["body"] for act in TODAY["reply"]))) <= set(MEMBERS)
    assert len({act["minutes_ago"] for act in acts}) == len(acts)


def test_today_brings_something_for_each_printed_sign_in():
    told = set(re.findall(r"@([a-z]+)", "".join(act["body"] for act in TODAY["reply"])))
    assert {"kimura", "koga", "okubo", "saeki"} <= told
    assert {"kimura", "koga", "okubo", "saeki"} == {draft["by"] for draft in TODAY["draft"]}
    held = [topic for topic in TODAY["topic"] if topic["is_held"]]
    hold = [rule["word"] for rule in TODAY["word"] if rule["effect"] == "hold"]
    assert held
    assert all(any(word in topic["body"] for word in hold) for topic in held)


def test_titles_and_slugs_are_unique():
    titles = [note.head["title"] for note in [*TOPICS.values(), *ARTICLES.values()]]
    slugs = [article.head["slug"] for article in ARTICLES.values()]
    names = [path.name[4:] for path in (SAMPLE / "topics").glob("*.md")]
    assert len(set(titles)) == len(titles)
    assert len(set(slugs)) == len(slugs)
    assert len(set(names)) == len(names) == len(TOPICS)


def test_it_has_articles_for_all_audiences_and_some_overdue():
    heads = [article.head for article in ARTICLES.values()]
    assert len(heads) >= 25
    assert {head["audience"] for head in heads} == {"public", "members", "staff"}
    assert {head["kind"] for head in heads} == {"article", "faq"}
    assert len([head for head in heads if head["review_in_days"] < 0]) >= 3


@EVERY_ARTICLE
def test_an_article_belongs_to_somebody_and_counts_its_reasons(article):
    head = article.head
    assert head["owner"] in MEMBERS
    assert MEMBERS[head["owner"]]["joined_days_ago"] >= head["updated_days_ago"]
    assert set(head["tags"]) <= set(COMMUNITY["tags"]["names"])
    assert sum(reason["count"] for reason in head["reasons"]) == head["unsolved"]
    assert head["short_answer"]
    assert article.text.strip()


@EVERY_ARTICLE
def test_an_article_is_younger_than_the_topic_it_came_from(article):
    if "from_topic" in article.head:
        topic = TOPICS[article.head["from_topic"]]
        assert article.head["updated_days_ago"] <= topic.head["days_ago"]


def test_searches_point_to_what_exists():
    nothing = [search for search in SEARCHES if search.get("nothing")]
    assert len(SEARCHES) == 40
    assert len(nothing) == 10
    assert len({search["query"] for search in SEARCHES}) == 40
    for search in SEARCHES:
        assert search["people"] <= search["count"]
        assert search.get("topic", 1) in TOPICS
        assert search.get("article", 1) in ARTICLES
        assert ("topic" in search) + ("article" in search) == (not search.get("nothing", False))


def test_synonyms_do_not_overlap():
    groups = COMMUNITY["search"]["synonyms"]
    words = [word for group in groups for word in group]
    assert len(groups) >= 15
    assert all(len(group) >= 2 for group in groups)
    assert len(set(words)) == len(words)


def test_documents_exist_and_state_their_version():
    version = COMMUNITY["documents"]["version"]
    for kind in ("terms", "guidelines"):
        for name in COMMUNITY["documents"][kind].values():
            assert version in (SAMPLE / name).read_text(encoding="utf-8")


def test_screens_have_the_same_names_everywhere():
    seen = set()
    for name, text in every_text():
        for menu, item in MENU_PATH.findall(text):
            assert item in MENUS[menu].split(), f"{name}: {menu} → {item}"
            seen.add((menu, item))
    assert len(seen) > 25


def test_addresses_are_reserved_for_examples():
    for name, text in every_text():
        hosts = re.findall(r"https?://([^/\s)\"'（]+)", text)
        mails = re.findall(r"[\w.]+@([\w-]+(?:\.[\w-]+)+)", text)
        allowed = {"creativecommons.org"} if name == "README.md" else set()
        assert all(host.endswith(".example") or host in allowed for host in hosts + mails), name
        numbers = re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text)
        assert all(number.startswith("192.0.2.") for number in numbers), name


def test_text_is_finished_and_whole():
    for name, text in every_text():
        assert not re.search(r"(?i:\blorem\b|\bipsum\b)|\bTODO\b|FIXME|\ufffd", text), name
