"""Prices are promised to a lead: on paper, by link, until a day, and what he says to them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.leads.api import Arrival, ArrivalChannel, receive_by_hand
from clubcrm.leads.models import Lead, LeadTask
from clubcrm.leads.quotes import offering
from clubcrm.leads.quotes.models import PriceQuote
from clubcrm.leads.quotes.paper import print_quote
from clubcrm.leads.quotes.queries import quotes_of
from clubcrm.leads.quotes.rules.terms import Choice, QuoteState, discount_to_keep
from clubcrm.leads.targets import set_target
from clubcrm.messaging.letter_tables import PostedLetter
from clubcrm.people.models import ContactKind, Person
from clubcrm.people.services import add_contact, set_do_not_contact
from clubcrm.tasks.models import Task
from memberships.api import PlanKind, PlanTerms, plans_on_sale
from memberships.contracts.models import Contract
from memberships.contracts.plans import create_plan, edit_plan
from memberships.promotions.rules import Cut, CutKind
from memberships.promotions.services import PromotionDraft, make_promotion
from tests.memberships.conftest import YEAR
from tests.memberships.documents.pdfs import words_of

NOON = datetime(2026, 3, 23, 6, tzinfo=UTC)
TODAY, UNTIL = date(2026, 3, 23), date(2026, 4, 6)
MAX, SARA = "user:2", "user:3"
QUARTER = PlanTerms("Three months", PlanKind.TERM, 900_000, "BDT", term_months=3)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def lead(app, cast) -> str:
    """Return the public id of Rina, who thinks of joining; the club sells two plans."""
    with app.app_context(), unit_of_work():
        for terms in (YEAR, QUARTER):
            create_plan(cast.club, terms, by="user:1")
        made = receive_by_hand(
            Arrival(cast.club, ArrivalChannel.WALK_IN, "Rina Das", "01711000777"),
            by=SARA,
            owner_id=cast.users["Sara"],
        )
        return made.public_id


@pytest.fixture
def here(app):
    """Stand in a unit of work of the app."""
    with app.app_context(), unit_of_work() as session:
        yield session


def plan_ids() -> list[int]:
    lead = db.session.scalars(select(Lead)).one()
    return [one.plan_id for one in plans_on_sale(lead.club_id)]


def promise(*choices: Choice, by: str = SARA, **more) -> PriceQuote:
    lead = db.session.scalars(select(Lead)).one()
    order = {"starts_on": TODAY, "valid_until": UNTIL, "seller_id": 3, **more}
    return offering.make_quote(lead, offering.QuoteOrder(choices, **order), by=by)


def titles() -> list[str]:
    wanted = select(Task.title).join(LeadTask, LeadTask.task_id == Task.id).order_by(Task.id)
    return list(db.session.scalars(wanted))


def test_a_promotion_of_the_day_stands_beside_the_price_by_the_list(app, lead, client_of) -> None:
    with app.app_context(), unit_of_work():
        club, year = db.session.scalars(select(Lead)).one().club_id, min(plan_ids())
        winter = PromotionDraft("Winter", Cut(CutKind.PERCENT, 20), TODAY, UNTIL, frozenset({year}))
        make_promotion(club, winter, by=SARA)
        quote = promise(Choice(year, 20_000), reason="neighbour")
        choice = quotes_of(quote.lead_id)[0].choices[0]
        assert (choice.choice.total_minor, choice.was_minor) == (1_900_000, 2_400_000)
        paper = words_of(print_quote(quote))
    assert "Winter" in paper
    assert "24,000" in paper

    page = client_of("Sara").get(f"/leads/{lead}/quotes").get_data(as_text=True)

    assert 'class="visually-hidden">instead of </span>' in page
    assert "Winter" in page


def test_yes_draws_up_a_contract_at_the_promised_price(lead, here) -> None:
    three, year = sorted(plan_ids(), reverse=True)
    quote = promise(Choice(year), Choice(three, 50_000), by=MAX, reason="Spring")

    offering.accept_quote(quote, 1, by=f"member:{quote.person_id}")

    contract = here.get_one(Contract, quote.contract_id)
    assert (contract.state, contract.price_minor) == ("incomplete", 850_000)
    assert (quote.state, quote.chosen) == (QuoteState.ACCEPTED, 1)
    assert here.scalars(select(Lead.value_minor)).one() == 850_000
    assert titles()[-1] == f"{quote.number}: accepted. Let the contract be signed"


def test_promised_price_holds_when_the_plan_becomes_dearer(lead, here, noon) -> None:
    year = min(plan_ids())
    quote = promise(Choice(year), by=MAX)
    dearer = replace(YEAR, price_minor=YEAR.price_minor + 30_000)
    edit_plan(year, dearer, seen_version=1, by="user:1")
    noon.shift(timedelta(days=14))

    offering.accept_quote(quote, 0, by="member:1")

    assert here.get_one(Contract, quote.contract_id).price_minor == YEAR.price_minor


def test_second_yes_changes_nothing(lead, here) -> None:
    quote = promise(Choice(min(plan_ids())))

    for _turn in range(2):
        offering.accept_quote(quote, 0, by="member:1")

    assert len(here.scalars(select(Contract.id)).all()) == 1
    assert sum("accepted" in one for one in titles()) == 1


def test_yes_that_cannot_become_a_contract_is_kept_with_a_task(lead, here) -> None:
    year = min(plan_ids())
    first, second = promise(Choice(year)), promise(Choice(year))
    offering.accept_quote(first, 0, by="member:1")

    offering.accept_quote(second, 0, by="member:1")

    assert (second.state, second.contract_id) == (QuoteState.ACCEPTED, None)
    assert titles()[-1].startswith(f"{second.number}: accepted. No contract yet: ")


def test_over_withdrawn_and_foreign_choices_are_refused(lead, here, noon) -> None:
    year = min(plan_ids())
    gone, old = promise(Choice(year)), promise(Choice(year))
    offering.withdraw_quote(gone, by=SARA)
    refused = []
    for quote, place in ((gone, 0), (old, 7)):
        with pytest.raises(DomainError) as error:
            offering.accept_quote(quote, place, by="member:1")
        refused.append(error.value.code)
    noon.shift(timedelta(days=15))
    with pytest.raises(DomainError) as late:
        offering.accept_quote(old, 0, by="member:1")

    assert [*refused, late.value.code] == ["QUOTE_OVER", "INVALID_INPUT", "QUOTE_OVER"]


def test_who_said_no_may_change_his_mind_while_it_lasts(lead, here) -> None:
    quote = promise(Choice(min(plan_ids())))
    offering.decline_quote(quote, "Too dear", by="member:1")
    assert titles()[-1] == f"{quote.number}: declined. Too dear"

    offering.accept_quote(quote, 0, by="member:1")

    assert quote.state is QuoteState.ACCEPTED


@pytest.mark.parametrize(
    ("choices", "more", "field"),
    [
        ((), {}, "plan_0"),
        ((Choice(999),), {}, "plan_0"),
        ((Choice(1), Choice(1)), {}, "plan_1"),
        ((Choice(1),), {"valid_until": TODAY}, "valid_until"),
        ((Choice(1),), {"valid_until": date(2027, 1, 1)}, "valid_until"),
        ((Choice(1),), {"starts_on": date(2026, 3, 22)}, "starts_on"),
        ((Choice(1, 10**9),), {"reason": "x"}, "discount_0"),
        ((Choice(1, 100),), {}, "reason"),
    ],
)
def test_wrong_quote_names_its_field(lead, here, choices, more, field) -> None:
    with pytest.raises(DomainError) as refused:
        promise(*choices, by=MAX, **more)

    assert [one.field for one in refused.value.fields] == [field]


def test_discount_above_the_limit_of_a_seller_is_refused(lead, here) -> None:
    with pytest.raises(DomainError) as refused:
        promise(Choice(min(plan_ids()), YEAR.price_minor // 2), reason="Friend")

    assert refused.value.code == "FORBIDDEN"


@pytest.mark.parametrize(
    ("promised", "total", "given", "discount"),
    [(1000, 1000, 0, 0), (1000, 1200, 50, 250), (1000, 900, 50, 50)],
)
def test_discount_keeps_the_promise_and_never_raises_a_price(promised, total, given, discount):
    assert discount_to_keep(promised, total, given) == discount


def test_lead_reads_chooses_and_is_led_on_to_sign(app, lead, client_of, noon) -> None:
    sara, web = client_of("Sara"), app.test_client()
    new = sara.get(f"/leads/{lead}/quotes/new").get_data(as_text=True)
    plans = dict.fromkeys(re.findall(r'option value="([a-z2-9]{14})"', new))
    form = {f"plan_{n}": plan for n, plan in enumerate(plans)}
    form |= {"starts_on": "2026-03-23", "valid_until": "2026-04-06", "words": "See you soon"}
    made = sara.post(f"/leads/{lead}/quotes/new", data=form)
    with app.app_context():
        quote = db.session.scalars(select(PriceQuote.public_id)).one()
        db.session.rollback()
    handed = sara.post(f"/quotes/{quote}/link").get_data(as_text=True)
    token = re.search(r"/quote/([\w-]{20,})", handed)[1]

    page = web.get(f"/quote/{token}").get_data(as_text=True)
    paper = web.get(f"/quote/{token}/quote.pdf")
    bad = web.post(f"/quote/{token}", data={"answer": "9"})
    yes = web.post(f"/quote/{token}", data={"answer": "0"})
    signing = web.get(yes.location)

    assert made.status_code == 303
    assert "See you soon" in page
    words = words_of(paper.data)
    assert all(word in words for word in ("Rina Das", "Three months", "Q1-2026-00001"))
    assert bad.status_code == 400
    assert (yes.status_code, signing.status_code) == (303, 200)
    assert yes.location.startswith("/sign/contract/")
    assert "Accepted" not in page
    assert web.get("/quote/nosuchtoken").status_code == 404


def test_api_promises_and_answers_and_other_clubs_see_nothing(app, lead, client_of, cast) -> None:
    sara = client_of("Sara")
    with app.app_context(), unit_of_work(write=False):
        plan = plans_on_sale(cast.club)[0].public_id
    body = {"choices": [{"plan": plan}], "starts_on": "2026-03-23", "valid_until": "2026-04-01"}

    made = sara.post(f"/api/v1/leads/{lead}/quotes", json=body)
    listed = sara.get(f"/api/v1/leads/{lead}/quotes").json["items"]
    answer = sara.post(f"/api/v1/quotes/{made.json['id']}/answer", json={"answer": "accept"})
    zoe = client_of("Zoe")

    assert (made.status_code, len(listed)) == (201, 1)
    assert (answer.json["state"], bool(answer.json["contract"])) == ("accepted", True)
    assert zoe.get(f"/api/v1/leads/{lead}/quotes").status_code in {403, 404}
    assert client_of("Boris").get(f"/api/v1/leads/{lead}/quotes").status_code == 403


def _with_mail(app, address: str = "rina@example.com") -> None:
    with app.app_context(), unit_of_work():
        person = db.session.get_one(Person, db.session.scalars(select(Lead)).one().person_id)
        add_contact(person, ContactKind.EMAIL, address, by=SARA)


def _made(app) -> str:
    with app.app_context(), unit_of_work():
        lead = db.session.scalars(select(Lead)).one()
        order = offering.QuoteOrder((Choice(plan_ids()[0], 0),), TODAY, UNTIL, words="For Rina")
        return offering.make_quote(lead, order, by=SARA).public_id


def letters(app) -> list[PostedLetter]:
    with app.app_context(), unit_of_work(write=False):
        rows = list(db.session.scalars(select(PostedLetter)))
        db.session.expunge_all()
        return rows


def test_quote_leaves_by_mail_once_with_its_paper_and_a_link_that_opens_it(app, lead, client_of):
    _with_mail(app)
    sara, quote = client_of("Sara"), _made(app)

    page = sara.post(f"/quotes/{quote}/mail", follow_redirects=True).text
    sara.post(f"/quotes/{quote}/mail")

    (letter,) = letters(app)
    assert (letter.address, letter.paper_name) == ("rina@example.com", "Q1-2026-00001.pdf")
    assert letter.paper is not None
    assert "Rina" in words_of(letter.paper)
    assert "For Rina" in letter.body
    assert "waits to leave" in page
    assert "Send by mail" not in page
    path = re.search(r"https?://[^/\s]+(/quote/\S+)", letter.body)
    assert path is not None
    assert app.test_client().get(path[1]).status_code == 200


def test_who_has_no_mail_address_or_wishes_no_letters_gets_none(app, lead, client_of):
    sara, quote = client_of("Sara"), _made(app)

    without = sara.post(f"/quotes/{quote}/mail")
    _with_mail(app)
    with app.app_context(), unit_of_work():
        person = db.session.get_one(Person, db.session.scalars(select(Lead)).one().person_id)
        set_do_not_contact(person, True, by=SARA)
    unwilling = sara.post(f"/quotes/{quote}/mail")

    assert (without.status_code, unwilling.status_code) == (409, 409)
    assert "No mail address works" in without.text
    assert "wishes not to be written to" in unwilling.text
    assert letters(app) == []


def test_seller_sees_plan_and_fact_of_the_own_month_on_the_board(app, cast, lead, client_of):
    with app.app_context(), unit_of_work():
        set_target(cast.club, cast.users["Sara"], TODAY, 4, 4_000_000, by=MAX)
        won = db.session.scalars(select(Lead)).one()
        won.won_at, won.value_minor, won.owner_id = NOON, 1_200_000, cast.users["Sara"]

    sara = client_of("Sara")
    of_sara = sara.get("/leads").text
    of_max = client_of("Max").get("/leads").text

    shown = of_sara.split('class="own-month"')[1].split("</section>")[0]
    assert "1 / 4" in shown
    assert "behind" in shown  # 23 days of 31 are gone, which is 2 of 4 contracts
    assert 'hx-get="/leads/outlook"' in shown
    assert "more from 1 open lead<" in sara.get("/leads/outlook").text
    assert 'class="own-month"' not in of_max
