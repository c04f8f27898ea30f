"""How pressing something is as it comes in, and why. Words are compared without width, case and kana."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kizuna.base.text.japanese import fold

SAID, WORD, FIRST = 4, 2, 1
SHOWN = 5
LOOKED_AT = 20_000  # letters: what is urgent is said early


@dataclass(frozen=True)
class Urgency:
    """The higher the more pressing; `because` holds [kind, word] pairs: said, word, plan, tier."""

    score: int
    because: list[list[str]]

    @property
    def is_pressing(self) -> bool:
        """Tell whether it is more than a customer who goes first."""
        return self.score >= WORD


def assess(
    *,
    text: str,
    is_said: bool,
    plans: Iterable[str],
    urgent_words: Iterable[str],
    first_plans: Iterable[str],
    tiers: Sequence[str] = (),
) -> Urgency:
    """Weigh an arrival: the explicit choice counts most, then words, then the customer: their plan or their tier.

    `tiers` are those of the customer that go first, in words.
    """
    folded = fold(text[:LOOKED_AT])
    words = [word for word in urgent_words if (key := fold(word)) and key in folded]
    first = {fold(plan) for plan in first_plans}
    lucky = [plan for plan in plans if fold(plan) in first]
    because = [
        *([["said", ""]] if is_said else []),
        *(["word", word] for word in words[:SHOWN]),
        *(["plan", plan] for plan in lucky[:1]),
        *(["tier", tier] for tier in tiers[:1]),
    ]
    score = (SAID if is_said else 0) + (WORD if words else 0) + (FIRST if lucky or tiers else 0)
    return Urgency(score, because)
