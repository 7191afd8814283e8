"""What follows a contact, and what did not happen without one, becomes a finding by the night."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from clubcrm.cli.main import group
from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.models import Eligibility
from clubcrm.people.models import Channel, Consent, Purpose
from clubcrm.reports.effect_tables import EffectRun, TouchEffect, TouchOutcome
from clubcrm.reports.findings import find_out
from clubcrm.reports.models import RenewalDue
from clubcrm.reports.outcomes import follow
from clubcrm.reports.rolling_up import roll_up
from clubcrm.reports.rules.dues import Fate
from memberships.contracts.handover_tables import Family, FamilyMember
from memberships.contracts.models import Contract
from memberships.contracts.rules import PlanKind
from tests.cast import make_member
from tests.journeys.life import came, make_plan, sign
from tests.reports.simulated import Truth, club

START, DAY, END = date(2026, 1, 1), date(2026, 3, 2), date(2026, 3, 31)


def eligible(person, club_id, contract, code="J06a", **more):
    row = Eligibility(
        **{
            "club_id": club_id,
            "person_id": person,
            "contract_id": contract,
            "cycle_no": 1,
            "code": code,
            "occurrence": 1,
            "arm": "T",
            "share": 0.2,
            "eligible_on": DAY,
            "eligible_at": datetime.combine(DAY, time(4, 30), UTC),
            "pre28": 6,
            "term_days": 90,
            **more,
        }
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def pay_for(*contracts):
    db.session.execute(update(Contract).where(Contract.id.in_(contracts)).values(price_minor=9000))


def settled(app, cast, today):
    with app.app_context():
        roll_up(unit_of_work, cast.club, today)
        follow(unit_of_work, cast.club, today)
        with unit_of_work(write=False) as session:
            rows = session.execute(select(*TouchOutcome.__table__.columns)).all()
            return {row.eligibility_id: row for row in rows}


def test_a_visit_within_fourteen_days_counts_and_one_later_does_not(app, cast):
    with app.app_context(), unit_of_work():
        mia, ray = cast.members["Mia"], make_member("Ray", club=cast.club).id
        contracts = [sign(one, cast.club, START, END) for one in (mia, ray)]
        soon = eligible(mia, cast.club, contracts[0])
        late = eligible(ray, cast.club, contracts[1], arm="H")
        came(mia, cast.club, [DAY + timedelta(days=13)])
        came(ray, cast.club, [DAY + timedelta(days=14)])

    rows = settled(app, cast, DAY + timedelta(days=10))
    assert (rows[soon].value, rows[late].value) == (None, None)

    rows = settled(app, cast, DAY + timedelta(days=20))
    assert (rows[soon].value, rows[late].value) == (1, 0)


def test_visits_of_the_next_28_days_are_counted(app, cast):
    with app.app_context(), unit_of_work():
        mia = cast.members["Mia"]
        seen = eligible(mia, cast.club, sign(mia, cast.club, START, END), code="J07")
        came(mia, cast.club, [DAY + timedelta(days=n) for n in (0, 1, 5, 28, 29)])

    rows = settled(app, cast, DAY + timedelta(days=40))

    assert rows[seen].value == 3


def test_renewal_is_told_fourteen_days_after_the_end_and_never_before(app, cast):
    with app.app_context(), unit_of_work():
        mia, ray = cast.members["Mia"], make_member("Ray", club=cast.club).id
        version = make_plan(cast.club)
        first, second = (sign(one, cast.club, START, END, version) for one in (mia, ray))
        on_time = sign(mia, cast.club, END + timedelta(days=14), END + timedelta(days=99), version)
        too_late = sign(ray, cast.club, END + timedelta(days=15), None, version)
        pay_for(first, second, on_time, too_late)
        ids = [eligible(mia, cast.club, first), eligible(ray, cast.club, second, arm="H")]

    rows = settled(app, cast, END + timedelta(days=14))
    assert [rows[one].renewed for one in ids] == [None, None]

    rows = settled(app, cast, END + timedelta(days=15))
    assert [rows[one].renewed for one in ids] == [True, False]
    assert [rows[one].told_on for one in ids] == [END, END]


def test_a_rolling_contract_is_judged_at_the_end_of_its_year_alone(app, cast):
    with app.app_context(), unit_of_work():
        mia, ray = cast.members["Mia"], make_member("Ray", club=cast.club).id
        version = make_plan(cast.club, PlanKind.RECURRING)
        stays = sign(mia, cast.club, START, None, version)
        leaves = sign(ray, cast.club, START, date(2026, 5, 1), version)
        pay_for(stays, leaves)
        ids = [eligible(mia, cast.club, stays), eligible(ray, cast.club, leaves)]

    rows = settled(app, cast, date(2026, 6, 1))
    assert [rows[one].renewed for one in ids] == [None, None]

    rows = settled(app, cast, date(2027, 2, 1))
    assert [rows[one].due_on for one in ids] == [date(2026, 12, 31)] * 2
    assert [rows[one].renewed for one in ids] == [True, False]


def test_finding_and_renewal_report_agree_also_where_a_family_or_a_gift_follows(app, cast):
    with app.app_context(), unit_of_work():
        mia, ray, kim = cast.members["Mia"], *(make_member(n, club=cast.club).id for n in "RK")
        version = make_plan(cast.club)
        paid = [sign(one, cast.club, START, END, version) for one in (mia, ray, kim)]
        mothers = sign(kim, cast.club, END + timedelta(days=3), None, version)
        gift = sign(ray, cast.club, END + timedelta(days=1), END + timedelta(days=9), version)
        pay_for(*paid, mothers)
        family = Family(club_id=cast.club, holder_id=kim, payer_id=kim, made_by="user:1")
        db.session.add(family)
        db.session.flush()
        for person, contract in ((mia, paid[0]), (kim, paid[2])):
            db.session.add(
                FamilyMember(
                    family_id=family.id, contract_id=contract, person_id=person, joined_on=START
                )
            )
        ids = [eligible(p, cast.club, c) for p, c in zip((mia, ray, kim), paid, strict=True)]
        assert gift not in paid

    rows = settled(app, cast, END + timedelta(days=40))
    with app.app_context(), unit_of_work(write=False) as session:
        fates = dict(session.execute(select(RenewalDue.contract_id, RenewalDue.fate)).all())

    assert [rows[one].renewed for one in ids] == [
        fates[contract] is Fate.RENEWED for contract in paid
    ]
    assert [rows[one].renewed for one in ids] == [True, False, True]


def test_an_end_moved_by_a_freeze_is_waited_for(app, cast):
    with app.app_context(), unit_of_work():
        mia = cast.members["Mia"]
        contract = sign(mia, cast.club, START, END)
        seen = eligible(mia, cast.club, contract)
    settled(app, cast, DAY)
    with app.app_context(), unit_of_work() as session:
        session.get_one(Contract, contract).ends_on = END + timedelta(days=30)

    rows = settled(app, cast, END + timedelta(days=20))

    assert (rows[seen].due_on, rows[seen].renewed) == (END + timedelta(days=30), None)


def test_only_the_first_time_of_a_cycle_is_compared_and_opt_outs_are_kept(app, cast):
    with app.app_context(), unit_of_work():
        mia = cast.members["Mia"]
        contract = sign(mia, cast.club, START, END)
        first = eligible(mia, cast.club, contract)
        second = eligible(mia, cast.club, contract, occurrence=2)
        db.session.add(
            Consent(
                person_id=mia,
                channel=Channel.EMAIL,
                purpose=Purpose.MARKETING,
                given=False,
                text_version="1",
                source="link",
                by="member",
                at=datetime.combine(DAY + timedelta(days=3), time(9), UTC),
            )
        )

    rows = settled(app, cast, DAY + timedelta(days=29))

    assert [rows[one].is_first for one in (first, second)] == [True, False]
    assert (rows[first].opted_out, rows[first].complained, rows[first].delivered) == (
        True,
        False,
        False,
    )


@pytest.fixture
def club_of_sixty(app, cast):
    """Sixty members were silent, a third was held out; of the others more came back."""
    with app.app_context(), unit_of_work():
        for number in range(60):
            person = make_member(f"Member {number}", club=cast.club).id
            contract = sign(person, cast.club, START, END)
            pay_for(contract)
            held = number % 3 == 0
            eligible(person, cast.club, contract, arm="H" if held else "T", share=1 / 3)
            if not held or number % 2:
                came(person, cast.club, [DAY + timedelta(days=5)])


def test_the_night_tells_a_finding_and_the_same_night_tells_it_once(app, cast, club_of_sixty):
    with app.app_context():
        for _ in range(2):
            roll_up(unit_of_work, cast.club, date(2026, 5, 4))
            find_out(unit_of_work, cast.club, date(2026, 5, 4))
        with unit_of_work(write=False) as session:
            runs = session.execute(select(EffectRun.period, EffectRun.rows)).all()
            figures = session.scalars(
                select(TouchEffect.figures)
                .join(EffectRun, EffectRun.id == TouchEffect.run_id)
                .where(TouchEffect.code == "J06a", EffectRun.period == "live")
            ).one()

    assert sorted(runs) == [("2026Q1", 120), ("live", 120)]  # by its code, and by the programme
    own = figures["primary"]
    assert (own["hits"], own["sizes"]) == ([40, 10], [40, 20])
    assert (own["verdict_fixed"], own["verdict_live"]) == ("works", "unknown")
    assert own["fixed"][0] > 0 > own["live"][0]
    assert figures["renewal"]["verdict_live"] == "unknown"
    assert figures["advice"] == "wait"
    assert figures["split"]["alarm"] is False


def test_a_closed_quarter_stays_as_it_was_told(app, cast, club_of_sixty):
    with app.app_context():
        find_out(unit_of_work, cast.club, date(2026, 5, 4))
        kept = quarter_text()
        with unit_of_work() as session:
            session.execute(update(TouchOutcome).values(value=0))
        find_out(unit_of_work, cast.club, date(2026, 5, 5))

        assert quarter_text() == kept


def quarter_text():
    with unit_of_work(write=False) as session:
        return json.dumps(
            list(
                session.scalars(
                    select(TouchEffect.figures)
                    .join(EffectRun, EffectRun.id == TouchEffect.run_id)
                    .where(EffectRun.period == "2026Q1")
                    .order_by(TouchEffect.code)
                )
            )
        )


def test_anybody_can_check_the_estimator_on_a_file(app, tmp_path):
    table = club(9, Truth(members=400, held_share=0.5, renewal=0.3))["touchpoints"]["J00"]
    lines = ["member,touchpoint,arm,pre28,post28,renewed"]
    for row in zip(*(table[name] for name in COLUMNS), strict=True):
        person, treated, before, after, renewed = row
        lines.append(f"m{person},J12,{'T' if treated else 'H'},{before},{after},{renewed}")
    source = tmp_path / "trial.csv"
    source.write_text("\n".join(lines))

    done = app.test_cli_runner().invoke(
        group, ["journeys", "results", "--from", str(source), "--json"]
    )

    found = json.loads(done.output)["touchpoints"]["J12"]
    assert found["renewal"]["verdict_fixed"] == "works"
    assert found["primary"]["kind"] == "visits"
    assert sum(found["renewal"]["sizes"]) == len(lines) - 1


HEAD = "member,touchpoint,arm,pre28,post28,renewed\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("member,arm\n1,T", "Row 1 lacks the columns touchpoint"),
        (f"{HEAD}1,J06,X,1,2,1", "Row 2, column arm: 'X' is not"),
        (f"{HEAD}1,J06,T,many,2,1", "Row 2, column pre28: 'many' is not"),
        (f"{HEAD}1,J06,T,1,2,1\n\n2,J06,H,1,-1,1", "Row 4, column post28: '-1' is not"),
        (f"{HEAD}1,J06,T,nan,2,1", "Row 2, column pre28: 'nan' is not"),
        (f"{HEAD}1,J06,H,1,2,maybe", "Row 2, column renewed: 'maybe' is not"),
        (f"{HEAD},J06,H,1,2,1", "Row 2, column member: '' is not"),
        (f"{HEAD}1,,H,1,2,1", "Row 2, column touchpoint: '' is not"),
        (f"{HEAD}1,J06,X,1,2,1\n2,J06,T,1,2,?", "Row 3, column renewed: '?' is not"),
        (HEAD, "no rows"),
        ("", "Row 1 lacks the columns member"),
    ],
)
def test_a_file_that_is_not_right_names_every_cell_that_is_wrong(app, tmp_path, text, said):
    source = tmp_path / "trial.csv"
    source.write_text(text)

    done = app.test_cli_runner().invoke(group, ["journeys", "results", "--from", str(source)])

    assert done.exit_code == 1
    assert said in done.output


def test_a_file_of_hundreds_of_wrong_rows_names_the_first_and_counts_the_others(app, tmp_path):
    source = tmp_path / "trial.csv"
    source.write_text(HEAD + "1,J06,X,1,2,1\n" * 25)

    done = app.test_cli_runner().invoke(group, ["journeys", "results", "--from", str(source)])

    assert "Row 21, column arm" in done.output
    assert "Row 22" not in done.output
    assert "5 more rows" in done.output


@pytest.mark.parametrize(
    "content",
    [
        "Member; Touchpoint;ARM;pre28;post28;Renewed\nJérôme;J06;t;3;4;yes\nb;J06;H;3\n".encode(
            "cp1252"
        ),
        f"{HEAD}a,J06,T,3,4,1\nb,J06,H,3\n".encode("utf-16"),
    ],
)
def test_a_file_as_spreadsheets_of_any_country_save_it_is_read(app, tmp_path, content):
    """A row that ends early is not known yet: it is no fault."""
    source = tmp_path / "trial.csv"
    source.write_bytes(content)

    done = app.test_cli_runner().invoke(
        group, ["journeys", "results", "--from", str(source), "--json"]
    )

    found = json.loads(done.output)["touchpoints"]["J06"]
    assert (found["renewal"]["sizes"], found["primary"]["sizes"]) == ([1, 0], [1, 0])


COLUMNS = ("person", "treated", "before", "primary", "renewed")
