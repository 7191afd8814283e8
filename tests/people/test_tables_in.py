"""Max brings in contracts, packages and visits of the old system: tried, confirmed, once."""

import io
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from access_control.models import Visit, VisitDay
from clubcrm.core.audit import verify
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.people.models import ImportBatch, ImportRow
from clubcrm.people.rules.days import DayOrder
from clubcrm.people.rules.table_kinds import TablePlace
from clubcrm.people.tables_in import TableOrder, bring_in, try_table
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.packages.models import PackageLot, PackageSale
from memberships.packages.products import create_product
from memberships.packages.terms import PackageTerms, Service
from tests.cast import Cast
from tests.people.test_pages import text_of

MIAS = "+8801711000001"
CONTRACTS = f"""Contract no;Phone;Plan;Start date;End date
A-1;{MIAS};Gold;13.01.2025;12.01.2026
A-2;01711-000001;Silver;2026-02-01;2026-07-31
A-2;01711-000001;Silver;2026-02-01;2026-07-31
A-3;01999;Gold;13.01.2025;12.01.2026
A-4;{MIAS};Gold;31.02.2025;12.01.2026
A-5;+8801811999999;Gold;13.01.2025;12.01.2026
A-6;{MIAS};Gold;14.01.2025;13.01.2025
"""


def order_of(
    cast: Cast, path: Path, kind: str, content: str, encoding: str = "utf-8"
) -> TableOrder:
    """Return the order to bring in a table with this content."""
    path.write_bytes(content.encode(encoding))
    return TableOrder(kind, path, path.name, TablePlace(cast.club, "import", "user:2"))


def count(model: type) -> int:
    """Return how many rows the store holds."""
    with unit_of_work(write=False) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_contracts_are_tried_then_kept_once(app: Flask, cast: Cast, tmp_path: Path):
    order = order_of(cast, tmp_path / "old.csv", "contracts", CONTRACTS)
    told = {
        "new": 2,
        "repeated": 1,
        "bad_phone": 1,
        "bad_starts_on": 1,
        "no_member": 1,
        "bad_ends_on": 1,
    }
    with app.app_context():
        tried = try_table(order)
        assert (dict(tried.counts), count(Contract), count(ImportBatch)) == (told, 0, 0)

        done = bring_in(order)
        again = bring_in(order)

        with unit_of_work(write=False) as session:
            kept = session.execute(
                select(Contract.starts_on, Contract.ends_on, Contract.state).order_by(Contract.id)
            ).all()
            numbers = session.scalars(
                select(ImportRow.number).where(ImportRow.batch_id == done.batch_id)
            ).all()
    assert dict(done.counts) == told
    assert (again.counts["new"], again.counts["known"]) == (0, 2)
    assert [tuple(row) for row in kept] == [
        (date(2025, 1, 13), date(2026, 1, 12), "ended"),
        (date(2026, 2, 1), date(2026, 7, 31), "ended"),
    ]
    assert sorted(numbers) == [5, 6, 7, 8]


HALF = f"""Contract no;Phone;Plan;Start date;End date;Visits left
B-1;{MIAS};Gold;13.01.2024;12.01.2025;
B-2;{MIAS};Ancient;13.01.2023;12.03.2023;many
B-3;01999;Gold;13.01.2024;12.01.2025;
B-4;{MIAS};Silver;2025-02-01;2025-07-31;
"""


def test_a_row_refused_half_way_leaves_nothing_and_its_neighbours_stay(app, cast, tmp_path):
    order = order_of(cast, tmp_path / "half.csv", "contracts", HALF)
    with app.app_context():
        plans = count(Plan)
        tried = try_table(order)
        assert (count(Plan), count(Contract)) == (plans, 0)
        done = bring_in(order)

        with unit_of_work(write=False) as session:
            names = set(session.scalars(select(PlanVersion.name)))
            chain = list(verify())
    assert dict(done.counts) == {"new": 2, "bad_units_left": 1, "bad_phone": 1}
    assert done.counts == tried.counts
    assert ("Ancient" in names, count_in(app, Contract), chain) == (False, 2, [])


def count_in(app: Flask, model: type) -> int:
    """Return how many rows the store of the app holds."""
    with app.app_context():
        return count(model)


def test_packages_and_visits_come_in_once(app: Flask, cast: Cast, tmp_path: Path):
    packages = f"mobile,package,left,expires\n{MIAS},Ten sessions,7,2027-12-31\n{MIAS},Unknown,3,\n"
    visits = f"phone,date\n{MIAS},2026-10-01 18:00\n{MIAS},2026-10-01 18:00\n{MIAS},2999-01-01\n"
    with app.app_context():
        with unit_of_work():
            terms = PackageTerms("Ten sessions", Service.PERSONAL, 10, 900_000, "BDT")
            create_product(cast.club, terms, by="user:2")
        for number, (kind, content) in enumerate((("packages", packages), ("visits", visits))):
            order = order_of(cast, tmp_path / f"{number}.csv", kind, content, "utf-16")
            assert bring_in(order).counts["new"] == 1
            assert bring_in(order).counts["new"] == 0

        with unit_of_work(write=False) as session:
            lot = session.scalars(select(PackageLot)).one()
            sale = session.scalars(select(PackageSale)).one()
            day = session.scalars(select(VisitDay)).one()
            left = (lot.remaining, lot.expires_on, sale.price_minor, day.visits)
        assert left == (7, date(2027, 12, 31), 0, 1)
        assert count(Visit) == 1


def test_f58_a_killed_import_goes_on_to_the_same_end(
    app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rows = "".join(
        f"{MIAS},2026-{month:02d}-{day:02d} 18:00\n"
        for month in range(1, 11)
        for day in range(1, 27)
    )
    order = order_of(cast, tmp_path / "v.csv", "visits", f"phone,date\n{rows}")

    def die(_point: str) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        with monkeypatch.context() as patched:
            patched.setattr("clubcrm.people.tables_in.failpoints.hit", die)
            with pytest.raises(KeyboardInterrupt):
                bring_in(order)
        assert count(Visit) == 200

        report = bring_in(order)

        assert (dict(report.counts), count(Visit), count(ImportBatch)) == ({"new": 260}, 260, 1)


def test_f60_an_ambiguous_order_of_dates_is_asked_once(app: Flask, cast: Cast, tmp_path: Path):
    order = order_of(cast, tmp_path / "d.csv", "visits", f"phone,date\n{MIAS},03/04/2026 18:00\n")
    with app.app_context():
        with pytest.raises(DomainError, match="DAY_OR_MONTH"):
            try_table(order)
        told = TableOrder(order.kind, order.path, "d.csv", order.place, order=DayOrder.MONTH_FIRST)
        bring_in(told)
        with unit_of_work(write=False) as session:
            assert session.scalars(select(VisitDay.day)).all() == [date(2026, 3, 4)]


def test_max_maps_columns_on_the_page_and_reads_the_report(app: Flask, cast: Cast, client_of):
    max_ = client_of("Max")
    sent = {"table": (io.BytesIO(f"who,what\n{MIAS},2026-10-01 18:00\n".encode()), "v.csv")}

    place = max_.post("/imports/visits", data=sent).location
    page = text_of(max_.get(place))
    unsure = max_.post(place, data={"do": "try"})
    columns = {"map_phone": "who", "map_entered_at": "what", "name": "v.csv"}
    tried = max_.post(place, data={**columns, "do": "try"})
    done = max_.post(place, data={**columns, "do": "bring"})

    assert "Which column is what" in page
    assert unsure.status_code == 400
    assert "Bring in 1 row" in text_of(tried)
    assert "v.csv" in text_of(max_.get(done.location))
    assert "v.csv" in text_of(max_.get("/imports"))
    assert client_of("Frank").get("/imports").status_code == 403


def test_leads_come_in_once(app: Flask, cast: Cast, tmp_path: Path):
    content = "name,phone,source\nNadia Sultana,01711222333,Flyer\nNo Contact,,Flyer\n"
    order = order_of(cast, tmp_path / "l.csv", "leads", content)
    with app.app_context():
        first, again = bring_in(order), bring_in(order)

    assert (first.counts["new"], first.refused) == (1, 1)
    assert (again.counts["new"], again.counts["known"]) == (0, 1)


def test_max_sees_which_words_of_a_stage_count_before_leads_come_in(cast: Cast, client_of):
    max_ = client_of("Max")
    rows = (
        "name,phone,stage,language\nA B,01711222301,Trial booked,en\nC D,01711222302,no show,\n"
        "E F,01711222303,haggling,\nG H,01711222304,won,\nI J,01711222305,new,Klingon\n"
    )
    sent = {"table": (io.BytesIO(rows.encode()), "l.csv")}
    page = max_.post("/imports/leads", data=sent).location

    tried = text_of(max_.post(page, data={"do": "try", "name": "l.csv"}))

    assert "Bring in 2 rows" in tried
    assert "A row may say: New, Contacted, Trial booked, Attended, No show" in tried
    assert "A lead is won by a signed contract" in tried
    assert "Cannot be read: Language" in tried
    assert tried.index(">New<") < tried.index("The stage is not known")
    assert "Trial booked" in tried.partition("The first of them")[2]
