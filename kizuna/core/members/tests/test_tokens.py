"""Bearer tokens: stored hashed, limited by scope, time and revocation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.members import actions, policies, signin, tokens
from kizuna.core.members.models import ApiToken
from kizuna.core.members.policies import Refused


def token_of(member, *scopes, **fields):
    return actions.make_token(
        viewer=actions.system_viewer(), member=member, scopes=scopes, now=timezone.now(), **fields
    )[1]


def test_a_token_opens_its_member_and_is_not_stored(chie):
    secret = token_of(chie)
    assert tokens.viewer_from_token(secret).member_id == chie.pk
    assert secret not in str(ApiToken.objects.values().get())


def test_an_unknown_or_cut_token_opens_nothing(chie):
    secret = token_of(chie)
    assert tokens.viewer_from_token(secret[:-1]) is None
    assert tokens.viewer_from_token("") is None


def test_a_token_ends_by_time_revocation_and_suspension(chie, aoi, viewer_of):
    late = token_of(chie, expires_at=timezone.now() + timedelta(days=1))
    ApiToken.objects.update(expires_at=timezone.now())
    assert tokens.viewer_from_token(late) is None
    revoked = token_of(chie)
    ApiToken.objects.filter(expires_at=None).update(revoked_at=timezone.now())
    assert tokens.viewer_from_token(revoked) is None
    suspended = token_of(chie)
    actions.suspend_member(viewer=viewer_of(aoi), member_id=chie.pk, reason="spam", now=timezone.now())
    assert tokens.viewer_from_token(suspended) is None


@pytest.mark.parametrize(
    ("scopes", "reads", "writes", "manages"),
    [
        ((), True, True, True),
        (("read",), True, False, False),
        (("read", "write"), True, True, False),
        (("read", "write", "admin"), True, True, True),
        (("usage:write",), False, False, False),
    ],
)
def test_a_scope_allows_what_it_says_and_no_more(aoi, scopes, reads, writes, manages):
    viewer = tokens.viewer_from_token(token_of(aoi, *scopes))
    assert bool(viewer.audience_ids) == reads
    assert policies.can_act(viewer) == writes
    assert policies.can_manage(viewer) == manages


def test_a_token_cannot_make_or_end_tokens(chie):
    viewer = tokens.viewer_from_token(token_of(chie))
    now = timezone.now()
    with pytest.raises(Refused):
        actions.make_token(viewer=viewer, member=chie, now=now)
    with pytest.raises(Refused):
        actions.revoke_token(viewer=viewer, token_id=ApiToken.objects.get().pk, now=now)


def test_a_person_makes_tokens_for_nobody_else(chie, ben):
    now = timezone.now()
    cookie = actions.start_sign_in(member=ben, method="test", now=now)
    viewer = signin.known_from(cookie, now=now).viewer
    actions.make_token(viewer=viewer, member=ben, now=now)
    with pytest.raises(Refused):
        actions.make_token(viewer=viewer, member=chie, now=now)


def test_an_unknown_scope_is_refused(chie):
    with pytest.raises(Refused) as refused:
        token_of(chie, "everything")
    assert refused.value.field == "scopes"
