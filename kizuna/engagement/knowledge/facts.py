"""What rules may ask about a member's part in articles."""

from kizuna.base.rules import Fact, FactGroup, Kind, Stale
from kizuna.core.activity.facts import counts_of
from kizuna.engagement.knowledge.activities import ARTICLE_RATED

FACTS = FactGroup(
    "knowledge",
    lambda: [
        Fact(
            name="knowledge.ratings",
            entity="member",
            label={"ja": "記事への評価", "en": "ratings of articles"},
            kind=Kind.COUNT,
            source=counts_of(ARTICLE_RATED.verb),
            unit={"ja": "件", "en": "rating of an article"},
            stale_by=(Stale(ARTICLE_RATED.verb),),
            heading={"ja": "参加", "en": "Taking part"},
        )
    ],
)
