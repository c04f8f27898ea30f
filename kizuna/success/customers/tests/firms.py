"""Firms that do not exist, and how people write them: generated with a seed, with every hard case that lists hold.

The noise is what address lists, bank transfers and mail signatures do to a name. A row keeps the number of its firm, so that
every answer of the matching can be judged.
"""

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kizuna.base.text import japanese
from kizuna.success.customers.matching.numbers import check_digit
from kizuna.success.customers.matching.scoring import Firm

NAMES = Path(__file__).resolve().parents[4] / "bench" / "names-ja"
TRADES = dict(
    pair.split(":")
    for pair in """
    商店:しょうてん 製作所:せいさくしょ 工業:こうぎょう 建設:けんせつ 食品:しょくひん 物産:ぶっさん
    印刷:いんさつ 電機:でんき 運輸:うんゆ 薬局:やっきょく 酒造:しゅぞう 不動産:ふどうさん フーズ:フーズ
    システム:システム デザイン:デザイン コンサルティング:コンサルティング 木材:もくざい 農園:のうえん
    鉄工所:てっこうしょ クリーニング:クリーニング 茶舗:ちゃほ 旅館:りょかん 設計事務所:せっけいじむしょ
    紙業:しぎょう 繊維:せんい
    """.split()
)
PLACES = {
    "東": "ひがし",
    "西": "にし",
    "新": "しん",
    "大": "おお",
    "第一": "だいいち",
    "日本": "にほん",
    "関西": "かんさい",
}
FORMS = {"株式会社": 0.62, "有限会社": 0.2, "合同会社": 0.12, "一般社団法人": 0.03, "医療法人": 0.03}
SHORT = {"株式会社": "(株)", "有限会社": "(有)", "合同会社": "(同)", "一般社団法人": "(一社)", "医療法人": "(医)"}
LETTER = {"株式会社": "㈱", "有限会社": "㈲"}
FREE = ["gmail.com", "yahoo.co.jp", "icloud.com", "docomo.ne.jp", "nifty.com", "outlook.jp"]
OLD = dict(
    zip("高崎斎浜辺沢広国学栄桜滝真円寿島会恵蔵万関鉄", "髙﨑齋濱邊澤廣國學榮櫻瀧眞圓壽嶋會惠藏萬關鐵", strict=True)
)
HALF = str.maketrans(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノマミムメモヤユヨラリルレロワンー・",
    "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝｰ･",
)


@dataclass(frozen=True)
class Bearer:
    """A firm as the register has it."""

    core: str
    form: str
    is_front: bool
    kana: str
    number: str
    domain: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.form}{self.core}" if self.is_front else f"{self.core}{self.form}"

    def firm(self, ref: int) -> Firm:
        return Firm(self.name, self.kana, self.number, (self.domain,), self.phone, ref=ref)


def bearers(count: int, *, seed: int) -> list[Bearer]:
    """Return so many firms; about one in six is another's double in all but one respect."""
    chance = random.Random(seed)
    sources = (NAMES / "companies.txt").read_text().splitlines()
    chance.shuffle(sources)
    made: list[Bearer] = []
    taken: set[str] = set()
    while len(made) < count:
        if made and chance.random() < 0.16:
            bearer = _twin(chance.choice(made), chance)
        else:
            bearer = _listed(sources.pop(), chance) if sources and chance.random() < 0.3 else _made(chance)
        if bearer.name not in taken:
            taken.add(bearer.name)
            made.append(bearer)
    return made


def rows(firms: list[Bearer], *, count: int, seed: int) -> Iterator[Firm]:
    """Yield rows of lists; `ref` is the place of the firm they mean."""
    chance = random.Random(seed)
    for _number in range(count):
        ref = chance.randrange(len(firms))
        yield _noisy(firms[ref], chance, ref)


def surnames() -> list[list[str]]:
    with (NAMES / "surnames.csv").open() as file:
        return list(csv.reader(file))


SURNAMES = surnames()


def _listed(name: str, chance: random.Random) -> Bearer:
    core = name.replace("株式会社", "").strip()
    return _registered(core, "株式会社", name.startswith("株式会社"), japanese.reading(core), chance)


def _made(chance: random.Random) -> Bearer:
    surname, reading = SURNAMES[min(int(chance.expovariate(1 / 500)), len(SURNAMES) - 1)]
    trade = chance.choice(list(TRADES))
    place = chance.choice(list(PLACES)) if chance.random() < 0.35 else ""
    form = chance.choices(list(FORMS), list(FORMS.values()))[0]
    kana = japanese.hiragana(PLACES.get(place, "") + reading + TRADES[trade])
    return _registered(place + surname + trade, form, chance.random() < 0.6, kana, chance)


def _registered(core: str, form: str, is_front: bool, kana: str, chance: random.Random) -> Bearer:
    base = "".join(chance.choice("0123456789") for _digit in range(12))
    letters = [letter for letter in japanese.romaji(kana) if letter.isascii() and letter.isalnum()]
    label = "".join(letters)[: chance.randrange(6, 14)] or "firm"
    domain = f"{label}{chance.randrange(100_000)}.{chance.choice(['co.jp', 'jp', 'com', 'net'])}"
    phone = f"0{chance.randrange(3, 99)}-{chance.randrange(100, 999)}-{chance.randrange(1000, 9999)}"
    return Bearer(core, form, is_front, kana, f"{check_digit(base)}{base}", domain, phone)


def _twin(other: Bearer, chance: random.Random) -> Bearer:
    """Return another firm that is easily taken for `other`: in its group, its building, or by its name."""
    bearer = _registered(other.core, other.form, other.is_front, other.kana, chance)
    kind = chance.randrange(6)
    if kind == 0:
        return replace(bearer, is_front=not other.is_front)
    if kind == 1:
        return replace(bearer, form=chance.choice([form for form in FORMS if form != other.form]))
    if kind == 2:
        return replace(bearer, core=f"{other.core}ホールディングス", domain=other.domain)
    if kind == 3:
        return replace(bearer, core=f"{other.core}販売", domain=other.domain, phone=other.phone)
    if kind == 4:
        return replace(bearer, core=f"新{other.core}")
    surname, reading = chance.choice(SURNAMES)
    return replace(bearer, core=surname + other.core[-2:], kana=reading + other.kana[-3:], phone=other.phone)


def _noisy(bearer: Bearer, chance: random.Random, ref: int) -> Firm:
    name = _written(bearer, chance)
    for noise in chance.sample(NOISE, chance.choice((0, 0, 1, 1, 2))):
        name = noise(name, chance)
    domain = "" if chance.random() < 0.45 else bearer.domain
    if domain and chance.random() < 0.25:
        domain = chance.choice(FREE)
    elif domain and chance.random() < 0.1:
        domain = f"mail.{domain}"
    return Firm(
        name,
        bearer.kana if chance.random() < 0.3 else "",
        bearer.number if chance.random() < 0.15 else "",
        (f"info@{domain}",) if domain else (),
        bearer.phone.replace("-", chance.choice(["", "-", " "])) if chance.random() < 0.3 else "",
        ref=ref,
    )


def _written(bearer: Bearer, chance: random.Random) -> str:
    """Write the legal form out, short, as one letter, as a bank does, or leave it out (one in twelve)."""
    kind = chance.choices(("full", "short", "letter", "spaced", "bare", "kana"), (34, 24, 18, 13, 8, 3))[0]
    form = {"short": SHORT[bearer.form], "letter": LETTER.get(bearer.form, SHORT[bearer.form])}.get(kind, bearer.form)
    if kind == "bare":
        return bearer.core
    if kind == "kana" and bearer.form == "株式会社":
        reading = "".join(chr(ord(letter) + 0x60) if "ぁ" <= letter <= "ゖ" else letter for letter in bearer.kana)
        return f"カ){reading}" if bearer.is_front else f"{reading}(カ"
    gap = " " if kind == "spaced" else ""
    return f"{form}{gap}{bearer.core}" if bearer.is_front else f"{bearer.core}{gap}{form}"


def _wide(name: str, chance: random.Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in name)


def _half(name: str, chance: random.Random) -> str:
    return name.translate(HALF)


def _old(name: str, chance: random.Random) -> str:
    return "".join(OLD.get(letter, letter) if chance.random() < 0.8 else letter for letter in name)


def _gap(name: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(name))
    return f"{name[:place]}{chance.choice([' ', '　'])}{name[place:]}"


def _dashes(name: str, chance: random.Random) -> str:
    return name.replace("ー", chance.choice(["－", "―", "-", "ー"]))


def _addressed(name: str, chance: random.Random) -> str:
    return name + chance.choice([" 御中", "御中", "　様"])


def _branch(name: str, chance: random.Random) -> str:
    place, kind = chance.choice(["東京", "大阪", "名古屋", "福岡"]), chance.choice(["支店", "営業所", "支社"])
    return f"{name} {place}{kind}"


def _old_company(name: str, chance: random.Random) -> str:
    return name.replace("株式会社", "株式會社")


def _slip(name: str, chance: random.Random) -> str:
    if len(name) < 7:
        return name
    place = chance.randrange(len(name))
    return name[:place] + name[place + 1 :]


NOISE: list[Callable[[str, random.Random], str]] = [
    _wide, _half, _old, _old, _gap, _dashes, _addressed, _branch, _old_company, _slip,
]  # fmt: skip
