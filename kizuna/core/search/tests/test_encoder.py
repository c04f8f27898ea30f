"""The encoder process answers about meaning, keeps to its folder, and may be away without harm."""

import threading
from time import sleep

import numpy as np
import pytest

from kizuna.base.hosting import directory
from kizuna.base.jobs.models import Job
from kizuna.core.search import jobs, meaning, queries
from kizuna.core.search.encoder import client, place, server, store
from kizuna.core.search.models import SearchRow


@pytest.fixture
def encoder(sakura):
    """Run the encoder process's server in a thread."""
    running = server.Server(client.address(), home=directory().home)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    client.address().unlink(missing_ok=True)
    place.vector_file(sakura.folder).unlink(missing_ok=True)


@pytest.mark.django_db
def test_a_question_in_other_words_finds_the_answer(encoder, write, reader, monkeypatch):
    monkeypatch.setattr(client, "SEARCH_SECONDS", 10)  # the model is loaded by the first question
    write(1, "ごみの収集日を知りたい", "地区ごとの収集日はカレンダーで確認できます")
    write(2, "図書館の利用カードを作りたい", "身分証を持ってカウンターで申し込みます")
    write(3, "婚姻届の出し方", "当直窓口で受け付けます")
    write(31, "", "夜でも出せます", post_of=3)
    assert meaning.encode_waiting() == 3
    assert not SearchRow.objects.filter(needs_vector=True).exists()
    results = queries.search(viewer=reader, text="本を借りられるようになるには何が要りますか")
    assert results.items[0].id == 2
    assert len(store.mapped(place.vector_file(encoder.home / "communities" / "sakura"))) == 3
    write(2, "結婚したときの届け出", "")
    assert SearchRow.objects.filter(needs_vector=True).count() == 1
    meaning.encode_waiting()
    assert len(store.mapped(place.vector_file(encoder.home / "communities" / "sakura"))) == 3


@pytest.mark.django_db
def test_a_long_encoding_lets_other_jobs_come_in_between(write, monkeypatch):
    monkeypatch.setattr(meaning, "BATCH", 1)
    monkeypatch.setattr(jobs, "SECONDS_AT_ONCE", 0.05)
    monkeypatch.setattr(client, "encode_into_file", lambda _rows: sleep(0.06))
    for number in (1, 2, 3):
        write(number, "ごみの収集日")
    Job.objects.all().delete()
    left = []
    for _round in range(3):
        jobs.encode()
        left.append((SearchRow.objects.filter(needs_vector=True).count(), Job.objects.count()))
        Job.objects.all().delete()
    assert left == [(2, 1), (1, 1), (0, 0)]


@pytest.mark.django_db
def test_search_answers_without_the_encoder(write, reader):
    write(1, "ごみの収集日")
    assert meaning.encode_waiting() == 0
    assert SearchRow.objects.filter(needs_vector=True).count() == 1
    assert [hit.id for hit in queries.search(viewer=reader, text="収集日").items] == [1]


@pytest.mark.django_db
def test_the_meaning_of_what_one_may_not_see_is_not_found(encoder, write, reader, monkeypatch):
    monkeypatch.setattr(client, "SEARCH_SECONDS", 10)
    write(1, "図書館の利用カードを作りたい", audience_id=3, container_audience_id=3)
    write(2, "ごみの収集日")
    meaning.encode_waiting()
    results = queries.search(viewer=reader, text="本を借りるための会員証が欲しい")
    assert 1 not in [hit.id for hit in results.items]


def test_it_opens_no_file_outside_its_folder(encoder, tmp_path):
    outside = {"verb": "nearest", "file": str(tmp_path / "x"), "text": "a", "limit": 1}
    for message in (outside, {**outside, "file": f"{directory().home}/../../etc/passwd"}, {"verb": "x"}, [], 1):
        with pytest.raises(client.EncoderAway):
            client.Question(message, seconds=5).answer()
    assert oct(client.address().stat().st_mode)[-3:] == "600"


def test_an_answer_that_takes_too_long_is_not_waited_for(tmp_path, monkeypatch):
    import socket
    import time

    address = tmp_path / "encoder"
    monkeypatch.setattr(client, "address", lambda: address)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(address))
        deaf.listen()
        start = time.monotonic()
        with pytest.raises(client.EncoderAway):
            client.Question({"verb": "nearest"}, seconds=0.05).answer()
        assert time.monotonic() - start < 2


def test_a_long_path_moves_the_socket(monkeypatch, tmp_path):
    monkeypatch.setattr(directory(), "home", tmp_path / ("x" * 120))
    assert len(str(client.address())) <= client.LONGEST_ADDRESS


def test_records_are_appended_overwritten_and_blanked(tmp_path):
    file = tmp_path / "search" / "v.i8"
    unit = np.eye(4, 512, dtype=np.float32)
    nothing = np.zeros((2, 512), dtype=np.float32)
    assert store.nearest(store.mapped(file), unit[0], limit=5) == []
    store.put(file, rows=[10, 11], titles=unit[:2], bodies=nothing)
    store.put(file, rows=[11, 12], titles=unit[2:4], bodies=nothing)
    assert store.nearest(store.mapped(file), unit[2], limit=2)[0][0] == 11
    assert len(store.mapped(file)) == 3
    assert store.keep_only(file, [10, 12]) == 1
    assert {row for row, _near in store.nearest(store.mapped(file), unit[2], limit=9)} == {10, 12}
