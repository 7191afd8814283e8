"""Slips on their way: printed at once, waiting for a printer that is away, copies counted."""

from datetime import timedelta

import pytest

from clubcrm.core import clock
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from memberships.billing.slips import slip_order
from memberships.printing.jobs import print_waiting
from memberships.printing.models import Printer, PrintJob
from memberships.printing.rules import Look, PrintState, Row, Slip
from memberships.printing.running import print_all
from memberships.printing.services import (
    PrinterOrder,
    PrintOrder,
    add_printer,
    claim,
    conclude,
    open_drawer,
    print_copy,
    put_on_paper,
    queue_print,
    remove_printer,
)
from memberships.tills.services import add_till
from tests.cast import Cast
from tests.memberships.billing.conftest import noon, pay, sell
from tests.memberships.printing.machine import PAPER_OUT, Machine, running

MAX, BORIS = "user:2", "user:6"
TEA = Slip((Row("Cup of tea", "20.00"), Row("Total", "20.00", Look.TOTAL)), opens_drawer=True)
__all__ = ["noon"]
DRAWER_PIN_2 = b"\x1bp\x0022"


@pytest.fixture
def machine():
    with running(Machine()) as machine:
        yield machine


def put_up(cast: Cast, port: int, name: str = "Bar", **changed: int) -> int:
    with unit_of_work():
        order = PrinterOrder(name, "127.0.0.1", port, drawer_pin=2, **changed)
        return add_printer(cast.club, order, by=MAX).id


def order(cast: Cast, number: str = "1", slip: Slip = TEA) -> PrintOrder:
    return PrintOrder(cast.club, "sale", number, f"Sale {number}", slip)


def work(at=None):
    return print_waiting(JobContext("print-waiting", "now", at or clock.now()))


def without_pictures(slip: bytes) -> tuple[bytes, int]:
    """Return the slip without its raster pictures (GS v 0 and two sizes), and their number."""
    words, pictures = b"", 0
    while b"\x1dv0" in slip:
        before, _, rest = slip.partition(b"\x1dv0")
        wide = rest[1] + 256 * rest[2]
        high = rest[3] + 256 * rest[4]
        words, pictures, slip = words + before, pictures + 1, rest[5 + wide * high :]
    return words + slip, pictures


def states() -> list[tuple[str, str]]:
    with unit_of_work(write=False) as session:
        rows = session.query(PrintJob).order_by(PrintJob.id).all()
        return [(one.title, one.state.value) for one in rows]


def test_a_slip_is_printed_cut_and_opens_the_drawer(app, cast, machine):
    with app.app_context():
        put_up(cast, machine.port)
        with unit_of_work():
            queue_print(order(cast), by=BORIS)
        assert work().done == 1
    (slip,) = machine.slips
    assert b"Cup of tea" in slip
    assert b"20.00" in slip
    assert DRAWER_PIN_2 in slip
    assert b"\x1dV" in slip, "the paper is cut"


def test_bengali_goes_as_a_picture_and_never_as_question_marks(app, cast, machine):
    with app.app_context():
        put_up(cast, machine.port)
        with unit_of_work():
            queue_print(order(cast, slip=Slip((Row("এক কাপ চা", "৳ ২০.০০"),))), by=BORIS)
        assert work().done == 1
    words, pictures = without_pictures(machine.slips[0])
    assert pictures
    assert b"?" not in words


def test_asking_twice_is_one_slip_and_each_copy_is_marked_and_counted(app, cast, machine):
    with app.app_context():
        put_up(cast, machine.port)
        with unit_of_work():
            first, second = (queue_print(order(cast), by=BORIS) for _ in range(2))
            assert first is not None
            assert second is first
            copies = [print_copy(order(cast), by=BORIS).copy_number for _ in range(2)]
        assert copies == [1, 2]
        assert work().done == 3
        with unit_of_work(write=False) as session:
            assert session.query(AuditLine).filter_by(action="print.copy").count() == 2
    assert [b"Copy of Original" in slip for slip in machine.slips] == [False, True, True]
    assert [DRAWER_PIN_2 in slip for slip in machine.slips] == [True, False, False]


def test_a_printer_that_is_away_stops_no_sale_and_gets_its_slips_in_order(app, cast, machine):
    with app.app_context():
        dead = Machine()
        with running(dead):
            pass
        put_up(cast, dead.port)
        with unit_of_work():
            for number in ("1", "2", "3"):
                queue_print(order(cast, number, Slip((Row(f"sale {number}"),))), by=BORIS)
        assert work().done == 0
        with unit_of_work(write=False) as session:
            printer = session.query(Printer).one()
            assert "refused" in printer.trouble.lower()
            tried = [one.attempts for one in session.query(PrintJob).order_by(PrintJob.id)]
        assert tried == [1, 0, 0], "nothing overtakes the slip that could not be printed"
        with running(dead):
            assert work(clock.now() + timedelta(seconds=6)).done == 3
        assert [slip[slip.index(b"sale") :][:6] for slip in dead.slips] == [
            b"sale 1",
            b"sale 2",
            b"sale 3",
        ]
        with unit_of_work(write=False) as session:
            assert session.query(Printer).one().trouble == ""


def test_without_paper_nothing_is_sent_and_the_page_says_so(app, cast, machine):
    machine.paper = PAPER_OUT
    with app.app_context():
        put_up(cast, machine.port)
        with unit_of_work():
            queue_print(order(cast), by=BORIS)
        work()
        assert states() == [("Sale 1", "waiting")]
        with unit_of_work(write=False) as session:
            assert session.query(Printer).one().trouble == "no paper"
    assert machine.slips == []


def test_a_printer_that_tells_nothing_of_its_paper_is_believed(app, cast, machine):
    machine.paper = None
    with app.app_context():
        put_up(cast, machine.port)
        with unit_of_work():
            queue_print(order(cast), by=BORIS)
        assert work().done == 1


def test_two_processes_print_a_slip_once(app, cast, machine):
    with app.app_context():
        put_up(cast, machine.port)
        with unit_of_work():
            job = queue_print(order(cast), by=BORIS)
            assert job is not None
            job_id = job.id
        with unit_of_work() as session:
            first = claim(session, job_id)
        with unit_of_work() as session:
            assert claim(session, job_id) is None
        assert first is not None
        trouble = put_on_paper(first)
        with unit_of_work() as session:
            conclude(session, first, trouble)
        assert print_all([(job_id, first.printer_id)], unit_of_work).done == 0
    assert len(machine.slips) == 1


def test_nobody_wants_yesterdays_slip(app, cast):
    with app.app_context():
        dead = Machine()
        with running(dead):
            pass
        put_up(cast, dead.port)
        with unit_of_work() as session:
            job = queue_print(order(cast), by=BORIS)
            assert job is not None
            job.asked_at = clock.now() - timedelta(hours=13)
            session.flush()
        work()
        assert states() == [("Sale 1", "dropped")]


def test_a_club_without_a_printer_sells_and_only_a_wished_copy_is_refused(unit, cast):
    assert queue_print(order(cast), by=BORIS) is None
    with pytest.raises(DomainError) as error:
        print_copy(order(cast), by=BORIS)
    assert error.value.code == "NO_PRINTER"


def test_each_till_has_its_printer_and_a_removed_one_gets_nothing(unit, cast):
    till = add_till(cast.club, "Counter", by=MAX).id
    desk = add_printer(cast.club, PrinterOrder("Desk", "127.0.0.1", 9100), by=MAX)
    bar = add_printer(cast.club, PrinterOrder("Bar", "127.0.0.1", 9101, till_id=till), by=MAX)
    at_till = PrintOrder(cast.club, "sale", "1", "Sale", TEA, till)
    job = queue_print(at_till, by=BORIS)
    assert job is not None
    assert job.printer_id == bar.id
    elsewhere = queue_print(order(cast, "2"), by=BORIS)
    assert elsewhere is not None
    assert elsewhere.printer_id == desk.id
    remove_printer(bar, by=MAX)
    db.session.refresh(job)
    assert job.state is PrintState.DROPPED
    again = queue_print(PrintOrder(cast.club, "sale", "3", "Sale", TEA, till), by=BORIS)
    assert again is not None
    assert again.printer_id == desk.id


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"host": "printer.example.org"}, "host"),
        ({"host": "8.8.8.8"}, "host"),
        ({"port": 0}, "port"),
        ({"port": 70000}, "port"),
        ({"paper_mm": 70}, "paper_mm"),
        ({"drawer_pin": 3}, "drawer_pin"),
        ({"name": " "}, "name"),
    ],
)
def test_a_wrong_printer_names_its_field(unit, cast, changed, field):
    typed = {"name": "Bar", "host": "192.168.1.5", **changed}
    with pytest.raises(DomainError) as error:
        add_printer(cast.club, PrinterOrder(**typed), by=MAX)
    assert [one.field for one in error.value.fields] == [field]


def test_the_drawer_opens_without_a_sale_and_the_audit_names_who(app, cast, machine):
    with app.app_context():
        put_up(cast, machine.port)
        with unit_of_work():
            open_drawer(cast.club, None, "change for the desk", by=BORIS)
        work()
        with unit_of_work(write=False) as session:
            line = session.query(AuditLine).filter_by(action="drawer.opened").one()
            assert line.after == {"reason": "change for the desk"}
    assert DRAWER_PIN_2 in machine.slips[0]


def test_an_invoice_as_a_slip_names_lines_taxes_tender_and_what_stays_owed(unit, cast, noon):
    invoice = sell(cast)
    pay(cast, 4_000, invoices=(invoice.id,))
    slip = slip_order(invoice, cash=True).slip
    words = " | ".join(f"{row.left} {row.right}".strip() for row in slip.rows)
    assert invoice.number in words
    assert "Locker" in words
    assert "Cash" in words
    assert "40.00" in words
    assert "On the account" in words
    assert "60.00" in words
    assert slip.opens_drawer


def test_pages_add_try_and_remove_a_printer(client_of, app, cast, machine):
    max_ = client_of("Max")
    typed = {
        "name": "Bar",
        "host": "127.0.0.1",
        "port": str(machine.port),
        "paper_mm": "80",
        "drawer_pin": "2",
        "till_id": "0",
    }
    wrong = max_.post("/settings/printers", data={**typed, "host": "8.8.8.8"})
    assert wrong.status_code == 400
    assert "8.8.8.8" in wrong.text
    answer = max_.post("/settings/printers", data=typed, follow_redirects=True)
    assert answer.status_code == 200
    assert len(machine.slips) == 1, "a first slip came out with the answer"
    assert "Works" in max_.get("/settings/printers").text
    with app.app_context(), unit_of_work(write=False) as session:
        public_id = session.query(Printer).one().public_id
    boris = client_of("Boris")
    sample = boris.post(f"/settings/printers/{public_id}/sample", follow_redirects=True)
    assert sample.status_code == 200
    assert len(machine.slips) == 2
    assert boris.post(f"/settings/printers/{public_id}/remove").status_code == 403
    assert max_.post(f"/settings/printers/{public_id}/remove").status_code == 303
    assert "No printer yet" in max_.get("/settings/printers").text


def test_a_waiting_slip_is_tried_again_or_dropped_by_hand(client_of, app, cast):
    dead = Machine()
    with running(dead):
        pass
    with app.app_context():
        put_up(cast, dead.port)
        with unit_of_work():
            for number in ("1", "2"):
                queue_print(order(cast, number), by=BORIS)
        work()
        with unit_of_work(write=False) as session:
            one, two = (job.public_id for job in session.query(PrintJob).order_by(PrintJob.id))
    boris = client_of("Boris")
    assert "Waits" in boris.get("/settings/printers").text
    with running(dead):
        drop = boris.post(f"/settings/printers/slips/{two}/drop", follow_redirects=True)
        again = boris.post(f"/settings/printers/slips/{one}/again", follow_redirects=True)
        assert [drop.status_code, again.status_code] == [200, 200]
    with app.app_context():
        assert states() == [("Sale 1", "printed"), ("Sale 2", "dropped")]
    assert boris.post(f"/settings/printers/slips/{one}/drop").status_code == 404
