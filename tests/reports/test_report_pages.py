"""The pages of the reports: every number opens its people, and the list is as long as it says."""

import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.clubs import Club, set_club_setting
from clubcrm.core.db import db, unit_of_work
from clubcrm.reports.forecasting import follow_lives, foresee
from clubcrm.reports.models import AnalysisKind, AnalysisResult, MemberSpell
from clubcrm.reports.rolling_up import roll_up
from memberships.contracts.models import Plan
from memberships.contracts.plans import edit_plan
from tests.memberships.conftest import SARA, YEAR
from tests.reports.history import History

TODAY = date(2026, 6, 15)
LINKS = re.compile(
    r'href="(/reports/(?:(?:renewals|forecast|bar)/people|(?:renewals/)?members|receipts|active)[^"]*)">'
    r"([\d,]+)</a>"
)


@pytest.fixture
def clock():
    with time_machine.travel("2026-06-15T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def told(app, cast, clock) -> None:
    """A small club with three years of history, told by the night."""
    with app.app_context(), unit_of_work():
        db.session.get_one(Club, cast.club).created_at = datetime(2024, 1, 1, tzinfo=UTC)
        history = History(cast)
        for number in range(24):
            first = date(2024, number % 12 + 1, number % 27 + 1)
            again = date(2025, first.month, first.day)
            history.member(
                f"Asha{number}",
                *((first, again) if number % 3 else (first,)),
                source="web" if number % 2 else "desk",
            )
        roll_up(lambda: nullcontext(db.session()), cast.club, TODAY)


@pytest.fixture
def learned(app, cast, told) -> None:
    """The same club with its statistics: every third bought once, the others once more."""

    def here(*, write: bool = True):
        return nullcontext(db.session())

    with app.app_context(), unit_of_work():
        history = History(cast)
        for number in range(7):
            history.member(f"Late{number}", date(2025, 2, number + 1), date(2026, 2, number + 1))
        roll_up(here, cast.club, TODAY)
        trained = select(MemberSpell).order_by(MemberSpell.id).limit(30)
        for spell in db.session.scalars(trained):
            spell.trainer = "Max"
        foresee(here, {cast.club: TODAY}, hindsight=0)
        follow_lives(here, cast.club, TODAY)


def lengths_of(client, page: str, only: str) -> dict[str, tuple[int, int, int]]:
    """What each number of a page says, and how long its list says it is, and is."""
    text = client.get(page).get_data(as_text=True)
    found = {}
    for href, said in LINKS.findall(text):
        if only in href:
            shown = client.get(unescape(href)).get_data(as_text=True)
            counted = int(re.search(r"data-count>(\d+)<", shown)[1])
            found[unescape(href)] = (int(said), counted, shown.count("<tr data-row>"))
    return found


def test_what_statistics_learned_from_opens_a_list_of_its_length(
    app, cast, client_of, learned
) -> None:
    olga = client_of("Olga")

    ended = lengths_of(olga, "/reports/forecast", "/forecast/people")
    curves = [
        lengths_of(olga, f"/reports/renewals?curve={by}", "/renewals/members")
        for by in ("", "plan", "trainer", "joined")
    ]

    with app.app_context():
        told = {
            kind: db.session.get_one(AnalysisResult, (cast.club, kind)).figures
            for kind in AnalysisKind
        }
    [term] = told[AnalysisKind.FORECAST]["terms"]
    sizes = {number for numbers in ended.values() for number in numbers}
    learned_from = {term["at_risk"], *(size for _, *both in term["observed"] for size in both)}
    assert all(len(set(numbers)) == 1 for numbers in ended.values())
    assert sizes == learned_from
    assert len(sizes) > 2
    by = told[AnalysisKind.SURVIVAL]["by"]
    seen = {point[0]: point[4] for point in told[AnalysisKind.SURVIVAL]["all"]["points"]}
    stayed = [{href: one.pop(href) for href in list(one) if "after=" in href} for one in curves]
    assert [numbers[0] for numbers in stayed[0].values()] == [
        seen[month] for month in (6, 12, 24) if month in seen
    ]
    assert stayed[0]
    assert all(len(set(numbers)) == 1 for one in stayed for numbers in one.values())
    expected = [[told[AnalysisKind.SURVIVAL]["all"]["members"]]] + [
        [one["members"] for one in by[name]["curves"] if one["points"]]
        for name in ("plan", "trainer", "joined")
    ]
    assert [[numbers[0] for numbers in one.values()] for one in curves] == expected
    assert expected[0] == [31]
    assert all(len(set(numbers)) == 1 for one in curves for numbers in one.values())
    sheet = olga.get("/reports/forecast/people?term=m12&as=csv").get_data(as_text=True)
    assert len(sheet.splitlines()) == term["at_risk"] + 1


@pytest.mark.parametrize(
    "page",
    [
        "/reports/",
        "/reports/renewals",
        "/reports/renewals?by=plan",
        "/reports/renewals?by=source&from=2025-01",
        "/reports/forecast",
        "/reports/bar",
    ],
)
def test_each_number_opens_a_list_of_its_length(client_of, told, page: str) -> None:
    olga = client_of("Olga")
    text = olga.get(page).get_data(as_text=True)

    links = {(unescape(href), int(said)) for href, said in LINKS.findall(text)}
    lengths = {}
    for href, said in sorted(links)[::3] or []:
        answer = olga.get(href)
        shown = answer.get_data(as_text=True)
        counted = int(re.search(r"data-count>(\d+)<", shown)[1])
        lengths[href] = (said, counted, shown.count("<tr data-row>"))

    assert {href: told for href, told in lengths.items() if len(set(told)) > 1} == {}
    assert links or page.endswith("forecast")


PERCENT = re.compile(r'href="(/reports/(?:renewals|bar)/people[^"]*)">(\d+)%</a>')
SPLITS = (("part=renewed", "part=due"), ("&reason=", "&no="), ("&renewed=1", ""))


@pytest.mark.parametrize("page", ["/reports/", "/reports/renewals", "/reports/bar"])
def test_each_rate_opens_those_who_did_it(client_of, told, page: str) -> None:
    """A percentage opens its people; they are that share of those who could."""
    olga = client_of("Olga")
    rates = {(unescape(href), int(said)) for href, said in PERCENT.findall(olga.get(page).text)}

    def length(href: str) -> int:
        return int(re.search(r"data-count>(\d+)<", olga.get(href).text)[1])

    checked = 0
    for href, said in sorted(rates)[::4]:
        part, whole = next(one for one in SPLITS if one[0] in href.replace("?", "&"))
        everybody = href.replace(part, whole) if part in href else href.replace("renewed=1&", "")
        everybody = re.sub(r"[?&]reason=[^&]*", "", everybody)
        assert said == round(100 * length(href) / length(everybody)), href
        checked += 1
    assert checked


@pytest.mark.parametrize("page", ["/reports/", "/reports/renewals"])
def test_the_finding_opens_those_it_speaks_of(client_of, told, page: str) -> None:
    olga = client_of("Olga")
    whole = r'<h2><a href="([^"]*)">(\d+)%</a> of those due in [A-Z][a-z]+ \d+ renewed'

    href, said = re.search(whole, olga.get(page).text).groups()

    made = olga.get(unescape(href)).text
    due = olga.get(unescape(href).replace("part=renewed", "part=due")).text
    lengths = [int(re.search(r"data-count>(\d+)<", one)[1]) for one in (made, due)]
    assert int(said) == round(100 * lengths[0] / lengths[1])


def test_groups_too_small_for_a_curve_say_what_is_missing(client_of, learned) -> None:
    page = client_of("Olga").get("/reports/renewals?curve=source").text

    assert "No group is large enough for a curve" in page
    assert "Kaplan-Meier" not in page


def test_figures_of_a_month_that_is_not_over_say_so(client_of, told) -> None:
    months = client_of("Olga").get("/reports/").text.partition("Figures of each month")[2]

    rows = dict(re.findall(r'<th[^>]* scope="row">([A-Z][a-z]+ \d+)(.*?)</tr>', months, re.DOTALL))
    renewals = {month: row.partition("at_start")[0] for month, row in rows.items()}
    assert "not final" in renewals["May 2026"]
    assert "not final" not in renewals["March 2026"]


def test_who_uses_the_club_opens_and_so_do_all_with_a_running_contract(client_of, told) -> None:
    olga = client_of("Olga")

    numbers = lengths_of(olga, "/reports/", "/reports/active")

    assert len(numbers) == 2
    assert all(len(set(one)) == 1 for one in numbers.values())


def test_closed_months_are_told_byte_for_byte_after_later_settings(
    app, cast, client_of, told
) -> None:
    olga = client_of("Olga")
    address = "/reports/renewals?by={}&from=2025-01&to=2026-04&as=csv"
    before = [olga.get(address.format(by)).data for by in ("month", "plan", "source", "trainer")]

    with app.app_context(), unit_of_work():
        plan = db.session.scalars(select(Plan)).one()
        dearer = replace(YEAR, name="Golden year", price_minor=9_900_000)
        edit_plan(plan.id, dearer, by=SARA, seen_version=1)
        set_club_setting(cast.club, "renewal.days_after", 5)
        db.session.get_one(Club, cast.club).name = "Another name"
        roll_up(lambda: nullcontext(db.session()), cast.club, TODAY)

    after = [olga.get(address.format(by)).data for by in ("month", "plan", "source", "trainer")]
    assert after == before


def test_running_month_is_never_final(client_of, told) -> None:
    answer = client_of("Olga").get("/api/v1/reports/renewals?from=2026-03-01&to=2026-06-30")

    assert [(one["key"], one["due"], one["final"]) for one in answer.json["items"]] == [
        ("2026-03-01", 2, True),
        ("2026-05-01", 2, False),
        ("2026-06-01", 2, False),
    ]


def test_figures_tell_members_and_growth_of_each_month(client_of, told) -> None:
    answer = client_of("Olga").get("/api/v1/reports/kpis?from=2025-01-01&to=2025-01-31")

    [one] = answer.json["items"]
    assert (one["active_start"], one["came"], one["before_introduction"]) == (23, 0, False)
    assert one["growth"] == pytest.approx((one["active_end"] - 23) / 23)


def test_figures_of_before_are_noted_and_shown(client_of, told) -> None:
    olga = client_of("Olga")

    wrong = olga.post("/reports/baseline", data={"month": "2025-03", "leads": "many"})
    noted = olga.post(
        "/reports/baseline",
        data={"month": "2025-03", "leads": "50", "contracts": "10", "minutes": "95"},
    )

    figures = olga.get("/api/v1/reports/kpis?from=2025-03-01&to=2025-03-31").json["items"][0]
    assert (wrong.status_code, noted.status_code) == (400, 303)
    assert (figures["contracts_per_100_leads"], figures["minutes_to_first_contact"]) == (20.0, 95)


def test_day_of_introduction_divides_before_from_since(client_of, told) -> None:
    olga = client_of("Olga")

    ahead = olga.post("/reports/introduction", data={"introduced_on": "2027-01-01"})
    kept = olga.post("/reports/introduction", data={"introduced_on": "2025-09-01"})

    items = olga.get("/api/v1/reports/kpis?from=2025-08-01&to=2025-09-30").json["items"]
    assert (ahead.status_code, kept.status_code) == (400, 303)
    assert [one["before_introduction"] for one in items] == [True, False]


def test_owner_starts_at_the_reports_and_the_desk_at_the_desk(client_of, cast) -> None:
    homes = {
        name: client_of(name).get("/").headers["Location"] for name in ("Olga", "Max", "Frank")
    }

    assert homes == {"Olga": "/reports/", "Max": "/reports/", "Frank": "/desk"}


def test_reports_of_other_clubs_are_not_seen(client_of, told) -> None:
    assert client_of("Frank").get("/reports/").status_code == 403
    assert client_of("Max").get("/reports/renewals?club=nosuchclub2345").status_code == 404
