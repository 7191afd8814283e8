"""Long lists of money are paged by key: every row once, in the order of the list."""

import re
from datetime import date, timedelta

import pytest

from clubcrm.core.db import db, unit_of_work
from memberships.billing.models import Voucher, VoucherKind
from memberships.billing.views import vouchers as voucher_pages
from memberships.billing.vouchers import VoucherOrder, issue_voucher
from memberships.contracts import due
from memberships.dunning import debtors
from memberships.dunning.models import DebtCase
from tests.access_control.gate.floor import give_contract
from tests.cast import make_member


def walked(read, key_of) -> list[int]:
    """Return the keys of every row, read two at a time."""
    seen: list[int] = []
    last = None
    while rows := read(last, 2):
        seen += [key_of(row) for row in rows]
        last = seen[-1]
    return seen


def test_debtors_come_furthest_step_first_and_each_once(unit, cast):
    cases = []
    for number, (step, late) in enumerate([(1, 3), (3, 9), (1, 8), (2, 2), (3, 9)]):
        payer = make_member(f"Debtor {number}", club=cast.club).id
        case = DebtCase(
            club_id=cast.club,
            payer_id=payer,
            since_on=date(2026, 11, 20) - timedelta(days=late),
            amount_minor=1_000,
            currency="BDT",
            reached=step,
        )
        db.session.add(case)
        db.session.flush()
        cases.append(case.id)

    seen = walked(
        lambda last, size: debtors.case_rows(cast.club, after_id=last, limit=size),
        lambda row: row.case.id,
    )

    assert seen == [cases[1], cases[4], cases[3], cases[2], cases[0]]
    only = debtors.case_rows(cast.club, 1, after_id=cases[2], limit=5)
    assert [row.case.id for row in only] == [cases[0]]


def test_contracts_that_end_are_counted_whole_and_paged_by_their_day(unit, cast):
    first = date(2026, 11, 1)
    made = [
        give_contract(
            make_member(f"Ends {number}", club=cast.club).id,
            cast.club,
            ends_on=first + timedelta(days=day),
        )
        for number, day in enumerate([9, 3, 3, 7, 1])
    ]
    span = (first, first + timedelta(days=20))

    seen = walked(
        lambda last, size: due.due_rows(cast.club, *span, after_id=last, limit=size),
        lambda row: row.contract_id,
    )

    assert seen == [made[4], made[1], made[2], made[3], made[0]]
    assert due.count_due(cast.club, [span, (first, first + timedelta(days=3))]) == [5, 3]


@pytest.mark.parametrize("key", ["", "x", "-1", "9" * 30, "1.5"])
def test_a_page_of_vouchers_leads_to_the_next_and_back(app, cast, client_of, monkeypatch, key):
    monkeypatch.setattr(voucher_pages, "PER_PAGE", 2)
    with app.app_context(), unit_of_work():
        for number in range(3):
            issue_voucher(
                VoucherOrder(cast.club, VoucherKind.VOUCHER, 100, code=f"c{number}"), by="user:1"
            )
    anna = client_of("Anna")

    first = anna.get(f"/money/vouchers?before={key}").text
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = anna.get(following).text

    assert re.findall(r">C(\d)<", first) == ["2", "1"]
    assert re.findall(r">C(\d)<", second) == ["0"]
    assert "First page" in second
    assert 'rel="next"' not in second
    with app.app_context(), unit_of_work(write=False):
        assert db.session.query(Voucher).count() == 3
