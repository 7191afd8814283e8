"""Views room: who changed what of plans, products, campaigns, settings and every other record."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.permissions import SEE_CHANGES
from clubcrm.people.queries.things import log_of
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.change_words import is_told, name_words, one_currency, value_words


@people.get("/changes")
@require(SEE_CHANGES)
def things() -> ResponseReturnValue:
    kinds = kind_words()
    kind = request.args.get("kind", "")
    kind = kind if kind in kinds else "club"
    record = request.args.get("record", "")[:20]
    lines = [one for one in log_of(current_actor().scope, kind, record) if is_told(one.change)]
    return render_template(
        "clubcrm/people/things.html",
        kinds=sorted(kinds.items(), key=lambda one: one[1]),
        kind=kind,
        record=record,
        lines=lines,
        name_words=name_words,
        value_words=value_words,
        currency=one_currency(my_clubs()),
        zone=current_club().zone,
    )


def kind_words() -> dict[str, str]:
    """Return the kinds of records with a log of their own, by name."""
    return {
        "ad_place": _("Pages of advertisers"),
        "article": _("Articles"),
        "booking": _("Bookings"),
        "built_report": _("Reports"),
        "campaign": _("Campaigns"),
        "class_type": _("Classes"),
        "club": _("Clubs and settings"),
        "club_event": _("Events"),
        "contract": _("Contracts"),
        "discount_rule": _("Discounts"),
        "export_archive": _("Archives"),
        "freeze_type": _("Freezes"),
        "invoice": _("Invoices"),
        "journey_version": _("Journeys"),
        "kpi_goal": _("Goals"),
        "lead": _("Leads"),
        "own_field": _("Fields"),
        "package_lot": _("Packages sold"),
        "package_product": _("Packages"),
        "pay_rule": _("Rules of trainers"),
        "payment": _("Payments"),
        "plan": _("Plans"),
        "product": _("Products"),
        "promotion": _("Promotions"),
        "purchase_order": _("Purchase orders"),
        "role": _("Roles"),
        "segment": _("Segments"),
        "shift": _("Shifts"),
        "supplier": _("Suppliers"),
        "task": _("Tasks"),
        "task_rule": _("Task rules"),
        "ticket": _("Tickets"),
        "token": _("Programs"),
        "user": _("Staff"),
        "voucher": _("Vouchers"),
    }
