"""Medical certificates: handed in by the desk, opened by two roles only, followed by the gate."""

import json
from datetime import date
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select

from access_control.api import set_strictness
from access_control.rules.codes import Code
from clubcrm.core.audit import AuditLine
from clubcrm.core.clock import now
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from memberships.blocks.queries import blocks_of
from memberships.blocks.rules import BlockOwner
from memberships.jobs import settle_papers
from memberships.waivers.medical import CertificateDraft, add_certificate, file_of
from memberships.waivers.models import MedicalCertificate
from memberships.waivers.rules import LARGEST_FILE, MedicalRules, Mode
from memberships.waivers.services import save_medical_rules
from tests.cast import STAFF
from tests.memberships.conftest import YEAR, make_contract

TODAY = date(2026, 11, 22)
PDF = b"%PDF-1.7 cardiology: the-secret-finding"
OPENERS = {"Olga", "Max"}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False):
        yield


def hand_in(client_of, cast, *, until: str = "2026-12-01", content: bytes = PDF, by: str = "Frank"):
    typed = {"valid_until": until, "note": "the-secret-note"}
    if content:
        typed["file"] = (BytesIO(content), "../../evil.html")
    return client_of(by).post(f"/members/{cast.public['Mia']}/medical", data=typed)


def kept(app) -> MedicalCertificate:
    with app.app_context(), unit_of_work(write=False) as session:
        row = session.query(MedicalCertificate).one()
        session.expunge(row)
        return row


def ask(app, cast, rules: MedicalRules) -> None:
    with app.app_context(), unit_of_work():
        save_medical_rules(cast.club, rules, by="user:1")


def blocks(app, cast) -> list[date]:
    """Return the first days of the medical blocks that stand on Mia."""
    with app.app_context(), unit_of_work(write=False):
        return [
            one.from_on
            for one in blocks_of(cast.members["Mia"])
            if one.owner is BlockOwner.MEDICAL and one.lifted_at is None
        ]


def file_address(cast, public_id: str) -> str:
    return f"/members/{cast.public['Mia']}/medical/{public_id}/file"


def test_the_file_lies_outside_the_code_under_a_name_of_ours(client_of, app, cast):
    assert hand_in(client_of, cast).status_code == 303

    row = kept(app)
    assert (row.media_type, row.size_bytes) == ("application/pdf", len(PDF))
    assert row.path == f"medical/{row.public_id[:2]}/{row.public_id}.pdf"
    with app.app_context():
        path = file_of(row.path)
    assert path.read_bytes() == PDF
    assert path.stat().st_mode & 0o077 == 0


def test_the_file_is_a_download_that_no_browser_runs(client_of, app, cast):
    hand_in(client_of, cast)

    answer = client_of("Max").get(file_address(cast, kept(app).public_id))

    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="certificate.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", STAFF)
def test_exactly_two_roles_open_files_and_notes_on_pages_and_by_program(client_of, app, cast, name):
    hand_in(client_of, cast)
    mia, public_id = cast.public["Mia"], kept(app).public_id
    client = client_of(name)

    doors = [
        client.get(file_address(cast, public_id)),
        client.get(f"/api/v1/members/{mia}/medical"),
        client.get(f"/api/v1/members/{mia}/medical/{public_id}/file"),
    ]
    pages = [
        client.get(address)
        for address in (
            f"/members/{mia}",
            f"/members/{mia}/medical",
            f"/members/{mia}/papers",
            f"/members/{mia}/waiver",
            "/members/papers-due?about=medical",
            f"/api/v1/members/{mia}",
            f"/api/v1/members/{mia}/timeline",
            f"/api/v1/members/{mia}/blocks",
        )
    ]

    may = name in OPENERS
    assert {one.status_code for one in doors} == ({200} if may else {403})
    texts = "".join(one.text for one in [*doors, *pages])
    assert ("the-secret-note" in texts) is may
    assert ("the-secret-finding" in texts) is may


def test_each_opening_is_written_down_and_a_refused_one_is_not(client_of, app, cast):
    hand_in(client_of, cast)
    public_id = kept(app).public_id
    client_of("Frank").get(file_address(cast, public_id))
    client_of("Max").get(file_address(cast, public_id))
    client_of("Olga").get(f"/api/v1/members/{cast.public['Mia']}/medical/{public_id}/file")

    with app.app_context(), unit_of_work(write=False) as session:
        opened = select(AuditLine).filter_by(action="medical.opened").order_by(AuditLine.id)
        lines = session.scalars(opened).all()
        assert [line.actor for line in lines] == [
            f"user:{cast.users['Max']}",
            f"user:{cast.users['Olga']}",
        ]
        told = json.dumps([[one.before, one.after] for one in session.query(AuditLine)])
        assert "the-secret-note" not in told


@pytest.mark.parametrize(
    ("until", "content", "sentence"),
    [
        ("2026-12-01", b"<html><script>alert(1)</script>", "This is not a PDF, JPEG or PNG file."),
        ("2026-11-21", PDF, "Expected a day from today on, within ten years."),
        ("soon", PDF, "Expected a day."),
    ],
)
def test_a_wrong_certificate_leaves_neither_row_nor_file(
    client_of, app, cast, until, content, sentence
):
    answer = hand_in(client_of, cast, until=until, content=content)

    assert answer.status_code == 400
    assert sentence in answer.text
    assert "the-secret-note" in answer.text
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(MedicalCertificate).count() == 0
        folder = file_of("medical")
        assert not folder.exists() or not [one for one in folder.rglob("*") if one.is_file()]


def test_a_file_of_more_than_eight_megabytes_is_refused(app, cast):
    draft = CertificateDraft(cast.members["Mia"], TODAY, content=PDF + b"x" * LARGEST_FILE)

    with app.app_context(), pytest.raises(DomainError) as refused:
        add_certificate(draft, by="user:4")

    assert refused.value.fields[0].message == "A file may have at most 8 MB."


def test_a_removed_certificate_takes_its_file_and_note_along(client_of, app, cast):
    hand_in(client_of, cast)
    row = kept(app)

    answer = client_of("Max").post(f"/members/{cast.public['Mia']}/medical/{row.public_id}/remove")

    assert answer.status_code == 303
    after = kept(app)
    assert (after.note, after.path) == ("", "")
    with app.app_context():
        assert not file_of(row.path).exists()
    assert client_of("Max").get(file_address(cast, row.public_id)).status_code == 404


def test_the_block_stands_ahead_so_that_the_gate_mentions_it_in_time(client_of, app, cast):
    ask(app, cast, MedicalRules(Mode.BLOCK))

    hand_in(client_of, cast, until="2026-12-01")
    assert blocks(app, cast) == [date(2026, 12, 2)]
    hand_in(client_of, cast, until="2027-06-30")

    assert blocks(app, cast) == [date(2027, 7, 1)]


@pytest.mark.parametrize(
    ("day", "code", "decision"),
    [
        ("2026-11-16", "", "allow"),
        ("2026-11-18", "MEDICAL_14D", "warn"),
        ("2026-12-01", "MEDICAL_14D", "warn"),
        ("2026-12-02", "MEDICAL_EXPIRED", "deny"),
    ],
)
def test_the_gate_warns_14_days_before_and_stops_after_the_last_day(
    client_of, app, cast, day, code, decision
):
    ask(app, cast, MedicalRules(Mode.BLOCK))
    with time_machine.travel("2026-11-15T06:00Z", tick=False):
        with app.app_context(), unit_of_work():
            make_contract(cast, YEAR, starts_on=date(2026, 11, 15))
            set_strictness(cast.club, Code.NO_PHOTO.value, "allow", by="user:1")
        hand_in(client_of, cast, until="2026-12-01")
    mia = cast.public["Mia"]

    with time_machine.travel(f"{day}T06:00Z", tick=False):
        frank = client_of("Frank")
        frank.post(f"/desk/people/{mia}/check-in")
        events = frank.get(f"/api/v1/access/events?member={mia}").get_json()["items"]

    assert events[0]["decision"] == decision
    if code:
        assert events[0]["code"] == Code(code).value
    else:
        assert not events[0]["code"].startswith("MEDICAL")


def test_the_night_asks_everybody_where_the_club_wants_it(app, cast):
    with app.app_context(), unit_of_work():
        make_contract(cast, YEAR, starts_on=TODAY)
    ask(app, cast, MedicalRules(Mode.WARN, everyone=True))

    with app.app_context():
        context = JobContext("settle-papers", "slot", now(), cast.club, TODAY)
        assert settle_papers(context).done == 1
        assert settle_papers(context).done == 0

    assert blocks(app, cast) == [TODAY]
