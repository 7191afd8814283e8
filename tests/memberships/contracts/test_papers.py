"""A contract on paper: read, signed on a screen, printed as it was signed for ever."""

import re
from dataclasses import replace
from datetime import date

import pytest
import time_machine

from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from memberships.billing.models import Invoice
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.contracts.selling import SaleTerms
from memberships.contracts.services import SignRequest, sign
from memberships.documents.models import KeptDocument, Signature
from memberships.documents.queries import words_at
from memberships.documents.rules.kinds import DocumentKind
from memberships.documents.services import HeadDraft, TextDraft, save_letterhead, save_text
from tests.memberships.conftest import YEAR, make_contract, make_plan
from tests.memberships.documents.pdfs import words_of

TODAY = date(2026, 11, 22)
DRAWN = "[[[10,10],[200,120],[300,20]]]"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False):
        yield


@pytest.fixture
def contract_id(app, cast) -> str:
    """The public id of a contract of Mia's that waits for her signature."""
    with app.app_context(), unit_of_work():
        return make_contract(cast, YEAR, starts_on=TODAY, is_complete=False).public_id


def seen_on(page: str) -> dict[str, str]:
    """Return what the form on a page says was shown."""
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("language", "seen")
    }


def signed(page: str, **more: str) -> dict[str, str]:
    return {**seen_on(page), "signed_name": "Mia Rahman", "agreed": "1", **more}


def state_of(app, contract_id: str) -> ContractState:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.query(Contract).filter_by(public_id=contract_id).one().state


def test_the_desk_shows_the_words_and_takes_a_drawn_signature(client_of, app, contract_id):
    frank, address = client_of("Frank"), f"/contracts/{contract_id}/paper"
    page = frank.get(address).text
    assert "Mia Rahman" in page
    assert "৳24,000.00" in page

    answer = frank.post(address, data=signed(page, drawn=DRAWN))

    assert (answer.status_code, answer.location) == (303, address)
    assert state_of(app, contract_id) is ContractState.SIGNED
    with app.app_context(), unit_of_work(write=False) as session:
        (signature,) = session.query(Signature).all()
        assert (signature.name, signature.strokes[0][0]) == ("Mia Rahman", [10, 10])
        assert signature.origin.endswith("127.0.0.0/24")
    after = frank.get(address).text
    assert "Signed on screen" in after
    assert "sign-form" not in after


def test_a_member_signs_by_link_once(client_of, app, contract_id, cast):
    made = client_of("Frank").post(f"/contracts/{contract_id}/paper/link").text
    path = re.search(r'value="http://localhost(/sign/contract/[^"]+)"', made)[1]
    mia = app.test_client()
    page = mia.get(path).text
    assert state_of(app, contract_id) is ContractState.INCOMPLETE

    first = mia.post(path, data=signed(page))
    second = mia.post(path, data=signed(page))

    assert (first.status_code, second.status_code) == (303, 303)
    assert "Thank you, it is signed." in mia.get(path).text
    assert mia.get(f"{path}/contract.pdf").mimetype == "application/pdf"
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(KeptDocument).count() == session.query(Signature).count() == 1
        assert session.query(Signature).one().by == f"member:{cast.members['Mia']}"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"agreed": ""}, "Tick that the text is read and agreed to."),
        ({"signed_name": ""}, "Write the full name of who signs."),
        ({"drawn": "[[[5,5]]]"}, "Sign with more than a tap, or type the name instead."),
        ({"seen": "0" * 64}, "The text has changed since it was shown."),
    ],
)
def test_a_faulty_signature_changes_nothing_and_keeps_what_was_typed(
    client_of, app, contract_id, changed, sentence
):
    frank, address = client_of("Frank"), f"/contracts/{contract_id}/paper"
    sent = signed(frank.get(address).text, **changed)

    answer = frank.post(address, data=sent)

    assert answer.status_code in {400, 409}
    assert sentence in answer.text
    assert f'value="{sent["signed_name"]}"' in answer.text
    assert state_of(app, contract_id) is ContractState.INCOMPLETE
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(KeptDocument).count() == 0


def test_a_contract_signed_two_years_ago_prints_as_it_was_signed(client_of, app, cast, contract_id):
    """A1.11: text, letterhead, plan and name change; the paper does not."""
    with app.app_context(), unit_of_work():
        save_letterhead(cast.club, HeadDraft("First Name Ltd.", "Old Street 1"), by="user:1")
    frank, address = client_of("Frank"), f"/contracts/{contract_id}/paper"
    frank.post(address, data=signed(frank.get(address).text))
    printed = words_of(frank.get(f"/contracts/{contract_id}/contract.pdf").data)

    with time_machine.travel("2028-11-22T06:00Z", tick=False):
        with app.app_context(), unit_of_work():
            words = words_at(cast.club, DocumentKind.CONTRACT, "en")
            changed = TextDraft(
                DocumentKind.CONTRACT,
                "en",
                "All is new",
                "{member_name} {plan_name} {starts_on} {price}",
            )
            save_text(cast.club, changed, by="user:1")
            save_letterhead(cast.club, HeadDraft("Second Name Ltd.", "New Street 2"), by="user:1")
            db.session.get_one(Person, cast.members["Mia"]).family_name = "Chowdhury"
            assert words.body != changed.body
        again = client_of("Frank").get(f"/contracts/{contract_id}/contract.pdf").data

    assert words_of(again) == printed
    for word in (
        "Membership contract",
        "Mia Rahman",
        "First Name Ltd.",
        "22 Nov 2026",
        "৳24,000.00",
    ):
        assert word in printed
    assert "Second Name" not in words_of(again)


def test_an_unsigned_contract_prints_with_a_line_for_a_pen(client_of, contract_id):
    answer = client_of("Anna").get(f"/contracts/{contract_id}/contract.pdf?language=ru")

    words = words_of(answer.data)
    assert "Договор о членстве" in words
    assert "Mia Rahman" in words
    assert "Fingerprint" not in words


def test_the_paper_speaks_the_members_language(client_of, app, cast, contract_id):
    with app.app_context(), unit_of_work():
        db.session.get_one(Person, cast.members["Mia"]).language = "bn"

    page = client_of("Frank").get(f"/contracts/{contract_id}/paper").text

    assert "সদস্যপদ চুক্তি" in page
    assert 'lang="bn"' in page


def test_a_guardian_signs_for_a_minor(client_of, app, cast, contract_id):
    with app.app_context(), unit_of_work():
        db.session.get_one(Person, cast.members["Mia"]).birth_date = date(2010, 5, 1)
    frank, address = client_of("Frank"), f"/contracts/{contract_id}/paper"
    page = frank.get(address).text
    assert "Mia Rahman is 16 years old: a parent or guardian signs." in page

    frank.post(address, data=signed(page, signed_name="Rahima Khatun"))

    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Signature).one().as_guardian is True


def test_links_of_others_and_of_other_purposes_open_nothing(client_of, app, contract_id):
    client = app.test_client()
    for token in ("x", "A" * 24, "é", "%00"):
        assert client.get(f"/sign/contract/{token}").status_code == 404
        assert client.post(f"/sign/contract/{token}").status_code == 404
    assert client_of("Zoe").get(f"/contracts/{contract_id}/paper").status_code == 404


def test_a_link_ends_after_a_fortnight(client_of, app, contract_id):
    made = client_of("Frank").post(f"/contracts/{contract_id}/paper/link").text
    path = re.search(r'value="http://localhost(/sign/contract/[^"]+)"', made)[1]

    with time_machine.travel("2026-12-06T06:00Z", tick=False):
        assert app.test_client().get(path).status_code == 404


def test_a_signed_contract_without_kept_text_may_be_signed_afterwards(client_of, app, cast):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, replace(YEAR, name="Gold"))
        public_id = make_contract(cast, plan=plan, starts_on=TODAY).public_id
    frank, address = client_of("Frank"), f"/contracts/{public_id}/paper"

    answer = frank.post(address, data=signed(frank.get(address).text))

    assert answer.status_code == 303
    assert state_of(app, public_id) is ContractState.SIGNED


def test_a_sale_is_read_and_signed_on_the_screen_before_it_counts(client_of, app, cast):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, YEAR).public_id
    frank, new = client_of("Frank"), f"/members/{cast.public['Mia']}/contracts/new"
    typed = {"plan": plan, "starts_on": "2026-11-22", "shown": "2400000", "then": "paper"}

    drawn_up = frank.post(new, data=typed)
    public_id = drawn_up.location.split("/")[2]
    assert state_of(app, public_id) is ContractState.INCOMPLETE
    assert invoices(app) == []
    frank.post(drawn_up.location, data=signed(frank.get(drawn_up.location).text))

    assert state_of(app, public_id) is ContractState.SIGNED
    assert invoices(app) == [2_400_000]


def test_a_discount_agreed_before_the_signature_is_in_the_invoice(client_of, app, cast):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, YEAR)
        sale = SaleTerms(discount_minor=100_000, discount_reason="friend")
        request = SignRequest(
            cast.members["Mia"], plan.plan_id, TODAY, is_complete=False, sale=sale
        )
        public_id = sign(request, by="user:1").public_id
    frank, address = client_of("Frank"), f"/contracts/{public_id}/paper"

    frank.post(address, data=signed(frank.get(address).text))

    assert invoices(app) == [2_300_000]


def invoices(app) -> list[int]:
    """Return the totals of all invoices."""
    with app.app_context(), unit_of_work(write=False) as session:
        return [one.total_minor for one in session.query(Invoice)]
