"""The reports on leads: every number opens its people, and the list is as long as it says."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.leads.models import Inquiry, Lead, LeadSource
from clubcrm.leads.rules.stages import ArrivalChannel, InquiryState, LeadStage
from clubcrm.leads.targets import set_target
from clubcrm.reports.answering import answers_of
from clubcrm.reports.funnel import LeadLens, LeadsBy, Step, funnel_of, total_of
from clubcrm.reports.kpis import kpis_of
from clubcrm.reports.lead_costs import source_costs, whole_cost
from clubcrm.reports.pipeline import pipeline_of
from memberships.billing.models import Payment
from memberships.billing.orders import Tender
from tests.cast import Cast, make_member

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)
TODAY = date(2026, 6, 15)
LINKS = re.compile(r'href="(/reports/leads/people[^"]*)">([\d,]+)</a>')
LONG_WAY = ("first_attempt_at", "reached_at", "booked_at", "attended_at", "won_at")
# Who came how far: the first four tried, then reached, and so on; two of ten join.
FAR = (5, 5, 4, 4, 3, 3, 2, 1, 1, 0)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def leads(app, cast: Cast) -> None:
    """Ten leads in each of five months, half from Google; Sara has the even ones."""
    with app.app_context(), unit_of_work() as session:
        google = LeadSource(club_id=cast.club, name="Google", spend_channel="google")
        session.add(google)
        session.flush()
        for month in range(1, 6):
            for number, far in enumerate(FAR):
                # 20:00 UTC of the last day before is already the first of the month in Dhaka.
                arrived = datetime(2026, month, 1, tzinfo=UTC) + timedelta(
                    days=2 * number, hours=-4
                )
                add_lead(cast, arrived, far, google.id if number % 2 == 0 else None,
                         cast.users["Sara"] if number % 2 == 0 else None)  # fmt: skip
        session.add(
            Inquiry(club_id=cast.club, state=InquiryState.WAITING, channel=ArrivalChannel.EMAIL,
                    name="Nobody yet", arrived_at=NOW - timedelta(days=40))
        )  # fmt: skip


def add_lead(
    cast: Cast, arrived: datetime, far: int, source: int | None, owner: int | None
) -> Lead:
    """Somebody asked and came so far: tried, reached, booked, came, joined, a day for each."""
    person = make_member("Lead", arrived.isoformat(), club=cast.club)
    states = (LeadStage.NEW, LeadStage.NEW, LeadStage.CONTACTED, LeadStage.BOOKED,
              LeadStage.ATTENDED, LeadStage.WON)  # fmt: skip
    lead = Lead(
        club_id=cast.club, person_id=person.id, state=states[far], channel=ArrivalChannel.FORM,
        source_id=source, owner_id=owner, campaign="spring" if source else "", currency="BDT",
        value_minor=1_000_000, arrived_at=arrived, answer_by=arrived + timedelta(minutes=15),
        created_by="user:1",
    )  # fmt: skip
    for place, name in enumerate(LONG_WAY[:far]):
        setattr(lead, name, arrived + timedelta(minutes=10) + timedelta(days=place))
    if far:
        lead.first_attempt_minutes = 10 * far
        if far % 2:
            lead.first_attempt_at = arrived + timedelta(minutes=20)
    db.session.add(lead)
    db.session.flush()
    db.session.add(
        Inquiry(club_id=cast.club, state=InquiryState.ACCEPTED, channel=ArrivalChannel.FORM,
                name="Lead", arrived_at=arrived, person_id=person.id, lead_id=lead.id,
                source_id=source)
    )  # fmt: skip
    return lead


def lens(cast: Cast, **more: str) -> LeadLens:
    return LeadLens((cast.club,), "Asia/Dhaka", date(2026, 1, 1), date(2026, 6, 1), **more)


@pytest.fixture
def here(app):
    with app.app_context(), unit_of_work() as session:
        yield session


def test_seven_numbers_by_the_clubs_own_month(leads, here, cast) -> None:
    lines = funnel_of(lens(cast), LeadsBy.MONTH)
    january, whole = lines[0], total_of(lines)

    assert [january.numbers[step] for step in Step] == [10, 10, 9, 7, 6, 4, 2]
    assert [whole.numbers[step] for step in Step] == [51, 50, 45, 35, 30, 20, 10]
    assert (whole.rate(Step.LEADS).made, whole.rate(Step.LEADS).out_of) == (50, 51)
    assert whole.rate(Step.REACHED).share == pytest.approx(35 / 45)
    assert whole.whole.share == pytest.approx(0.2)
    assert lines[-1].numbers[Step.LEADS] == 0


@pytest.mark.parametrize("by", [LeadsBy.SOURCE, LeadsBy.SELLER, LeadsBy.CAMPAIGN, LeadsBy.CHANNEL])
def test_groups_add_up_to_the_whole(leads, here, cast, by) -> None:
    whole = total_of(funnel_of(lens(cast), LeadsBy.MONTH)).numbers
    lines = funnel_of(lens(cast), by)

    assert total_of(lines).numbers == whole
    if by is LeadsBy.SELLER:
        sara = next(one for one in lines if one.name == "Sara")
        assert sara.numbers[Step.LEADS] == 25


@pytest.mark.parametrize(
    "page",
    ["/reports/leads", "/reports/leads?by=source", "/reports/leads?by=seller&from=2026-02",
     "/reports/leads?by=campaign", "/reports/leads/answers", "/reports/leads/costs",
     "/reports/leads/forecast"],
)  # fmt: skip
def test_each_number_opens_a_list_of_its_length(client_of, leads, page) -> None:
    olga = client_of("Olga")
    text = olga.get(page).get_data(as_text=True)

    links = sorted(
        {(unescape(href), int(said.replace(",", ""))) for href, said in LINKS.findall(text)}
    )
    wrong = {}
    for href, said in links[::4]:
        shown = olga.get(href).get_data(as_text=True)
        counted = int(re.search(r"data-count>(\d+)<", shown)[1])
        if {said, counted, shown.count("<tr data-row")} != {said}:
            wrong[href] = (said, counted, shown.count("<tr data-row"))

    assert len(links) >= 5
    assert wrong == {}


def test_speed_is_told_by_seller_and_who_waits_is_late(leads, here, cast) -> None:
    lines = {one.name: one for one in answers_of(lens(cast), LeadsBy.SELLER, NOW)}

    # Sara's leads came 5, 4, 3, 2 and 1 far: tried after 50, 40, 30, 20 and 10 minutes.
    assert (lines["Sara"].speed.median, lines["Sara"].speed.ninth_tenth) == (30, 50)
    assert (lines["Sara"].speed.answered, lines["Sara"].speed.in_time) == (25, 10)
    assert (lines["Sara"].late, lines[""].late) == (0, 5)


def test_costs_and_money_by_source(leads, here, cast) -> None:
    won = here.scalars(select(Lead).where(Lead.won_at.is_not(None)).order_by(Lead.id)).all()
    first = won[0]
    here.add(
        Payment(club_id=cast.club, payer_id=first.person_id, year=2026, sequence=1, number="P1",
                tender=Tender.CASH, amount_minor=700_000, free_minor=0, refunded_minor=100_000,
                currency="BDT", source_kind="test", source_id="1", taken_on=TODAY, taken_at=NOW,
                taken_by="user:1")
    )  # fmt: skip
    here.flush()

    lines = source_costs(lens(cast), "BDT")
    google, rest = (next(one for one in lines if one.name == name) for name in ("Google", ""))

    assert (google.leads, google.joined, google.worth.paid_minor) == (25, 5, 600_000)
    assert (rest.leads, rest.joined, rest.worth.paid_minor) == (25, 5, 0)
    assert whole_cost(lines).leads == 50


def test_months_of_the_owner_are_told_by_real_leads(leads, here, cast) -> None:
    january, may = (
        kpis_of(cast.club, month, month, TODAY)[0] for month in (date(2026, 1, 1), date(2026, 5, 1))
    )

    assert (january.leads, january.contracts, january.per_hundred) == (10, 2, 20.0)
    assert (january.minutes, january.leads_final, may.leads_final) == (30, True, False)


def test_pipeline_puts_plan_and_fact_side_by_side(leads, here, cast) -> None:
    june = add_lead(cast, NOW - timedelta(days=10), 5, None, cast.users["Sara"])
    june.value_minor = 2_400_000
    set_target(cast.club, cast.users["Sara"], date(2026, 6, 1), 4, 9_000_000, by="user:1")

    found = pipeline_of(cast.club, "Asia/Dhaka", date(2026, 6, 1), NOW)
    sara = next(one for one in found.sellers if one.name == "Sara")

    assert (sara.target, sara.won, sara.won_minor, sara.reached) == (4, 1, 2_400_000, 0.25)
    assert sum(one.outlook.leads for one in found.stages) == found.whole.outlook.leads == 40
    # Leads of January and February are old enough to be learned from, and nine of March.
    assert found.learned_from == 29
    assert found.whole.outlook.low <= found.whole.outlook.contracts <= found.whole.outlook.high


def test_manager_types_targets_and_wrong_ones_stay_on_the_page(client_of, cast, app) -> None:
    max_ = client_of("Max")
    page = max_.get("/leads/targets?month=2026-06").get_data(as_text=True)
    sara = re.search(r'name="contracts_(\w+)"[^>]*aria-label="Contracts of Sara"', page)[1]

    good = max_.post("/leads/targets?month=2026-06",
                     data={f"contracts_{sara}": "১২", f"amount_{sara}": "90000"})  # fmt: skip
    bad = max_.post("/leads/targets?month=2026-06", data={f"contracts_{sara}": "many"})
    shown = max_.get("/leads/targets?month=2026-06").get_data(as_text=True)

    assert (good.status_code, bad.status_code) == (303, 400)
    assert 'value="many"' in bad.get_data(as_text=True)
    assert 'value="12"' in shown
    assert client_of("Sara").get("/leads/targets").status_code == 403


def test_program_reads_the_funnel(client_of, leads) -> None:
    answer = client_of("Olga").get("/api/v1/reports/leads?from=2026-01-01&to=2026-01-31&by=month")

    assert answer.json["items"] == [
        {
            "key": "2026-01-01",
            "name": "",
            "asked": 10,
            "leads": 10,
            "attempted": 9,
            "reached": 7,
            "booked": 6,
            "attended": 4,
            "joined": 2,
            "joined_share": 0.2,
        }
    ]
