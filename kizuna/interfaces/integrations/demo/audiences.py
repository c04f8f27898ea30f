"""What the sample's members are asked, and its audiences by rule."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from kizuna.base import rules
from kizuna.core.members import actions as members
from kizuna.core.members.models import Audience, Member
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.integrations.demo import content

OTHERS = "other"


def load_audiences(folder: Path, *, owner: Viewer, people: dict[str, Member], now: datetime) -> dict[str, Audience]:
    """Define the attributes with their answers, then the audiences, and return these by the sample's key."""
    sample = content.table(folder, "audiences.toml")
    for attribute in sample["attribute"]:
        fields = {name: value for name, value in attribute.items() if name != "trades"}
        members.save_attribute(viewer=owner, attribute=None, now=now, **fields)
        answers = _answers(folder, attribute, people)
        members.set_answers_of_many(viewer=owner, answers=answers, now=now)
    return {
        item["key"]: members.save_audience(
            viewer=owner,
            audience=None,
            label=item["label"],
            shown_label=item["shown_label"],
            rule=rules.parse(item["rule"]),
            now=now,
        )
        for item in sample["audience"]
    }


def _answers(folder: Path, attribute: dict[str, Any], people: dict[str, Member]) -> dict[int, dict[str, Any]]:
    value_of = {trade: value for value, trades in attribute["trades"].items() for trade in trades}
    with (folder / "customers.csv").open(encoding="utf-8", newline="") as file:
        return {
            people[row["member"]].pk: {attribute["key"]: value_of.get(row["industry"], OTHERS)}
            for row in csv.DictReader(file)
            if row["member"]
        }
