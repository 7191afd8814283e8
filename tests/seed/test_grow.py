import hashlib
import shutil
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from access_control.models import AccessEvent, EventStatus, Visit, VisitDay
from access_control.rules.codes import Code, Severity
from access_control.rules.decide import decide_again
from access_control.rules.facts import facts_from
from clubcrm import wiring
from clubcrm.app import create_app
from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import Model, db
from clubcrm.core.errors import DomainError
from clubcrm.core.lots import draw, draw_member
from clubcrm.journeys.models import Eligibility, MemberFacts, StageChange, Touchpoint
from clubcrm.journeys.rules.shares import CONTROL, ONE_QUESTION
from clubcrm.journeys.rules.stages import Stage
from clubcrm.people.merge_tables import DoublePair
from clubcrm.people.models import Person, StoredFile
from clubcrm.reports.models import AnalysisKind, AnalysisResult
from clubcrm.seed.grow import grow
from clubcrm.seed.touches import ASKED
from memberships.billing.models import Voucher, VoucherEntry, VoucherMove
from memberships.contracts.models import Contract
from memberships.contracts.renewal_tables import OfferState, RenewalOffer
from memberships.dunning.models import ChargeEvent, DebtCase, RecurringCharge
from memberships.dunning.rules import CaseState, ChargeState
from memberships.packages.models import PackageEntry, PackageLot, PackageSale
from memberships.packages.terms import Service
from memberships.schedule.unit_tables import BookingUnit
from tests.conftest import settings_for
from tests.seed.conftest import ORDER, SUNDAY_NOON, silent


def test_every_table_has_rows(grown: dict[str, int]) -> None:
    empty = [
        table.name
        for table in Model.metadata.sorted_tables
        if not db.session.scalar(select(func.count()).select_from(table))
    ]

    assert empty == []


def test_counts_told_are_the_rows_written(grown: dict[str, int]) -> None:
    # Who stands in the books twice is one member, and a record without a name is nobody.
    twice = select(DoublePair.other_id)
    members = select(func.count(Person.id)).where(
        Person.source.not_in(("counter", "lead")),
        Person.sort_name != "",
        Person.id.not_in(twice),
    )
    assert grown["members"] == db.session.scalar(members) == 140
    assert grown["contracts"] == db.session.scalar(select(func.count(Contract.id)))
    assert grown["visits"] == db.session.scalar(select(func.count(Visit.id)))
    assert grown["scans"] >= db.session.scalar(select(func.count(AccessEvent.id)))


def test_invariants_hold_on_grown_club(grown: dict[str, int]) -> None:
    assert {name: check() for name, check in wiring.INVARIANTS.items() if check()} == {}


def test_units_left_are_the_sum_of_their_lines(grown: dict[str, int]) -> None:
    sums = dict(
        db.session.execute(
            select(PackageEntry.lot_id, func.sum(PackageEntry.delta)).group_by(PackageEntry.lot_id)
        ).all()
    )

    lots = dict(db.session.execute(select(PackageLot.id, PackageLot.remaining)).all())
    assert lots == sums
    assert min(lots.values()) >= 0


def test_each_drawn_unit_names_one_visit(grown: dict[str, int]) -> None:
    drawn = db.session.scalars(
        select(PackageEntry.source_id).where(PackageEntry.source_kind == "visit")
    ).all()
    paying = db.session.scalars(select(Visit.public_id).where(Visit.units == 1)).all()

    assert sorted(drawn) == sorted(paying)
    assert drawn


def test_visit_days_are_the_club_days_of_visits(grown: dict[str, int]) -> None:
    zones = dict(db.session.execute(select(Club.id, Club.zone)).all())
    counted = Counter(
        (visit.person_id, clock.visit_day(visit.entered_at, zones[visit.club_id]))
        for visit in db.session.scalars(select(Visit))
    )

    rolled = db.session.execute(select(VisitDay.person_id, VisitDay.day, VisitDay.visits)).all()
    assert {(person, day): visits for person, day, visits in rolled} == counted


def test_visits_name_an_admitted_entry_of_their_own(grown: dict[str, int]) -> None:
    rows = db.session.execute(
        select(Visit, AccessEvent).join(AccessEvent, AccessEvent.id == Visit.entry_event_id)
    ).all()

    assert len(rows) == grown["visits"]
    refused = [event for _, event in rows if event.decision is Severity.DENY]
    assert {event.status for event in refused} <= {EventStatus.UNMATCHED}
    assert all(visit.entered_at == event.at for visit, event in rows)


def test_every_decision_replays_from_its_inputs(grown: dict[str, int]) -> None:
    told_otherwise = []
    for event in db.session.scalars(select(AccessEvent)):
        again = decide_again(event.rule_version, facts_from(event.inputs))
        answer = (again.verdict, again.code, [note.code.value for note in again.notes])
        if answer != (event.decision, event.code, event.notes):
            told_otherwise.append((event.id, answer, event.decision, event.code, event.notes))

    assert told_otherwise == []


def test_refusals_of_many_kinds_happen(grown: dict[str, int]) -> None:
    codes = Counter(db.session.scalars(select(AccessEvent.code)))

    assert {Code.OK, Code.EXIT, Code.UNKNOWN_CARD, Code.EXPIRED} <= codes.keys()
    assert len(codes) >= 9
    assert codes[Code.OK] > grown["scans"] / 4


def test_audit_chain_of_grown_club_verifies(grown: dict[str, int]) -> None:
    assert list(audit.verify()) == []


def test_foreign_keys_of_grown_club_are_clean(grown: dict[str, int]) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_store_goes_on_counting_behind_grown_rows(app: Flask, grown: dict[str, int]) -> None:
    db.session.remove()
    last = db.session.scalar(select(func.max(Person.id))) or 0
    club_id = db.session.scalar(select(func.min(Club.id)))
    db.session.remove()
    with db.engine.connect().execution_options(write=True) as connection:
        given = connection.execute(
            text(
                "INSERT INTO person (public_id, club_id, given_name, family_name, search_text,"
                " sort_name, desk_note, do_not_contact, source, created_at, changed_at, version)"
                " VALUES ('x', :club, 'Mia', '', '', '', '', :no, 'desk', :at, :at, 1)"
                " RETURNING id"
            ),
            {"club": club_id, "no": False, "at": "2026-11-22 12:00:00"},
        ).scalar()

    assert given == last + 1


def test_history_is_lived_in(grown: dict[str, int]) -> None:
    visits = db.session.scalars(select(Visit)).all()
    berlin = db.session.scalars(select(Club).where(Club.zone == "Europe/Berlin")).one()
    late = [
        visit
        for visit in visits
        if visit.entered_at.astimezone(ZoneInfo("Asia/Dhaka")).hour < 4
        and visit.club_id != berlin.id
    ]
    months = Counter(visit.entered_at.month for visit in visits)
    names = "".join(db.session.scalars(select(Person.given_name)))
    never = db.session.scalar(select(func.count()).where(MemberFacts.visits == 0))

    assert late, "night owls pass after midnight"
    assert months[1] > months[7], "January is fuller than July"
    assert any("ঀ" <= letter <= "৿" for letter in names), "Bengali names"
    assert any("ऀ" <= letter <= "ॿ" for letter in names), "Devanagari names"
    assert any("а" <= letter <= "я" for letter in names), "Cyrillic names"
    assert never, "newcomers who never came"
    assert max(visit.entered_at for visit in visits) > SUNDAY_NOON - timedelta(days=2)
    assert any(visit.left_at is None for visit in visits), "somebody is inside now"


def test_stages_have_a_history_in_which_each_change_is_one(grown: dict[str, int]) -> None:
    rows = db.session.execute(
        select(StageChange.person_id, StageChange.day, StageChange.stage).order_by(
            StageChange.person_id, StageChange.day
        )
    ).all()

    assert len({day for _, day, _ in rows}) >= 12, "weeks and months, not only the last night"
    assert {stage for *_, stage in rows} >= {Stage.ADAPTATION, Stage.ACTIVE, Stage.LOST}
    same = [
        (one, other) for one, other in pairwise(rows) if one[0] == other[0] and one[2] is other[2]
    ]
    assert same == []


def test_survival_curves_and_forecasts_stand_before_the_first_night(
    grown: dict[str, int],
) -> None:
    kinds = Counter(db.session.scalars(select(AnalysisResult.kind)))

    assert kinds[AnalysisKind.FORECAST] == ORDER.clubs
    assert kinds[AnalysisKind.SURVIVAL] >= 1


def test_each_picture_lies_in_the_data_folder(data_folder: Path, grown: dict[str, int]) -> None:
    kept = db.session.execute(select(StoredFile.path, StoredFile.sha256)).all()

    assert len(kept) > 60
    for path, fingerprint in kept:
        assert hashlib.sha256((data_folder / path).read_bytes()).hexdigest() == fingerprint


def test_full_store_is_not_seeded_again(app: Flask, grown: dict[str, int]) -> None:
    db.session.remove()
    with pytest.raises(DomainError, match="NOT_EMPTY"):
        grow(ORDER, app.extensions["club_settings"].data_dir, silent)


def test_same_order_gives_the_same_content(sqlite_template: Path, tmp_path: Path) -> None:
    prints = []
    for copy, workers in (("alone", 1), ("again", 1), ("together", 2)):
        path = tmp_path / f"{copy}.sqlite3"
        shutil.copyfile(sqlite_template, path)
        app = create_app(settings_for(f"sqlite:///{path}", tmp_path / copy))
        with app.app_context():
            grow(ORDER, tmp_path / copy, silent, workers)
            prints.append(_fingerprints())
            db.session.remove()
            db.engine.dispose()

    alone, again, together = prints
    assert alone == again
    assert alone == together, "several workers tell the same history"
    assert len(set(alone.values())) == len(alone), "every table says something of its own"


def _fingerprints() -> dict[str, str]:
    found = {}
    for table in Model.metadata.sorted_tables:
        rows = db.session.execute(select(table).order_by(*table.primary_key.columns)).all()
        found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def test_a_small_club_has_failed_charges_debtors_and_classes_paid_with_units(
    grown: dict[str, int],
) -> None:
    counts = {
        "failing": select(func.count()).where(RecurringCharge.state == ChargeState.FAILING),
        "tries": select(func.count(ChargeEvent.id)).where(ChargeEvent.outcome == "failed"),
        "behind": select(func.count()).where(DebtCase.state == CaseState.OPEN),
        "paid with units": select(func.count()).where(BookingUnit.drawn > BookingUnit.returned),
        "returned": select(func.count()).where(BookingUnit.returned > 0),
    }

    found = {name: db.session.scalar(asked) or 0 for name, asked in counts.items()}

    assert {name for name, many in found.items() if not many} == set()
    assert found["paid with units"] >= 20


def test_who_was_left_alone_was_drawn_by_the_clubs_own_lot(grown: dict[str, int]) -> None:
    rows = db.session.scalars(
        select(Eligibility).where(Eligibility.code.in_([code.value for code in ASKED]))
    ).all()

    told = {one.id: (one.arm, one.is_control) for one in rows}
    drawn = {}
    for one in rows:
        control = draw_member("club", one.person_id) < CONTROL
        held = draw("club", one.code, one.person_id, one.cycle_no) < ONE_QUESTION
        drawn[one.id] = ("H" if control or held else "T", control)
    assert told == drawn
    assert {arm for arm, _control in told.values()} == {"T", "H"}


def test_contacts_of_the_history_keep_their_distance(grown: dict[str, int]) -> None:
    days: dict[int, list[int]] = {}
    for person, day in db.session.execute(
        select(Touchpoint.person_id, Touchpoint.planned_on).where(
            Touchpoint.code.in_([code.value for code in ASKED])
        )
    ):
        days.setdefault(person, []).append(day.toordinal())

    gaps = [b - a for one in days.values() for a, b in pairwise(sorted(one))]
    assert min(gaps) >= 5


def test_offers_vouchers_and_packages_stand_in_each_state(grown: dict[str, int]) -> None:
    offers = set(db.session.scalars(select(RenewalOffer.state)))
    today = ORDER.last_day
    ran_out = db.session.scalar(
        select(func.count()).where(
            RenewalOffer.state == OfferState.OPEN, RenewalOffer.expires_on < today
        )
    )
    lapsed = db.session.scalars(
        select(VoucherEntry.voucher_id).where(VoucherEntry.kind == VoucherMove.EXPIRE)
    ).all()
    left = db.session.scalars(select(Voucher.remaining_minor).where(Voucher.id.in_(lapsed))).all()
    trained = (
        select(PackageSale.invoice_id)
        .join(PackageLot, PackageLot.id == PackageSale.lot_id)
        .where(PackageSale.price_minor > 0, PackageLot.service != Service.SMALL_GROUP.value)
    )
    invoices = db.session.scalars(trained).all()

    assert offers == set(OfferState)
    assert ran_out
    assert set(left) == {0}
    assert invoices
    assert None not in invoices
