"""The first week of each role: the pages of the work, a few a day, and what to try on each."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from clubcrm.core.finding import Step
from clubcrm.core.shell import Place

_TALKS = Place(
    "tasks.my_day",
    _l("My day"),
    "checks",
    "",
    _l("Calls and talks that wait for you. Open one, and write down what came of it."),
)
_RENEWALS = Place(
    "renewing.index",
    _l("Renewals due"),
    "refresh",
    "",
    _l("Who soon comes to the end of a contract. Open a member and look at the offer."),
)
_REPORTS = Place(
    "reports.index",
    _l("The club in numbers"),
    "chart-bar",
    "",
    _l("Click a number: it opens the people it is made of."),
)
_MEMBERS = Place(
    "people.index",
    _l("Members"),
    "users",
    "",
    _l("Type three letters of a name, or the end of a phone number, and open a card."),
)
_REGISTER = Place(
    "people.new",
    _l("Register a person"),
    "user-plus",
    "",
    _l("Type a name and a phone number. Who is known already is shown before you save."),
)
_SCHEDULE = Place(
    "schedule.week",
    _l("Schedule"),
    "calendar",
    "",
    _l("Open a class: who is booked, who waits, and a place for the next one."),
)
_DESK = Place(
    "desk.show",
    _l("The desk"),
    "door-enter",
    "",
    _l("Type a card number or a name: green lets in, red says why not, and what helps."),
)

FIRST_WEEK: Mapping[str, tuple[Step, ...]] = {
    "owner": (
        (
            1,
            Place(
                "settings.clubs",
                _l("Your clubs"),
                "building-store",
                "",
                _l("Set opening hours, closed days and the time zone. Much goes by them."),
            ),
        ),
        (
            1,
            Place(
                "plans.index",
                _l("Plans and prices"),
                "file-text",
                "",
                _l("Write down what you sell: term, price, freeze days, notice."),
            ),
        ),
        (
            2,
            Place(
                "settings.staff",
                _l("Your staff"),
                "users",
                "",
                _l("Invite everybody with the right role. Each gets a first week like this one."),
            ),
        ),
        (
            2,
            Place(
                "people.import_start",
                _l("Bring in your members"),
                "file-import",
                "",
                _l("A sheet with names and phones. Nothing is written before you have seen it."),
            ),
        ),
        (
            3,
            Place(
                "gate.devices",
                _l("Terminals at the doors"),
                "router",
                "",
                _l("Connect one and claim it; until then the desk scans by hand."),
            ),
        ),
        (
            3,
            Place(
                "channels.show",
                _l("How the club writes"),
                "mail",
                "",
                _l("See which channels are open, and send yourself a test."),
            ),
        ),
        (
            4,
            Place(
                "journeys.today",
                _l("Who would hear from us today"),
                "route",
                "",
                _l("A rehearsal: who would be written to or called, and why. Nothing is sent."),
            ),
        ),
        (5, _REPORTS),
    ),
    "manager": (
        (1, _DESK),
        (1, _MEMBERS),
        (2, _TALKS),
        (
            2,
            Place(
                "risk.members",
                _l("Members at risk"),
                "alert-triangle",
                "",
                _l("Who has gone quiet, with the reason. Give one of them to somebody to call."),
            ),
        ),
        (3, _SCHEDULE),
        (4, _RENEWALS),
        (5, _REPORTS),
    ),
    "sales": (
        (1, _MEMBERS),
        (1, _REGISTER),
        (2, _TALKS),
        (3, _RENEWALS),
        (4, _SCHEDULE),
    ),
    "desk": (
        (1, _DESK),
        (1, _MEMBERS),
        (2, _REGISTER),
        (3, _SCHEDULE),
        (4, _TALKS),
        (
            5,
            Place(
                "desk.inside",
                _l("Who is inside"),
                "users",
                "",
                _l("The list for an alarm, and for the question whether somebody is still here."),
            ),
        ),
    ),
    "trainer": (
        (
            1,
            Place(
                "trainer.today",
                _l("Your day"),
                "stretching",
                "",
                _l("Your sessions and clients. A session held is logged with one tap."),
            ),
        ),
        (2, _SCHEDULE),
        (3, _TALKS),
        (
            4,
            Place(
                "wages.mine",
                _l("Your pay"),
                "cash",
                "",
                _l("Every session and class that counts, and what it comes to this month."),
            ),
        ),
    ),
    "barista": (
        (
            1,
            Place(
                "till.show",
                _l("The till"),
                "cash",
                "",
                _l("Tap what is bought, choose how it is paid. Open a shift first."),
            ),
        ),
        (
            2,
            Place(
                "shifts.mine",
                _l("Your shift"),
                "clock",
                "",
                _l("Count the drawer when you begin and when you end; a difference is explained."),
            ),
        ),
        (
            3,
            Place(
                "stock.index",
                _l("Stock"),
                "package",
                "",
                _l("What is there, what runs out, and what a number is made of."),
            ),
        ),
        (
            4,
            Place(
                "sales.index",
                _l("Sales"),
                "receipt",
                "",
                _l("Find a receipt, print it again, take something back."),
            ),
        ),
    ),
    "accountant": (
        (
            1,
            Place(
                "money.index",
                _l("Money of today"),
                "cash",
                "",
                _l("What came in, by which way, and what is still open."),
            ),
        ),
        (
            2,
            Place(
                "money.invoices",
                _l("Invoices"),
                "file-invoice",
                "",
                _l("Filter what is overdue; every invoice leads to its lines and payments."),
            ),
        ),
        (
            3,
            Place(
                "dunning.index",
                _l("Who owes"),
                "clock",
                "",
                _l("Who is behind, at which step, and what happens next."),
            ),
        ),
        (
            4,
            Place(
                "books.book",
                _l("Cash book"),
                "book",
                "",
                _l("Enter an expense, with its kind and day. A wrong one is corrected by another."),
            ),
        ),
        (
            5,
            Place(
                "books.closings",
                _l("Days and months closed"),
                "lock",
                "",
                _l("Close a day with its count; a closed month does not change any more."),
            ),
        ),
    ),
}
