"""What an address of a database means."""

import pytest

from kizuna.base.hosting.databases import database_settings

ADDRESS = "postgres://kizuna:p%40ss@db.example:5433/community"


def options_of(address, tmp_path):
    return database_settings(url=address, folder=tmp_path)["OPTIONS"]


def test_parts_of_the_address_are_read_as_they_were_meant(tmp_path):
    found = database_settings(url=ADDRESS, folder=tmp_path)
    assert [found[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "kizuna", "p@ss", "db.example", "5433", "community",
    ]  # fmt: skip


def test_plans_are_kept_unless_a_pooler_forbids_it(tmp_path):
    kept = options_of(ADDRESS, tmp_path)
    assert kept["prepare_threshold"] == 0
    assert "plan_cache_mode=force_generic_plan" in kept["options"]
    pooled = options_of(f"{ADDRESS}?prepared_statements=off&sslmode=require", tmp_path)
    assert pooled["prepare_threshold"] is None
    assert "plan_cache_mode" not in pooled.get("options", "")
    assert "prepared_statements" not in pooled
    assert pooled["sslmode"] == "require"


@pytest.mark.parametrize("process", ["web", "worker"])
def test_only_pages_have_a_limit_and_own_options_stay(tmp_path, monkeypatch, process):
    monkeypatch.setenv("KIZUNA_PROCESS", process)
    found = options_of(f"{ADDRESS}?options=-c%20search_path%3Dkizuna", tmp_path)["options"]
    assert found.startswith("-c search_path=kizuna -c plan_cache_mode")
    assert ("statement_timeout" in found) == (process == "web")
