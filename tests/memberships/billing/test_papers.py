"""Invoices, credit notes, receipts and cards on paper: complete, readable, the same for ever."""

import re
import subprocess
from datetime import date

import pytest

from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from memberships.billing.buyer_tables import BuyerDetail
from memberships.billing.credits import credit
from memberships.billing.orders import CreditOrder, Due, LineKind, LineOrder
from memberships.documents.rules.kinds import DocumentKind
from memberships.documents.services import HeadDraft, TextDraft, save_letterhead, save_text
from tests.memberships.billing.conftest import FRANK, pay, sell
from tests.memberships.documents.pdfs import words_of

HEAD = HeadDraft(
    "Dhanmondi Fitness Ltd.",
    "House 12, Road 7\nDhaka 1205",
    "BIN 001234567-0101",
    bank="City Bank 1501-204-441",
)
LONG = "Gold membership with pool, sauna, all classes and a towel at each of the many visits"
YEAR = LineOrder(LONG, LineKind.MEMBERSHIP, 12_400_000, tax_bp=1500)

pytestmark = pytest.mark.usefixtures("noon")


def flat(text: str) -> str:
    return " ".join(text.split())


def pages_of(pdf: bytes) -> list[str]:
    """Return the size of each page of a PDF."""
    told = subprocess.run(
        ["pdfinfo", "-f", "1", "-l", "9", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return re.findall(r"Page +\d+ size: +([\d.]+ x [\d.]+)", told)


@pytest.fixture
def sold(app, cast) -> dict[str, str]:
    """Mia bought a year in two parts and paid the first; returns public ids."""
    with app.app_context(), unit_of_work():
        save_letterhead(cast.club, HEAD, by="user:1")
        parts = (Due(date(2026, 11, 26), 6_400_000), Due(date(2026, 12, 26), 6_000_000))
        invoice = sell(cast, YEAR, due=parts)
        payment = pay(cast, 6_400_000, reference="slip 77")
        note = credit(CreditOrder(invoice.id, "moved away", "x1", amount_minor=1_000_000), by=FRANK)
        return {
            "invoice": invoice.public_id,
            "number": invoice.number,
            "payment": payment.public_id,
            "note": note.public_id,
        }


def test_an_invoice_names_seller_buyer_items_and_tax(client_of, sold):
    answer = client_of("Anna").get(f"/invoices/{sold['invoice']}/invoice.pdf?language=en")

    text = flat(words_of(answer.data))
    for word in (
        f"Invoice {sold['number']}",
        "Dhanmondi Fitness Ltd.",
        "BIN 001234567-0101",
        "Dhaka 1205",
        "26 Nov 2026, 12:00:00 (Asia/Dhaka)",
        "Mia Rahman",
        "+880 1711-000001",
        "Gold membership with pool",
        "15 %",
        "৳124,000.00",
        "26 Dec 2026",
        "City Bank 1501-204-441",
    ):
        assert word in text


def test_money_is_grouped_by_lakh_where_the_reader_does_so(client_of, sold):
    answer = client_of("Anna").get(f"/invoices/{sold['invoice']}/invoice.pdf?language=bn")

    text = words_of(answer.data)
    assert "1,24,000.00" in text
    assert "ইনভয়েস" in text or "ইনভ" in text


def test_an_invoice_prints_the_same_after_everything_has_changed(client_of, app, cast, sold, noon):
    anna, address = client_of("Anna"), f"/invoices/{sold['invoice']}/invoice.pdf?language=en"
    before = words_of(anna.get(address).data)
    noon.shift(60)

    with app.app_context(), unit_of_work():
        save_letterhead(cast.club, HeadDraft("Other Name Ltd."), by="user:1")
        text = TextDraft(DocumentKind.INVOICE, "en", "Bill", "Pay at once, {member_name}!")
        save_text(cast.club, text, by="user:1")
        later = sell(cast, YEAR).public_id

    assert words_of(anna.get(address).data) == before
    new = words_of(anna.get(f"/invoices/{later}/invoice.pdf?language=en").data)
    assert "Other Name Ltd." in new
    assert "Pay at once, Mia Rahman!" in new


def test_a_tax_invoice_names_the_buyers_bin_from_then_on(client_of, app, cast, sold, noon):
    max_, mia = client_of("Max"), cast.public["Mia"]
    typed = {"name": "Rahman Traders", "tax_id": "০০১২৩৪৫৬৭ 0102", "address": "Road 3\nDhaka"}
    noon.shift(60)

    wrong = max_.post(f"/members/{mia}/account/buyer", data={**typed, "tax_id": "12345"})
    saved = max_.post(f"/members/{mia}/account/buyer", data=typed)
    with app.app_context(), unit_of_work():
        later = sell(cast, YEAR).public_id

    assert (wrong.status_code, saved.status_code) == (400, 303)
    assert "A BIN has nine digits and four more" in wrong.text
    assert 'value="12345"' in wrong.text
    pdf = max_.get(f"/invoices/{later}/invoice.pdf?language=en").data
    told = flat(words_of(pdf))
    assert all(one in told for one in ("Rahman Traders", "BIN 001234567-0102", "Road 3"))
    before = flat(words_of(max_.get(f"/invoices/{sold['invoice']}/invoice.pdf?language=en").data))
    assert "Rahman Traders" not in before
    shown = max_.get(f"/api/v1/members/{mia}/buyer").get_json()
    assert shown == {
        "name": "Rahman Traders",
        "tax_id": "001234567-0102",
        "address": "Road 3\nDhaka",
    }
    again = max_.post(f"/api/v1/members/{mia}/buyer", json=shown)
    assert again.status_code == 200
    with app.app_context(), unit_of_work(write=False):
        assert db.session.query(BuyerDetail).count() == 1


def test_a_credit_note_names_what_it_corrects(client_of, sold):
    answer = client_of("Anna").get(f"/invoices/{sold['note']}/invoice.pdf?language=ru")

    text = flat(words_of(answer.data))
    assert "Кредит-нота" in text
    assert sold["number"] in text
    assert "10 000,00" in text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_receipt_comes_on_a4_and_as_a_slip_of_80_millimetres(client_of, sold):
    anna, address = client_of("Anna"), f"/payments/{sold['payment']}/receipt.pdf?language=en"

    large, slip = anna.get(address).data, anna.get(f"{address}&paper=80mm").data

    assert pages_of(large) == ["595.276 x 841.89"]
    (slip_size,) = pages_of(slip)
    assert slip_size.startswith("226.77")
    for pdf in (large, slip):
        text = flat(words_of(pdf))
        for word in ("Mia Rahman", "৳64,000.00", sold["number"], "Cash", "slip 77"):
            assert word in text


def test_a_slip_of_many_long_lines_still_is_one_page(client_of, app, cast):
    with app.app_context(), unit_of_work():
        save_letterhead(cast.club, HEAD, by="user:1")
        lines = [LineOrder(f"{LONG} {number}", LineKind.OTHER, 1_000) for number in range(25)]
        sell(cast, *lines)
        payment = pay(cast, 25_000).public_id

    slip = client_of("Anna").get(f"/payments/{payment}/receipt.pdf?paper=80mm").data

    assert len(pages_of(slip)) == 1
    assert f"{LONG} 24"[:20] in flat(words_of(slip))


def test_long_bengali_names_fit_the_page(client_of, app, cast, sold):
    with app.app_context(), unit_of_work():
        mia = db.session.get_one(Person, cast.members["Mia"])
        mia.given_name, mia.family_name = "মোহাম্মদ আব্দুল্লাহ আল-মামুন", "চৌধুরী জুলফিকার হায়দার" * 3

    answer = client_of("Anna").get(f"/invoices/{sold['invoice']}/invoice.pdf?language=bn")

    assert len(pages_of(answer.data)) == 1
    assert "চৌধু" in words_of(answer.data)


def test_programs_take_the_same_papers(client_of, sold):
    anna = client_of("Anna")
    for address in (
        f"/api/v1/invoices/{sold['invoice']}/pdf",
        f"/api/v1/payments/{sold['payment']}/pdf?paper=80mm",
    ):
        answer = anna.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")


def test_papers_of_another_club_are_not_there(client_of, sold):
    zoe = client_of("Zoe")
    for address in (
        f"/invoices/{sold['invoice']}/invoice.pdf",
        f"/payments/{sold['payment']}/receipt.pdf",
        f"/api/v1/invoices/{sold['invoice']}/pdf",
        "/invoices/%00/invoice.pdf",
    ):
        assert zoe.get(address).status_code == 404
    assert client_of("Tara").get(f"/invoices/{sold['invoice']}/invoice.pdf").status_code == 403


def test_a_membership_card_has_the_code_the_gate_reads(client_of, cast):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    frank.post(f"/members/{mia}/cards", data={"kind": "card", "value": "0004471234"})
    page = frank.get(f"/members/{mia}/cards").text
    address = next(part.split('"')[0] for part in page.split('href="') if "card.pdf" in part)

    answer = frank.get(address)

    assert pages_of(answer.data) == ["242.646 x 153.071"] * 2
    text = flat(words_of(answer.data))
    assert "Mia Rahman" in text
    assert "This card is personal." in text
