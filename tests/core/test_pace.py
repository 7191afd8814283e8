"""Searching is paced per person, over all workers; the gate never is."""

import multiprocessing
from datetime import datetime

import time_machine

from clubcrm.core.pace import SEARCHES_A_MINUTE, Pace

START = datetime.fromisoformat("2026-11-22T12:00:10+00:00")
MINUTE = int(START.timestamp()) // 60


def test_a_thousand_searches_in_a_minute_are_cut_short(client_of, app, cast):
    pace = app.extensions["club_pace"]
    with time_machine.travel(START, tick=False) as clock:
        client, olga = client_of("Frank"), client_of("Olga")
        for _search in range(SEARCHES_A_MINUTE - 1):
            assert pace.take(f"user:{cast.users['Frank']}", MINUTE)

        last, over = client.get("/search/found?q=mia"), client.get("/search/found?q=mia")

        assert last.status_code == 200
        assert (over.status_code, over.headers["Retry-After"]) == (429, "50")
        assert olga.get("/search/found?q=mia").status_code == 200
        assert client.get("/members").status_code == 200
        clock.shift(50)
        assert client.get("/search/found?q=mia").status_code == 200


def test_pages_and_gate_are_not_paced(client_of, app, cast):
    pace = app.extensions["club_pace"]
    with time_machine.travel(START, tick=False):
        frank = client_of("Frank")
        while pace.take(f"user:{cast.users['Frank']}", MINUTE):
            pass

        assert frank.get("/members?q=mia").status_code == 429
        assert frank.get("/desk/news").status_code in {200, 204}
        assert frank.post("/desk/scan", data={"code": "1"}).status_code != 429


def test_workers_count_in_one_place():
    pace = Pace(most=40)

    def search(won):
        won.value += sum(pace.take("user:4", 1) for _try in range(30))

    fork = multiprocessing.get_context("fork")
    won = [fork.Value("i", 0) for _worker in range(4)]
    workers = [fork.Process(target=search, args=(one,)) for one in won]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(one.value for one in won) == 40


def test_each_minute_and_each_caller_counts_anew():
    pace = Pace(most=2)

    taken = [pace.take(*one) for one in (("a", 1), ("a", 1), ("a", 1), ("b", 1), ("a", 2))]

    assert taken == [True, True, False, True, True]
