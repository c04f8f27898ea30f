"""A firm's name as people write it → a core to compare, a legal form, and on which side the form stands."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kizuna.base.text.japanese import hiragana, romaji
from kizuna.success.customers.matching.letters import plain, without_marks

FRONT, BACK = "front", "back"

# Written out, bracketed and one-letter forms. NFKC turns ㈱ into (株) and ㍿ into 株式会社 before this table is asked.
_FORMS = {
    "株式会社": "kabushiki", "(株)": "kabushiki", "有限会社": "yugen", "(有)": "yugen",
    "合同会社": "godo", "(同)": "godo", "合資会社": "goshi", "(資)": "goshi", "合名会社": "gomei", "(名)": "gomei",
    "一般社団法人": "shadan", "(一社)": "shadan", "公益社団法人": "koeki_shadan", "(公社)": "koeki_shadan",
    "社団法人": "shadan", "(社)": "shadan", "一般財団法人": "zaidan", "(一財)": "zaidan", "公益財団法人": "koeki_zaidan",
    "(公財)": "koeki_zaidan", "財団法人": "zaidan", "(財)": "zaidan", "特定非営利活動法人": "npo", "npo法人": "npo", "(特非)": "npo",
    "医療法人社団": "iryo", "医療法人財団": "iryo", "医療法人": "iryo", "(医)": "iryo", "学校法人": "gakko", "(学)": "gakko",
    "社会福祉法人": "fukushi", "(福)": "fukushi", "宗教法人": "shukyo", "(宗)": "shukyo", "独立行政法人": "dokuho", "(独)": "dokuho",
    "国立大学法人": "kokudai", "協同組合": "kumiai", "(協)": "kumiai", "相互会社": "sogo", "(相)": "sogo",
    # Slips of the hand in the form itself.
    "株会社": "kabushiki", "式会社": "kabushiki", "株式会": "kabushiki", "株式社": "kabushiki", "限会社": "yugen", "有限会": "yugen",
    "有会社": "yugen", "有限社": "yugen", "合会社": "godo", "同会社": "godo", "合同会": "godo", "合同社": "godo",
    "税理士法人": "zeiri", "(税)": "zeiri", "弁護士法人": "bengo", "(弁)": "bengo", "農事組合法人": "noji",
}  # fmt: skip
# People put spaces anywhere: 株 式 会 社.
_ANY_FORM = "|".join(
    r"\s*".join(re.escape(letter) for letter in word) for word in sorted(_FORMS, key=len, reverse=True)
)
_AT_FRONT, _AT_BACK = re.compile(f"(?:{_ANY_FORM})"), re.compile(f"(?:{_ANY_FORM})$")
_SPACES = re.compile(r"\s+")
_BRACKETS = re.compile(r"\(\s*(\S{1,2})\s*\)")
_OPEN_BACK = re.compile(r"\(([株有同])$")
_OPEN_FRONT = re.compile(r"^\(?([株有同])\)(?=\S)")
# As banks and lists of transfers write them: front `カ)`, back `(カ`.
_KANA_FORMS = {
    "かぶしきがいしゃ": "kabushiki", "かぶしきかいしゃ": "kabushiki", "ゆうげんがいしゃ": "yugen", "ゆうげんかいしゃ": "yugen",
    "ごうどうがいしゃ": "godo", "ごうどうかいしゃ": "godo", "ごうしがいしゃ": "goshi", "ごうめいがいしゃ": "gomei",
}  # fmt: skip
_BANK = {"カ": "kabushiki", "ユ": "yugen", "ド": "godo", "シ": "goshi", "メ": "gomei", "シャ": "shadan", "ザイ": "zaidan",
         "フク": "fukushi", "ガク": "gakko", "イ": "iryo"}  # fmt: skip
# In Latin letters the side is not said: "K.K." and "Co., Ltd." stand behind whatever the register says.
_LATIN_FORM = re.compile(
    r"[\s,.]+(?:(?:co|company|corp|corporation)\b[\s.,&]*(?:ltd|limited|inc)\b|inc|incorporated|corp|corporation|ltd|limited"
    r"|llc|l\.l\.c|k\.?\s?k|kabushiki\s*(?:kaisha|gaisha)|co|company|plc|gmbh|g\.?\s?k)\.?\s*$",
    re.IGNORECASE,
)
_LATIN_FRONT = re.compile(r"^(?:kabushiki\s*(?:kaisha|gaisha)|k\.?k\.)\s+", re.IGNORECASE)
_ADDRESSED = re.compile(r"(?:\s*(?:御中|様|殿|宛|宛て))+$")
_REMARK = re.compile(r"[(〔【\[](?:旧|元|解約|休止|退会|重複|テスト|本社|新|仮|請求先|代理店)[^)〕】\]]*[)〕】\]]")
_SPACED_BRANCH = re.compile(
    r"\s+\S*(?:支店|支社|営業所|事業所|出張所|工場|研究所|センター|事業部|本店|本社|本部|部|課|室|係)$"
)
_KANA_ONLY = re.compile(r"[ぁ-ゖー゛゜]+")
_LATIN_ONLY = re.compile(r"[a-z0-9&]+")


@dataclass(frozen=True)
class FirmName:
    """A parsed name. `form` "" = not said; `side` "" = not said, or a form that a Latin name carries."""

    core: str
    form: str = ""
    side: str = ""
    branch: str = ""
    is_latin_form: bool = False

    @property
    def kana(self) -> str:
        """Return the core when it is a reading and nothing else."""
        return self.core if _KANA_ONLY.fullmatch(self.core) else ""

    @property
    def latin(self) -> str:
        """Return the core when it is written in Latin letters."""
        return self.core if _LATIN_ONLY.fullmatch(self.core) and not self.core.isdigit() else ""


@lru_cache(maxsize=65_536)
def parsed(text: str) -> FirmName:
    """Read a firm's name."""
    normal = _ADDRESSED.sub("", _tidied(text))
    normal = _REMARK.sub("", normal).strip()
    normal, branch = _without_branch(normal)
    normal = _ADDRESSED.sub("", normal)
    rest, form, side = _without_form(normal)
    is_latin = False
    if not form:
        rest, form, side, is_latin = _without_latin_form(rest)
    return FirmName(core=plain(rest), form=form, side=side, branch=branch, is_latin_form=is_latin)


def person_key(text: str) -> str:
    """Return a person's name without spaces, in one width and one spelling of old kanji."""
    return plain(_tidied(text))


@lru_cache(maxsize=65_536)
def kana_key(text: str) -> str:
    """Return a reading without its legal form, as comparisons use it; "" when it is no reading."""
    normal = _tidied(text)
    rest, form, _side = _without_form(normal)
    if not form:
        rest, form = _without_kana_form(rest)
    core = plain(rest)
    return core if _KANA_ONLY.fullmatch(core) else ""


@lru_cache(maxsize=65_536)
def latin_key(kana: str) -> str:
    """Return a reading in Latin letters with long vowels short: あおなみどう → aonamido, as firms write themselves."""
    normal = _tidied(kana)
    rest, form, _side = _without_form(normal)
    if not form:
        rest, form = _without_kana_form(rest)
    letters = short_vowels(romaji(re.sub(r"[\s・ー]", "", rest)))
    return letters if _LATIN_ONLY.fullmatch(letters) else ""


def short_vowels(latin: str) -> str:
    """Return Latin letters without the marks of long vowels (ou, oo, uu, oh)."""
    squeezed = re.sub(r"oh(?=[^aiueo]|$)", "o", latin)
    return re.sub(r"m(?=[bmp])", "n", re.sub(r"ou|oo", "o", squeezed).replace("uu", "u"))


def _tidied(text: str) -> str:
    normal = unicodedata.normalize("NFKC", without_marks(text))
    return re.sub(r"\s+", " ", normal).replace("（", "(").replace("）", ")").strip()


def _without_form(normal: str) -> tuple[str, str, str]:
    """Return the rest of the name, its form and the side on which it stood."""
    lowered = normal.lower().replace("會", "会")
    if "(" in lowered or ")" in lowered:
        lowered = _OPEN_BACK.sub(r"(\1)", _OPEN_FRONT.sub(r"(\1)", _BRACKETS.sub(r"(\1)", lowered)))
    if (match := _AT_FRONT.match(lowered)) and match.end() < len(lowered):
        return lowered[match.end() :].strip(), _FORMS[_SPACES.sub("", match.group())], FRONT
    if (match := _AT_BACK.search(lowered)) and match.start() > 0:
        return lowered[: match.start()].strip(), _FORMS[_SPACES.sub("", match.group())], BACK
    if ")" in normal or "(" in normal:
        rest, form, side = _without_bank_form(normal)
        if form:
            return rest, form, side
    return _without_bare_kabu(lowered)


def _without_bank_form(normal: str) -> tuple[str, str, str]:
    """Read what banks write: カ)アオナミドウ, アオナミドウ(カ."""
    for word, form in _BANK.items():
        if normal.startswith(f"{word})"):
            return normal[len(word) + 1 :].strip(), form, FRONT
        if normal.endswith(f"({word}"):
            return normal[: -len(word) - 1].strip(), form, BACK
        if normal.endswith(f"({word})") and len(normal) > len(word) + 2:
            return normal[: -len(word) - 2].strip(), form, BACK
        if normal.startswith(f"({word})"):
            return normal[len(word) + 2 :].strip(), form, FRONT
    return normal, "", ""


def _without_bare_kabu(lowered: str) -> tuple[str, str, str]:
    """Read 「株 青波堂」 and kana spelled-out forms."""
    if match := re.match(r"^株\s+(?=\S)", lowered):
        return lowered[match.end() :], "kabushiki", FRONT
    if match := re.search(r"(?<=\S)\s+株$", lowered):
        return lowered[: match.start()], "kabushiki", BACK
    reading = hiragana(lowered)
    for word, form in _KANA_FORMS.items():
        if reading.startswith(word) and len(reading) > len(word):
            return lowered[len(word) :].strip(), form, FRONT
        if reading.endswith(word) and len(reading) > len(word):
            return lowered[: -len(word)].strip(), form, BACK
    return lowered, "", ""


def _without_kana_form(rest: str) -> tuple[str, str]:
    reading = re.sub(r"\s", "", hiragana(rest))
    for word, form in _KANA_FORMS.items():
        if reading.startswith(word) and len(reading) > len(word):
            return reading[len(word) :], form
        if reading.endswith(word) and len(reading) > len(word):
            return reading[: -len(word)], form
    return rest, ""


def _without_latin_form(rest: str) -> tuple[str, str, str, bool]:
    shorter = _LATIN_FORM.sub("", f" {rest}").strip()
    shorter = _LATIN_FRONT.sub("", shorter)
    if shorter and shorter != rest:
        return shorter, "kabushiki", "", True
    return rest, "", "", False


def _without_branch(normal: str) -> tuple[str, str]:
    """Take a branch off the end where a space or a form divides it from the name."""
    match = _SPACED_BRANCH.search(normal)
    if match and match.start() > 1 and not _AT_FRONT.fullmatch(normal[: match.start()].lower().replace("會", "会")):
        return normal[: match.start()], match.group().strip()
    for word in ("株式会社", "(株)", "有限会社", "(有)"):
        head, mark, tail = normal.partition(word)
        if head and mark and tail and re.search(r"(支店|支社|営業所|事業所|出張所|工場|本店|本社|本部)$", tail.strip()):
            return head + mark, tail.strip()
    return normal, ""
