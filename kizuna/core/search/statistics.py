"""How often terms stand in this community's texts, kept per process for some minutes: ranking needs no exact numbers."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Avg, Count

from kizuna.base import hosting
from kizuna.base.text import ranking
from kizuna.core.search.engines import GRAMS, WORDS, engine
from kizuna.core.search.models import SearchRow

KEPT_SECONDS = 300.0
# A small index changes its proportions quickly and is cheap to ask.
KEPT_SECONDS_SMALL = 10.0
SMALL = 2_000
MAX_KEPT_TERMS = 50_000
STEP, FARTHEST = 1_000, 100_000  # rows between two landmarks, and how far back they go
OLDEST = -1  # an id older than all


@dataclass
class Statistics:
    """Numbers of the index at a moment, and the terms asked for since."""

    read_at: float
    total: int
    average: ranking.Average
    landmarks: list[int] = field(default_factory=list)  # the id of each STEPth row, newest first
    counts: dict[str, dict[str, int]] = field(default_factory=lambda: {WORDS: {}, GRAMS: {}})

    @property
    def is_stale(self) -> bool:
        age = time.monotonic() - self.read_at
        return age > (KEPT_SECONDS_SMALL if self.total < SMALL else KEPT_SECONDS)

    def learn(self, column: str, terms: Collection[str]) -> None:
        """Ask the index for the terms not known yet, in one statement."""
        known = self.counts[column]
        unknown = [term for term in dict.fromkeys(terms) if term not in known]
        if not unknown:
            return
        if len(known) > MAX_KEPT_TERMS:
            known.clear()
        found = engine().frequencies(column, unknown)
        known.update({term: found.get(term, 0) for term in unknown})

    def frequency(self, column: str, term: str) -> int:
        return self.counts[column].get(term, 0)

    def since(self, rows: int, *, frequency: int) -> int:
        """Return an id after which there are about `rows` rows with something that so many rows hold; OLDEST when it is far back."""
        back = rows * self.total // max(1, frequency)
        place = -(-back // STEP)
        return self.landmarks[place - 1] if 0 < place <= len(self.landmarks) else OLDEST

    def worth_of(self, kind: str, term: str) -> float:
        """Return what a word or gram is worth, as `ranking.weigh` asks for it."""
        return ranking.worth(frequency=self.frequency(WORDS if kind == "word" else GRAMS, term), total=self.total)


def statistics() -> Statistics:
    """Return the numbers of the current community's index."""
    caches = hosting.current().caches
    kept = caches.get("search.statistics")
    if kept is None or kept.is_stale:
        kept = caches["search.statistics"] = _read()
    return kept


def _read() -> Statistics:
    row = SearchRow.objects.aggregate(total=Count("pk"), words=Avg("word_count"), letters=Avg("letter_count"))
    average = ranking.Average(float(row["words"] or 0), float(row["letters"] or 0))
    return Statistics(time.monotonic(), row["total"], average, _landmarks() if row["total"] > STEP else [])


def _landmarks() -> list[int]:
    # Numbered inside the newest rows only, which the key gives in their order.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS place FROM "
            "(SELECT id FROM search_searchrow ORDER BY id DESC LIMIT %s) AS newest) AS placed "
            "WHERE place %% %s = 0 ORDER BY id DESC",
            [FARTHEST, STEP],
        )
        return [row[0] for row in cursor.fetchall()]
