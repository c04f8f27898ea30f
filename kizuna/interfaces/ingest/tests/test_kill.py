"""The web process is killed with -9 while senders are at it: every event that was acknowledged is there, once."""

import base64
import http.client
import json
import random
import threading
import time

import pytest

pytestmark = pytest.mark.kill

SENDERS = 4


class Sender(threading.Thread):
    """Sends batches until told to stop, and notes the ids of those that were acknowledged."""

    def __init__(self, server, name: str) -> None:
        super().__init__(daemon=True)
        self.server, self.prefix = server, name
        self.acknowledged: set[str] = set()
        self.is_over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.is_over.is_set():
            ids = [f"{self.prefix}-{number}-{index}" for index in range(20)]
            if self.is_acknowledged(ids):
                self.acknowledged.update(ids)
                number += 1
            else:  # sent again as libraries do, with the same ids
                time.sleep(0.05)

    def is_acknowledged(self, ids: list[str]) -> bool:
        batch = [{"type": "track", "event": "Opened", "userId": "u", "messageId": one} for one in ids]
        credentials = base64.b64encode(f"{self.server.write_key}:".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.request(
                "POST", "/v1/batch", json.dumps({"batch": batch}), {"Authorization": f"Basic {credentials}"}
            )
            answer = connection.getresponse()
            return answer.status == 200 and json.loads(answer.read()) == {"success": True}
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()


def test_no_acknowledged_event_is_lost_when_the_web_is_killed(server):
    draw = random.Random(3)
    senders = [Sender(server, f"s{number}") for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _round in range(3):
        time.sleep(draw.uniform(0.3, 1.5))
        server.kill()
        server.start()
    time.sleep(0.5)
    for sender in senders:
        sender.is_over.set()
    for sender in senders:
        sender.join()
    server.kill()
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    rows, counted = server.folded()
    ids = [row["id"] for row in rows]
    assert len(acknowledged) > 100
    assert acknowledged <= set(ids)
    assert len(ids) == len(set(ids)) == counted
