"""The demo from an empty folder: the printed address opens the sample, and there is something to do for each sign-in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOOK = """
import json
from django.utils import timezone
from kizuna.base.hosting import directory, entered
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.core.notifications.models import Notification
from kizuna.core.search.models import Search
from kizuna.engagement.discussions.models import Draft, State, Topic
from kizuna.engagement.discussions.queries import page_home
from kizuna.engagement.knowledge.models import Article
with entered(directory().for_host("127.0.0.1")):
    run_waiting()
    people = {m.handle: m for m in Member.objects.filter(handle__in=["kimura", "koga", "okubo", "saeki"])}
    told = {h: Notification.objects.filter(member=m, read_at=None).count() for h, m in people.items()}
    print(json.dumps({
        "told": told,
        "needed": page_home.needed(viewer_of(people["kimura"]), limit=3).count,
        "held": Topic.objects.filter(state=State.HELD).count(),
        "drafts": Draft.objects.count(),
        "overdue": Article.objects.filter(review_on__lt=timezone.now()).count(),
        "in_vain": Search.objects.filter(has_answer=False).count(),
    }))
"""


@pytest.mark.slow
def test_a_new_folder_gets_a_living_demo_once(tmp_path):
    environment = os.environ | {"KIZUNA_HOME": str(tmp_path), "KIZUNA_PROCESS": "command", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "kizuna", "demo", "--port", "8997"]
    first = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert "http://127.0.0.1:8997/studio/mail/" in first
    look = [sys.executable, "-c", f"import django; django.setup()\n{LOOK}"]
    seen = json.loads(
        subprocess.run(look, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    )
    assert set(seen["told"]) == {"kimura", "koga", "okubo", "saeki"}
    assert all(seen["told"].values())
    assert min(seen["needed"], seen["held"], seen["drafts"], seen["overdue"], seen["in_vain"]) > 0
    second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert "making the database" not in second
    assert second.split("owner")[1].split("ready")[0] == first.split("owner")[1].split("ready")[0]
