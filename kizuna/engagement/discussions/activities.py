"""What can happen in discussions."""

from kizuna.core.activity.types import ActivityType, Counted

CHANNEL = "community"
# What rollups count of a member besides the verbs that the member did.
QUESTIONS_ASKED, QUESTIONS_REPLIED_TO = "question.asked", "question.replied_to"
ANSWERS_ACCEPTED, ANSWERS_WITHDRAWN = "answer.accepted:answerer", "answer.withdrawn:answerer"
REACTIONS_RECEIVED, REACTIONS_LOST = "reaction.given:author", "reaction.withdrawn:author"

TOPIC_POSTED = ActivityType(
    "topic.posted",
    "A topic was opened.",
    {"space": int, "kind": str, "urgency": str, "post": int, "is_staff": bool, "mentions": int},
    channel=CHANNEL,
    counted=(Counted(QUESTIONS_ASKED, only={"kind": "question"}),),
)
POST_REPLIED = ActivityType(
    "post.replied",
    "A topic was replied to.",
    {
        "topic": int,
        "space": int,
        "kind": str,
        "number": int,
        "reply_to": int,
        "is_staff": bool,
        "is_first": bool,
        "mentions": int,
    },
    channel=CHANNEL,
    counted=(Counted(QUESTIONS_REPLIED_TO, only={"kind": "question"}),),
)
POST_EDITED = ActivityType("post.edited", "A post was edited.", {"topic": int, "by_author": bool})
POST_HELD = ActivityType("post.held", "A post waits for a moderator.", {"topic": int, "reason": str})
POST_RELEASED = ActivityType("post.released", "A moderator released a held post.", {"topic": int})
POST_REMOVED = ActivityType("post.removed", "A post was deleted or hidden.", {"topic": int, "state": str})
POST_RESTORED = ActivityType("post.restored", "A removed post came back.", {"topic": int})
TOPIC_HELD = ActivityType("topic.held", "A topic waits for a moderator.", {"space": int, "reason": str})
TOPIC_RELEASED = ActivityType("topic.released", "A moderator released a held topic.", {"space": int})
TOPIC_TAGGED = ActivityType("topic.tagged", "The tags of a topic changed.", {})
TOPIC_REMOVED = ActivityType("topic.removed", "A topic was deleted or hidden.", {"space": int, "state": str})
TOPIC_RESTORED = ActivityType("topic.restored", "A removed topic came back.", {"space": int})
TOPIC_MOVED = ActivityType("topic.moved", "A topic went to another space.", {"from_space": int, "to_space": int})
TOPIC_CLOSED = ActivityType("topic.closed", "A topic was closed.", {})
TOPIC_REOPENED = ActivityType("topic.reopened", "A closed topic was opened again.", {})
TOPIC_PINNED = ActivityType("topic.pinned", "A topic was pinned.", {})
TOPIC_UNPINNED = ActivityType("topic.unpinned", "A topic was unpinned.", {})
TOPIC_AUDIENCE_CHANGED = ActivityType(
    "topic.audience_changed",
    "Who of those in its space may read a topic changed; null is everybody there.",
    {"before": int, "after": int},
)
TOPIC_REACHED_STAFF = ActivityType(
    "topic.reached_staff", "Staff were told of a question.", {"space": int, "urgency": str}
)
ANSWER_ACCEPTED = ActivityType(
    "answer.accepted",
    "An answer was accepted as the solution.",
    {"topic": int, "answerer": int, "asker": int, "seconds_to_solve": int, "by_staff": bool},
    channel=CHANNEL,
    counted=(Counted(ANSWERS_ACCEPTED, "answerer"),),
)
ANSWER_WITHDRAWN = ActivityType(
    "answer.withdrawn",
    "An accepted answer was withdrawn.",
    {"topic": int, "answerer": int},
    counted=(Counted(ANSWERS_WITHDRAWN, "answerer"),),
)
REACTION_GIVEN = ActivityType(
    "reaction.given",
    "A post got a reaction.",
    {"topic": int, "author": int, "word": str},
    counted=(Counted(REACTIONS_RECEIVED, "author"),),
)
REACTION_WITHDRAWN = ActivityType(
    "reaction.withdrawn",
    "A reaction was taken back.",
    {"topic": int, "author": int, "word": str},
    counted=(Counted(REACTIONS_LOST, "author"),),
)
IDEA_VOTED = ActivityType("idea.voted", "An idea got a vote.", {"space": int})
IDEA_VOTE_WITHDRAWN = ActivityType("idea.vote_withdrawn", "A vote was taken back.", {"space": int})
IDEA_STATUS_CHANGED = ActivityType("idea.status_changed", "An idea's status changed.", {"status": str, "before": str})
SOLVED_ASKED = ActivityType("topic.solved_asked", "The asker was asked whether it is solved.", {})
SOLVED_ANSWERED = ActivityType(
    "topic.solved_answered", "Somebody said whether it is solved.", {"is_solved": bool, "place": str, "post": int}
)
SPACE_CHANGED = ActivityType("space.changed", "A space was made or changed.", {})
