"""What higher apps offer to lower ones: declared by dotted name in `config.declarations`, resolved here.

A lower app asks the registry by kind (`registry.of(Target)`), never imports upwards. `registry.problems()` proves at
start-up that every name resolves to an object of the declared kind.
"""

from kizuna.base.registry.desk import (
    AccountAction,
    AccountPart,
    AccountRows,
    DeskPart,
    Finder,
    Found,
    PersonMark,
    Quote,
    Step,
    StepRule,
)
from kizuna.base.registry.kinds import (
    AudienceUse,
    DayZone,
    DigestSection,
    Fragment,
    HomeBlock,
    ImportKind,
    Material,
    NavigationGroup,
    NavigationItem,
    NavigationLine,
    NotificationText,
    ProfilePart,
    PublicPages,
    Rebuild,
    Target,
    TouchpointChannel,
    WaitingWork,
)
from kizuna.base.registry.resolve import by_name, of, problems

__all__ = [
    "AccountAction",
    "AccountPart",
    "AccountRows",
    "AudienceUse",
    "DayZone",
    "DeskPart",
    "DigestSection",
    "Finder",
    "Found",
    "Fragment",
    "HomeBlock",
    "ImportKind",
    "Material",
    "NavigationGroup",
    "NavigationItem",
    "NavigationLine",
    "NotificationText",
    "PersonMark",
    "ProfilePart",
    "PublicPages",
    "Quote",
    "Rebuild",
    "Step",
    "StepRule",
    "Target",
    "TouchpointChannel",
    "WaitingWork",
    "by_name",
    "of",
    "problems",
]
