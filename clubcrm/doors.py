"""What the search box opens: every page by its name, what one often does, and the finders.

A package whose things shall be found gives a finder here; a page that no rail shows adds itself.
"""

from flask_babel import lazy_gettext as _l

import clubcrm.leads.permissions as leads_rights
import clubcrm.tickets.permissions as tickets
import memberships.permissions as memberships
from clubcrm.core.finding import Finder, Ways, doors
from clubcrm.core.shell import Place
from clubcrm.first_week import FIRST_WEEK
from clubcrm.leads.finder import leads
from clubcrm.pages import PLACES, SETTINGS
from clubcrm.tickets.finder import articles
from memberships.billing.finder import invoices
from memberships.contracts.finder import contracts

# What one often does, by the words in which one would look for it. A page is shown to those whom
# it lets in.
ACTIONS: tuple[Place, ...] = (
    Place("people.new", _l("Register a person"), "user-plus", ""),
    Place("people.import_start", _l("Import people"), "file-import", ""),
    Place("vouchers.new", _l("New voucher"), "ticket", ""),
    Place("plans.new", _l("New plan"), "file-plus", ""),
    Place("books.entry", _l("Enter a payment into the cash book"), "cash", ""),
    Place("books.day", _l("Close the day"), "lock", ""),
    Place("settings.user_new", _l("Add somebody to the staff"), "user-plus", ""),
    Place("gate.device_new", _l("Add a terminal"), "router", ""),
)

# Pages that no rail and no settings show.
FARTHER: tuple[Place, ...] = (
    Place("desk.inside", _l("Who is inside"), "users", ""),
    Place("desk.day", _l("Scans of today"), "door-enter", ""),
    Place("risk.members", _l("Members at risk"), "alert-triangle", ""),
    Place("journeys.today", _l("Who would hear from us today"), "route", ""),
    Place("messages.outbox", _l("Outbox"), "mail", ""),
    Place("texts.index", _l("Texts of messages"), "file-text", ""),
    Place("money.invoices", _l("Invoices"), "file-invoice", ""),
    Place("money.payments", _l("Payments"), "cash", ""),
    Place("dunning.index", _l("Who owes"), "clock", ""),
    Place("vouchers.index", _l("Vouchers"), "ticket", ""),
    Place("books.book", _l("Cash book"), "book", ""),
    Place("books.profit", _l("Profit and loss"), "chart-bar", ""),
    Place("renewing.index", _l("Renewals due"), "refresh", ""),
    Place("reports.renewals", _l("Renewal report"), "chart-bar", ""),
    Place("reports.forecast", _l("Forecast"), "trending-up", ""),
    Place("touch_reports.index", _l("What each contact does"), "chart-dots", ""),
    Place("duty.week", _l("Shifts of the staff"), "calendar", ""),
    Place("wages.mine", _l("My pay"), "cash", ""),
    Place("tickets.index", _l("Questions and complaints"), "help-circle", ""),
    Place("articles.index", _l("Articles"), "book", ""),
    Place("leads.board", _l("Leads"), "user-plus", ""),
    Place("guide.week", _l("Your first week"), "compass", ""),
    Place("approvals.index", _l("Approvals"), "checks", ""),
)

DOORS: tuple[Place, ...] = (*PLACES, *FARTHER, *ACTIONS, *SETTINGS)

# Asked in this order, each only for those who hold its right.
FINDERS: tuple[Finder, ...] = (
    Finder(_l("Invoices"), memberships.SEE_MONEY, invoices),
    Finder(_l("Contracts"), memberships.SEE_CONTRACTS, contracts),
    Finder(_l("Leads"), leads_rights.SEE_LEADS, leads),
    Finder(_l("Articles"), tickets.SEE_TICKETS, articles),
    Finder(_l("Pages and actions"), "", doors),
)

WAYS = Ways(FINDERS, DOORS, FIRST_WEEK)
