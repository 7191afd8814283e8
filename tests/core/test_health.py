"""Alive, ready, and the figures a watcher reads."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text

from clubcrm.core import backups, leases
from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.metrics import Board
from clubcrm.messaging.models import Message
from clubcrm.people.models import Channel, Purpose


def checks_of(app):
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json["checks"]


def test_alive_without_a_look_at_the_store(app, count_selects):
    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert len(count_selects) == 0


def test_ready_when_store_and_schema_fit(app, store_kind):
    status, checks = checks_of(app)

    assert status == 200
    assert checks["store"] == {
        "needed": True,
        "ok": True,
        "kind": "sqlite" if store_kind == "sqlite" else "postgresql",
    }
    assert checks["schema"]["ok"]
    assert checks["disk"]["free_bytes"] > 0
    assert checks["backup"] == {"needed": False, "ok": False, "age_seconds": None}


def test_age_of_the_last_backup_is_told(app, cast, tmp_path):
    with app.app_context():
        settings = app.extensions["club_settings"]
        backups.backup(settings, db.engine, tmp_path / "copy.backup")

    assert checks_of(app)[1]["backup"]["ok"]
    with time_machine.travel(now() + timedelta(hours=49), tick=False):
        backup = checks_of(app)[1]["backup"]
    assert not backup["ok"]
    assert backup["age_seconds"] >= 49 * 3600 - 60


def test_not_ready_on_a_foreign_schema(app):
    with app.app_context(), unit_of_work():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    status, checks = checks_of(app)

    assert status == 503
    assert checks["schema"]["stored"] == "9999"


def test_scheduler_shows_how_long_it_is_silent(app):
    assert checks_of(app)[1]["scheduler"]["age_seconds"] is None
    with app.app_context():
        leases.acquire("here")

    assert checks_of(app)[1]["scheduler"]["ok"]
    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        status, checks = checks_of(app)
        assert (status, checks["scheduler"]["ok"]) == (200, False)
        assert 600 <= checks["scheduler"]["age_seconds"] < 660


def test_figures_count_requests_by_route(app, client_of):
    client_of("Frank").get("/settings")
    app.test_client().get("/nothing")

    page = app.test_client().get("/metrics")

    assert page.status_code == 200
    assert page.content_type.startswith("text/plain")
    assert 'clubcrm_requests_total{route="/settings",status="2xx"}' in page.text
    assert 'clubcrm_requests_total{route="unmatched",status="4xx"}' in page.text
    assert "/nothing" not in page.text


def test_figures_are_for_this_machine_only(app):
    client = app.test_client()

    far = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    through_a_proxy = client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})

    assert (far.status_code, through_a_proxy.status_code) == (403, 403)


@pytest.mark.parametrize(
    ("header", "status"),
    [("Bearer scraper-token", 200), ("Bearer wrong", 403), ("", 403), ("Bearer токен", 403)],
)
def test_token_opens_the_figures_from_anywhere(open_app, header, status):
    watched = open_app(CLUBCRM_METRICS_TOKEN="scraper-token")

    answer = watched.test_client().get(
        "/metrics",
        headers={"Authorization": header.encode().decode("latin-1")},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )

    assert answer.status_code == status


def test_board_sums_over_workers():
    board = Board(["/a", "/b"])

    board.count("/a", 200, 0.5)
    board.count("/a", 204, 0.25)
    board.count("/a", 503, 0.25)
    board.count("/gone", 404, 0.0)

    assert board.rows() == [
        ("/a", [0, 2, 0, 0, 1, 1.0]),
        ("unmatched", [0, 0, 0, 1, 0, 0.0]),
    ]


def test_figures_tell_the_gate_and_the_outbox(app, cast):
    with app.app_context(), unit_of_work() as session:
        session.add(
            Message(
                dedupe_key="1:J02:1:email",
                club_id=cast.club,
                person_id=cast.members["Mia"],
                code="J02",
                channel=Channel.EMAIL,
                purpose=Purpose.SERVICE,
                address="mia@club.example",
                language="en",
                body="Hello",
                next_at=now(),
            )
        )

    page = app.test_client().get("/metrics").text

    assert 'clubcrm_messages{state="queued"} 1.0' in page
    assert "# TYPE clubcrm_gate_decisions gauge" in page
    assert "mia@club.example" not in page
