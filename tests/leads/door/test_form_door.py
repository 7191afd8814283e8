"""Strangers knock at the form door: what is kept, what becomes of it, and who is turned away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.leads.door import letters
from clubcrm.leads.door.jobs import read_letters
from clubcrm.leads.door.making import FormDraft, make_form, set_open, word_consent
from clubcrm.leads.door.models import FormLetter, LeadForm
from clubcrm.leads.models import Inquiry, Lead, LeadSource, LeadTouch
from clubcrm.people.models import Consent, Person

SITE = "https://club.example"
RINA = {"name": "Rina Das", "phone": "01711 000777", "_seconds": "8"}


@pytest.fixture
def form(app, cast) -> str:
    """Return the public key of a form that stands on a site of the club."""
    with app.app_context(), unit_of_work():
        return make_form(cast.club, FormDraft("Landing page", origins=SITE), by="user:1").public_id


@pytest.fixture
def web(app):
    return app.test_client()


@pytest.fixture
def store(app) -> Iterator[None]:
    """Read the store after the requests are over."""
    with app.app_context():
        yield
        db.session.rollback()


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def sent(web, form: str, fields: dict[str, str], **headers: str):
    return web.post("/api/leads", json={"form": form, **fields}, headers=headers)


def test_form_of_a_landing_page_is_a_lead_with_its_source(web, form, cast, store) -> None:
    answer = sent(
        web,
        form,
        RINA | {"utm_source": "instagram", "utm_campaign": "spring", "consent": "yes"},
        Origin=SITE,
    )

    assert (answer.status_code, answer.json["status"]) == (200, "received")
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    lead = db.session.scalars(select(Lead)).one()
    person = db.session.get_one(Person, lead.person_id)
    source = db.session.get_one(LeadSource, lead.source_id)
    assert (person.full_name, lead.campaign, source.name) == ("Rina Das", "spring", "Instagram")
    assert lead.arrived_at == db.session.scalars(select(FormLetter.received_at)).one()
    assert lead.answer_by > lead.arrived_at
    touches = db.session.scalars(select(LeadTouch.utm_campaign)).all()
    assert touches == ["spring", "spring"]


def test_consent_is_kept_with_its_words_time_and_address(web, app, form, cast, store) -> None:
    with unit_of_work() as session:
        row = session.scalars(select(LeadForm)).one()
        word_consent(row, "bn", "আমাকে খবর পাঠাতে পারেন।", by="user:1")

    sent(web, form, RINA | {"consent": "yes", "language": "bn"})

    inquiry = db.session.scalars(select(Inquiry)).one()
    consent = db.session.scalars(select(Consent)).one()
    assert inquiry.consent_version == consent.text_version == f"{form}:bn:1"
    assert (inquiry.consent_ip, inquiry.consent_at) == ("127.0.0.1", inquiry.arrived_at)


def test_member_who_asks_again_is_not_doubled(web, form, cast, store) -> None:
    mia = {"name": "Mia Rahman", "phone": "+880 1711-000001", "_seconds": "9"}

    for _turn in range(2):
        assert sent(web, form, mia).status_code == 200

    assert db.session.scalars(select(Lead.person_id)).all() == [cast.members["Mia"]]
    assert count(Inquiry) == 2


@pytest.mark.parametrize("odd", [{"company_site": "x"}, {"_seconds": "0.4"}])
def test_machine_gets_the_usual_answer_and_is_kept_as_spam(web, form, store, odd) -> None:
    answer = sent(web, form, RINA | odd)

    assert (answer.status_code, set(answer.json)) == (200, {"status", "id"})
    assert count(Lead) == 0
    assert db.session.scalars(select(Inquiry.state)).one() == "spam"


def test_letter_sent_twice_under_a_key_is_one(web, form, store) -> None:
    answers = [sent(web, form, RINA, **{"Idempotency-Key": "k1"}) for _turn in range(2)]
    other = sent(web, form, RINA | {"name": "Somebody else"}, **{"Idempotency-Key": "k1"})

    assert answers[0].json == answers[1].json
    assert (other.status_code, other.json["code"]) == (422, "KEY_REUSED")
    assert (count(FormLetter), count(Lead)) == (1, 1)


def test_other_sites_and_unknown_or_closed_forms_are_turned_away(web, app, form, store) -> None:
    evil = sent(web, form, RINA, Origin="https://evil.example")
    unknown = sent(web, "nosuchform", RINA)
    with unit_of_work() as session:
        set_open(session.scalars(select(LeadForm)).one(), is_open=False, by="user:1")
    closed = sent(web, form, RINA)

    assert [(one.status_code, one.json["code"]) for one in (evil, unknown, closed)] == [
        (403, "ORIGIN_NOT_LISTED"),
        (404, "NOT_FOUND"),
        (410, "FORM_CLOSED"),
    ]
    assert "Access-Control-Allow-Origin" not in evil.headers
    assert count(FormLetter) == 0


def test_browser_asks_first_and_hears_only_of_its_own_site(web, form) -> None:
    def ask(origin: str):
        return web.options(f"/api/leads?form={form}", headers={"Origin": origin})

    good, evil = ask(SITE), ask("https://evil.example")

    assert (good.status_code, good.headers["Access-Control-Allow-Methods"]) == (204, "POST")
    assert good.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Origin" not in evil.headers
    assert all("Origin" in one.headers["Vary"] for one in (good, evil))
    assert not any("Set-Cookie" in one.headers for one in (good, evil))


def test_sixty_a_minute_and_no_more(web, app, form, cast, store) -> None:
    with time_machine.travel("2026-03-06T06:00:00Z", tick=False) as clock:
        with unit_of_work() as session:
            row = session.scalars(select(LeadForm)).one()
            for number in range(60):
                post = letters.Post(form, b"{}", "application/json", "127.0.0.1", key=str(number))
                letters.keep(post)
            assert row.id
        late = sent(web, form, RINA)
        clock.shift(timedelta(seconds=61))
        later = sent(web, form, RINA)

    assert (late.status_code, late.headers["Retry-After"]) == (429, "60")
    assert later.status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "", "phone": "01711000777"}, "name"),
        ({"name": "Rina", "phone": "12"}, "phone"),
        ({"name": "R\x00", "phone": "01711000777"}, "name"),
        ({"name": "Rina", "phone": "01711000777", "email": "no"}, "email"),
    ],
)
def test_wrong_field_is_named_and_the_letter_kept(web, form, store, fields, field) -> None:
    answer = sent(web, form, fields)

    assert answer.status_code == 400
    assert [one["field"] for one in answer.json["errors"]] == [field]
    assert db.session.scalars(select(FormLetter.state)).one() == "refused"


def test_too_long_a_body_is_refused_before_it_is_read(web, form, store) -> None:
    answer = sent(web, form, RINA | {"message": "x" * 11_000})

    assert answer.status_code == 413
    assert count(FormLetter) == 0


def test_browser_without_scripts_is_thanked_or_shown_what_is_wrong(web, form, store) -> None:
    html = {"Accept": "text/html,application/xhtml+xml"}
    wrong = web.post(
        "/api/leads", data={"form": form, "name": "Rina", "language": "ru"}, headers=html
    )
    good = web.post("/api/leads", data=RINA | {"form": form, "language": "ru"}, headers=html)

    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 400
    assert 'value="Rina"' in text
    assert 'id="phone-below"' in text
    assert (good.status_code, good.location) == (303, f"/join/{form}/ru/thanks")
    assert count(Lead) == 1


@pytest.mark.parametrize("language", ["en", "bn", "ne", "ru"])
def test_hosted_page_speaks_four_languages_and_keeps_the_campaign(web, form, language) -> None:
    page = web.get(f"/join/{form}/{language}?utm_campaign=spring&utm_source=flyer")

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert f'<html lang="{language}"' in text
    assert '<input type="hidden" name="utm_campaign" value="spring">' in text
    assert web.get(f"/join/{form}/{language}/thanks").status_code == 200


def test_script_may_be_loaded_by_other_sites(web) -> None:
    with web.get("/lead-form.js") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert web.get("/sign-in").headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_letter_that_a_crash_left_unread_is_read_by_the_job(app, form, cast, store) -> None:
    kept = datetime(2026, 3, 6, 6, tzinfo=UTC)
    with time_machine.travel(kept, tick=False), unit_of_work():
        body = b'{"name":"Rina Das","phone":"01711000777"}'
        letters.keep(letters.Post(form, body, "application/json", "203.0.113.9"))

    with time_machine.travel(kept + timedelta(minutes=1), tick=False):
        outcomes = [
            read_letters(JobContext("read-form-letters", "1", kept)).done for _turn in range(2)
        ]

    lead = db.session.scalars(select(Lead)).one()
    assert (outcomes, lead.arrived_at) == ([1, 0], kept)


def test_manager_makes_a_form_and_reads_a_refused_letter_again(client_of, app, cast, web, store):
    max_ = client_of("Max")
    made = max_.post("/settings/forms/new", data={"name": "Poster", "phone": "required",
                                                  "email": "off", "asks_message": "1"})  # fmt: skip
    key = made.location.rsplit("/", 1)[-1]
    assert sent(web, key, {"name": "Rina", "phone": "12"}).status_code == 400
    letter = db.session.scalars(select(FormLetter.public_id)).one()

    page = max_.get(made.location).get_data(as_text=True)
    again = max_.post(f"/settings/forms/{key}/letters/{letter}/again")
    gone = max_.post(f"/settings/forms/{key}/letters/nothere/again")

    assert f"/join/{key}/en" in page
    assert "data-club-form=" in page
    assert (again.status_code, gone.status_code) == (303, 404)
    db.session.rollback()
    assert db.session.scalars(select(FormLetter.state)).one() == "waiting"
    assert client_of("Frank").get("/settings/forms").status_code == 403
