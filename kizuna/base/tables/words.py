"""Yes and no, and phone numbers."""

import re
import unicodedata

from kizuna.base.tables.problems import ValueProblem

YES = frozenset("はい 有 有り あり ○ ◯ 〇 ✓ ✔ ☑ レ 済 済み 可 要 対象 加入 オン true yes y 1 on t x".split())
NO = frozenset("いいえ 無 無し なし × ✕ ✗ ☐ 未 未済 不可 否 不要 対象外 未加入 オフ false no n 0 off f -".split())

DIGITS = re.compile(r"\+?[\d\-‐‑–—−ー()\s./]+")
NOISE = re.compile(r"[^\d+]")
EXTENSION = re.compile(r"\s*(?:内線|ext\.?|x)\s*\d{1,6}$", re.IGNORECASE)


def read_yes_no(text: str) -> bool:
    """Return what a word says. Raises ValueProblem."""
    for said in (text.strip().casefold(), unicodedata.normalize("NFKC", text).strip().casefold()):
        if said in YES:
            return True
        if said in NO:
            return False
    raise ValueProblem("not_yes_or_no")


def read_phone(text: str) -> str:
    """Return a phone number in international form, “+81312345678”; what has no country is Japanese. Raises ValueProblem."""
    said = unicodedata.normalize("NFKC", text).strip()
    said = EXTENSION.sub("", re.sub(r"^(?:tel|電話)\s*[:.]?\s*", "", said, flags=re.IGNORECASE))
    if len(said) > 40 or not DIGITS.fullmatch(said):
        raise ValueProblem("not_a_phone")
    said = said.replace("(0)", "") if said.startswith("+") else said
    digits = NOISE.sub("", said)
    if digits.startswith("+"):
        if not 8 <= len(digits) - 1 <= 15:
            raise ValueProblem("not_a_phone")
        return digits
    if digits.startswith("010") and len(digits) > 11:  # the way out of Japan
        return "+" + digits[3:]
    if digits.startswith("0") and len(digits) in (10, 11):
        return "+81" + digits[1:]
    # Excel took “090…” for a number. Adding the zero would be a guess: it may lack another digit.
    raise ValueProblem("lost_zero" if len(digits) in (9, 10) and digits[:1] != "0" else "not_a_phone")
