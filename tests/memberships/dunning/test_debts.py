"""Who is behind walks the club's steps: a family once, each step with its task and its letter."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.tasks.models import Task
from memberships.billing.orders import InvoiceOrder, LineKind, LineOrder, PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.billing.services import issue
from memberships.documents.papers import kept_reading, print_kept
from memberships.documents.queries import altered_documents
from memberships.documents.rules.kinds import DocumentKind
from memberships.documents.services import TextDraft, save_text
from memberships.dunning.debtors import case_rows, counts_by_step
from memberships.dunning.letters import letter_of
from memberships.dunning.models import DebtCase, DebtStepTaken
from memberships.dunning.rules import DebtStep
from memberships.dunning.settings import save_steps
from tests.cast import make_member
from tests.memberships.dunning.life import BY, nights, on

SOLD = date(2027, 3, 1)


@pytest.fixture
def family(shop, cast):
    """Zia pays for herself and for Leo, and has paid neither invoice of 1 March."""
    with on(SOLD), shop.app_context(), unit_of_work():
        leo = make_member("Leo", "Brandt", club=cast.other_club).id
        for number, person in enumerate((cast.members["Zia"], leo)):
            order = InvoiceOrder(
                cast.other_club,
                cast.members["Zia"],
                person,
                (LineOrder("Course", LineKind.FEE, 10_000),),
                "test",
                str(number),
            )
            issue(order, by=BY)
    return leo


def steps(shop):
    with shop.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(DebtStepTaken).order_by(DebtStepTaken.id))
        return [((one.reached_on - SOLD).days, one.name) for one in rows]


def test_a_family_is_one_case_that_walks_its_steps(shop, cast, family):
    nights(shop, cast, SOLD, SOLD + timedelta(days=16))

    with shop.app_context(), unit_of_work(write=False):
        (row,) = case_rows(cast.other_club)
        assert (row.payer_name, row.members) == ("Zia Brandt", ("Leo",))
        assert (row.case.amount_minor, row.case.since_on) == (20_000, SOLD)
        assert (row.step.name, row.case.next_on) == ("First letter", date(2027, 3, 31))
        assert counts_by_step(cast.other_club) == {3: (1, 20_000)}
    assert steps(shop) == [(1, "Friendly reminder"), (8, "Call"), (15, "First letter")]


def test_a_letter_keeps_the_words_of_its_day(shop, cast, family):
    nights(shop, cast, SOLD + timedelta(days=1), SOLD + timedelta(days=1))

    with shop.app_context(), unit_of_work(write=False):
        text = db.session.scalars(select(DebtStepTaken.letter_text)).one()
    assert "Dear Zia Brandt" in text
    assert "€200.00" in text
    assert text.count("1 Mar 2027: €100.00") == 2
    assert "{" not in text


def test_a_letter_is_written_in_the_words_of_the_owner_and_prints_as_they_were(shop, cast, family):
    draft = TextDraft(
        DocumentKind.DUNNING_REMINDER,
        "en",
        "A word from {club_name}",
        "Dear {member_name},\n\n**{amount_due}** is open: {open_invoices}.",
    )
    with shop.app_context(), unit_of_work():
        save_text(cast.other_club, draft, by=BY)
    nights(shop, cast, SOLD + timedelta(days=1), SOLD + timedelta(days=1))
    with shop.app_context(), unit_of_work():
        save_text(cast.other_club, replace(draft, title="Later words"), by=BY)

    with shop.app_context(), unit_of_work(write=False):
        step = db.session.scalars(select(DebtStepTaken)).one()
        kept = letter_of(step)
        assert kept is not None
        read = kept_reading(kept)
        printed, told = print_kept(kept), step.letter_text
        assert altered_documents() == []

    assert told.startswith("A word from Mitte\n\nDear Zia Brandt,")
    assert (read.title, read.version, read.language) == ("A word from Mitte", 2, "en")
    assert printed.startswith(b"%PDF-")


def test_the_task_of_a_step_stands_on_the_list_of_the_desk(shop, cast, family):
    nights(shop, cast, SOLD + timedelta(days=8), SOLD + timedelta(days=8))

    with shop.app_context(), unit_of_work(write=False):
        task = db.session.scalars(select(Task)).one()
        assert (task.title, task.person_id) == (
            "Call and ask what got in the way",
            cast.members["Zia"],
        )


def test_who_has_paid_is_let_go_and_may_be_behind_again(shop, cast, family):
    nights(shop, cast, SOLD + timedelta(days=1), SOLD + timedelta(days=2))
    with on(SOLD + timedelta(days=2), 12), shop.app_context(), unit_of_work():
        order = PaymentOrder(cast.other_club, cast.members["Zia"], 20_000, Tender.CASH, "desk", "1")
        take_payment(order, by=BY)
    nights(shop, cast, SOLD + timedelta(days=3), SOLD + timedelta(days=20))

    with shop.app_context(), unit_of_work(write=False):
        assert [one.state.value for one in db.session.scalars(select(DebtCase))] == ["closed"]
    assert steps(shop) == [(1, "Friendly reminder")]


def test_a_club_sets_its_own_steps_and_those_reached_stay(shop, cast, family):
    nights(shop, cast, SOLD + timedelta(days=1), SOLD + timedelta(days=2))
    with shop.app_context(), unit_of_work():
        save_steps(
            cast.other_club, [DebtStep(1, "Hello"), DebtStep(5, "Visit", task="Go there")], by=BY
        )
    nights(shop, cast, SOLD + timedelta(days=3), SOLD + timedelta(days=6))

    assert steps(shop) == [(1, "Friendly reminder"), (5, "Visit")]
