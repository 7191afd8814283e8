"""A form below an advertisement is filled in: told by number, fetched, a lead of the right club."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core import clock
from clubcrm.core.config import SettingError, read_settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.leads.ads.jobs import fetch_ad_leads
from clubcrm.leads.ads.models import AdKind, AdLetter
from clubcrm.leads.ads.places import PlaceDraft, name_place
from clubcrm.leads.models import Inquiry, Lead, LeadSource, LeadTouch
from clubcrm.people.models import Consent, Person

SECRET, TOKEN, PAGE, FORM = "app-secret-of-the-club", "page-token", "104500000001", "2200001"
ANSWER = {
    "created_time": "2026-03-23T05:58:00+0000",
    "id": "771",
    "ad_id": "6001",
    "ad_name": "Woman with kettlebell",
    "adset_id": "6002",
    "adset_name": "Dhaka 25-40",
    "campaign_id": "6003",
    "campaign_name": "Spring",
    "form_id": FORM,
    "is_organic": False,
    "platform": "ig",
    "field_data": [
        {"name": "full_name", "values": ["Rina Das"]},
        {"name": "phone_number", "values": ["+8801711000777"]},
        {"name": "email", "values": ["rina@example.com"]},
        {"name": "when_do_you_train?", "values": ["mornings", "weekends"]},
    ],
    "custom_disclaimer_responses": [{"checkbox_key": "news", "is_checked": "1"}],
}


@dataclass
class Graph:
    """A server that answers as the Graph interface does, and what it was asked."""

    port: int = 0
    answers: list[tuple[int, object]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, list[str]], str]] = field(default_factory=list)


@pytest.fixture
def graph() -> Iterator[Graph]:
    """Serve the answers that a test lays out, the last one again and again."""
    told = Graph()

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            told.asked.append((parts.path, parse_qs(parts.query), self.headers["Authorization"]))
            status, body = told.answers.pop(0) if len(told.answers) > 1 else told.answers[0]
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    told.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def web(app, graph):
    """Return a client of a server that knows the app's secret and the page's token."""
    app.extensions["club_settings"].channels.update(
        {
            "CLUBCRM_FACEBOOK_SECRET": SECRET,
            "CLUBCRM_FACEBOOK_VERIFY": "the word of the handshake",
            "CLUBCRM_FACEBOOK_TOKENS": f"{PAGE}={TOKEN}",
            "CLUBCRM_FACEBOOK_URL": f"http://127.0.0.1:{graph.port}/v23.0",
        }
    )
    return app.test_client()


@pytest.fixture
def store(app) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()


def tell(web, *leadgen_ids: str, secret: str = SECRET):
    changes = [
        {"field": "leadgen", "value": {"leadgen_id": one, "page_id": PAGE, "form_id": FORM,
                                       "ad_id": "6001", "created_time": 1774245480}}
        for one in leadgen_ids
    ]  # fmt: skip
    raw = json.dumps({"object": "page", "entry": [{"id": PAGE, "changes": changes}]}).encode()
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return web.post("/hooks/facebook", data=raw, headers={"X-Hub-Signature-256": signature},
                    content_type="application/json")  # fmt: skip


def name_page(club_id: int, **more: str) -> None:
    db.session.rollback()
    with unit_of_work():
        name_place(club_id, PlaceDraft(AdKind.PAGE, PAGE, "Our page", **more), by="user:1")


def fetch():
    db.session.rollback()  # what a test has looked at must not stay open
    return fetch_ad_leads(JobContext("fetch-ad-leads", "1", clock.now()))


def letter() -> AdLetter:
    db.session.rollback()  # what jobs have written since is seen
    return db.session.scalars(select(AdLetter)).one()


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_address_is_ours_only_by_the_word_and_the_signature(web, store) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    word = "the word of the handshake"
    good = web.get("/hooks/facebook", query_string=asked | {"hub.verify_token": word})
    bad = web.get("/hooks/facebook", query_string=asked | {"hub.verify_token": "a guess"})
    forged = tell(web, "771", secret="another secret")

    assert (good.status_code, good.text) == (200, "1158201444")
    assert (bad.status_code, forged.status_code, count(AdLetter)) == (403, 401, 0)


def test_filled_form_is_one_lead_with_its_campaign_however_often_it_is_told(
    web, graph, cast, store
) -> None:
    graph.answers = [(200, ANSWER)]
    name_page(cast.club, consent_key="news")

    with time_machine.travel("2026-03-23T06:00:00Z", tick=False):
        assert [tell(web, "771", "771").status_code for _turn in range(2)] == [200, 200]
        assert [fetch().done for _turn in range(2)] == [1, 0]

    lead = db.session.scalars(select(Lead)).one()
    person = db.session.get_one(Person, lead.person_id)
    source = db.session.get_one(LeadSource, lead.source_id)
    touch = db.session.scalars(select(LeadTouch).where(LeadTouch.touch == "first")).one()
    inquiry = db.session.scalars(select(Inquiry)).one()
    assert (person.full_name, lead.campaign, source.name) == ("Rina Das", "Spring", "Instagram")
    assert (touch.utm_source, touch.utm_medium, touch.utm_content, touch.utm_term) == (
        "instagram",
        "paid",
        "Woman with kettlebell",
        "Dhaka 25-40",
    )
    assert inquiry.message == "when do you train?: mornings, weekends"
    assert lead.arrived_at == datetime(2026, 3, 23, 5, 58, tzinfo=UTC)
    assert (letter().ad_id, letter().campaign_id, letter().inquiry_id) == (
        "6001",
        "6003",
        inquiry.id,
    )
    consent = db.session.scalars(select(Consent.text_version)).all()
    assert set(consent) == {f"fb:{FORM}:news"}
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    [(path, query, token)] = graph.asked
    assert (path, token, query["appsecret_proof"]) == ("/v23.0/771", f"Bearer {TOKEN}", [proof])
    assert "field_data" in query["fields"][0].split(",")


def test_answer_that_cannot_be_fetched_is_asked_for_again_and_then_shown(
    web, graph, cast, client_of, store
) -> None:
    trouble = {"error": {"code": 190, "message": "The token has expired"}}
    graph.answers = [(500, {}), (400, trouble)]
    name_page(cast.club)

    with time_machine.travel("2026-03-23T06:00:00Z", tick=False) as time:
        tell(web, "771")
        assert (fetch().failed, letter().why) == (1, "the answer was 500")
        assert fetch().failed == 0  # not before its time
        time.shift(timedelta(minutes=1))
        assert (fetch().failed, letter().why) == (1, "190: The token has expired")
        for _turn in range(9):
            time.shift(timedelta(hours=25))
            fetch()

        assert (letter().state, letter().tries, len(graph.asked)) == ("odd", 9, 9)
        graph.answers = [(200, ANSWER)]
        page = client_of("Olga")
        assert "190: The token has expired" in page.get("/settings/ads").text
        path = f"/settings/ads/letters/{letter().public_id}/again"
        assert page.post(path).status_code == 303
        assert fetch().done == 1

    assert (letter().state, count(Lead)) == ("taken", 1)


def test_form_of_an_unnamed_page_waits_until_its_club_is_named(web, graph, cast, store) -> None:
    graph.answers = [(200, ANSWER)]
    tell(web, "771")
    fetch()
    assert (letter().state, letter().why, count(Lead)) == (
        "odd",
        "no club is named for this page",
        0,
    )

    db.session.rollback()
    with unit_of_work():
        name_place(cast.club, PlaceDraft(AdKind.FORM, FORM, "Yoga form", interest="Yoga"),
                   by="user:1")  # fmt: skip
    fetch()

    lead = db.session.scalars(select(Lead)).one()
    assert (lead.club_id, lead.interest, len(graph.asked)) == (cast.club, "Yoga", 1)


def test_test_of_the_tool_waits_in_the_tray(web, graph, cast, store) -> None:
    dummy = [
        {"name": "full_name", "values": ["<test lead: dummy data for full_name>"]},
        {"name": "email", "values": ["test@fb.com"]},
    ]
    graph.answers = [(200, ANSWER | {"field_data": dummy, "platform": "fb"})]
    name_page(cast.club)
    tell(web, "771")
    fetch()

    inquiry = db.session.scalars(select(Inquiry)).one()
    assert (inquiry.state, inquiry.suspicion, count(Lead)) == ("waiting", "ad_test", 0)


def test_answers_without_fields_are_refused_with_the_reason(web, graph, cast, store) -> None:
    graph.answers = [(200, {"id": "771"})]
    name_page(cast.club)
    tell(web, "771")
    fetch()

    assert (letter().state, letter().why) == ("refused", "the answer holds no field_data")


def test_page_is_named_changed_and_taken_away_on_the_page(app, web, cast, client_of, store) -> None:
    page = client_of("Olga")

    wrong = page.post("/settings/ads", data={"kind": "page", "ref": "our page", "name": ""})
    good = page.post("/settings/ads", data={"kind": "page", "ref": PAGE, "name": "Our page"})

    assert (wrong.status_code, good.status_code) == (400, 303)
    assert 'id="ref-below"' in wrong.text
    assert 'value="our page"' in wrong.text
    assert PAGE in page.get("/settings/ads").text


def test_programs_name_pages_read_what_came_and_have_it_fetched_again(
    web, graph, cast, client_of, store
) -> None:
    graph.answers = [(200, ANSWER)]
    tell(web, "771")
    fetch()
    olga, door = client_of("Olga"), "/api/v1/ads"

    (odd,) = olga.get(f"{door}/letters").get_json()["items"]
    wrong = olga.put(f"{door}/places/page/ours", json={"name": "Our page"})
    kept = olga.put(f"{door}/places/page/{PAGE}", json={"name": "Our page", "interest": "Yoga"})
    again = olga.post(f"{door}/letters/{odd['id']}/again")
    fetch()
    (taken,) = olga.get(f"{door}/letters").get_json()["items"]
    gone = olga.delete(f"{door}/places/{kept.get_json()['id']}")

    assert (odd["state"], odd["page"], odd["lead"]) == ("odd", PAGE, None)
    assert (wrong.status_code, kept.status_code, kept.get_json()["ref"]) == (400, 200, PAGE)
    assert again.status_code == 204
    lead = db.session.scalars(select(Lead)).one()
    assert (taken["state"], taken["lead"], lead.interest) == ("taken", lead.public_id, "Yoga")
    assert (gone.status_code, olga.get(f"{door}/places").get_json()) == (204, {"items": []})
    assert client_of("Frank").get(f"{door}/places").status_code == 403


@pytest.mark.parametrize("value", ["token", "page=token", f"{PAGE}="])
def test_tokens_need_the_number_of_their_page(value: str) -> None:
    wanted = {
        "CLUBCRM_ENV": "test",
        "CLUBCRM_FACEBOOK_SECRET": SECRET,
        "CLUBCRM_FACEBOOK_VERIFY": "word",
        "CLUBCRM_FACEBOOK_TOKENS": value,
    }
    with pytest.raises(SettingError, match="CLUBCRM_FACEBOOK_TOKENS"):
        read_settings(wanted)
