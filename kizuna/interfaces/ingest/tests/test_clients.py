"""The public client libraries send to it unchanged."""

import json
import os
import shutil
import subprocess
from collections import Counter

import pytest

segment = pytest.importorskip("segment.analytics.client", reason="requirements/dev.txt is not installed")

EXPECTED = Counter(identify=1, track=250, page=1, screen=1, group=1, alias=1)


def assert_all_arrived(server) -> None:
    server.kill()  # its open segment is then anybody's
    rows, counted = server.folded()
    assert Counter(row["kind"] for row in rows) == EXPECTED
    assert {row["person"] for row in rows} == {"user-1"}
    assert counted == 252
    track = next(row for row in rows if row["name"] == "注文しました" and row["sent"]["properties"]["n"] == 7)
    assert track["group"] == ""
    assert "library" in track["sent"]["context"]


@pytest.mark.parametrize("is_gzip", [False, True])
def test_segment_analytics_python(server, is_gzip):
    failures: list = []
    client = segment.Client(
        server.write_key, host=server.url, gzip=is_gzip, on_error=lambda error, items: failures.append(error)
    )
    client.identify("user-1", {"plan": "pro", "name": "葵"})
    for number in range(250):
        client.track("user-1", "注文しました", {"n": number})
    client.page("user-1", "商品", "一覧")
    client.screen("user-1", "設定")
    client.group("user-1", "acme", {"name": "アクメ"})
    client.alias("anonymous-1", "user-1")
    client.flush()
    client.join()
    assert failures == []
    assert_all_arrived(server)


def test_segment_analytics_python_learns_that_its_key_is_wrong(server):
    failures: list = []
    client = segment.Client(
        "wrong", host=server.url, on_error=lambda error, items: failures.append(error), max_retries=0
    )
    client.track("user-1", "注文しました")
    client.flush()
    client.join()
    assert "401" in str(failures[0])


NODE = """
import { Analytics } from '@segment/analytics-node'
const analytics = new Analytics({ writeKey: process.env.WRITE_KEY, host: process.env.HOST, maxEventsInBatch: 100 })
analytics.on('error', (error) => { console.error(error); process.exitCode = 1 })
analytics.identify({ userId: 'user-1', traits: { plan: 'pro', name: '葵' } })
for (let n = 0; n < 250; n++) analytics.track({ userId: 'user-1', event: '注文しました', properties: { n } })
analytics.page({ userId: 'user-1', name: '一覧' })
analytics.screen({ userId: 'user-1', name: '設定' })
analytics.group({ userId: 'user-1', groupId: 'acme', traits: { name: 'アクメ' } })
analytics.alias({ userId: 'user-1', previousId: 'anonymous-1' })
await analytics.closeAndFlush()
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="Node is not installed")
def test_segment_analytics_node(server, tmp_path):
    folder = tmp_path / "node"
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
    (folder / "send.mjs").write_text(NODE)
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "@segment/analytics-node@2"],
        cwd=folder, check=True, timeout=300, capture_output=True,
    )  # fmt: skip
    sent = subprocess.run(
        ["node", "send.mjs"], cwd=folder, timeout=120, capture_output=True, text=True,
        env={**os.environ, "WRITE_KEY": server.write_key, "HOST": server.url},
    )  # fmt: skip
    assert sent.returncode == 0, sent.stderr
    assert_all_arrived(server)
