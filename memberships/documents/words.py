"""Queries room: what kinds of documents and placeholders are called, and what is wrong in words."""

from flask_babel import gettext as _

from memberships.documents.rules.kinds import DocumentKind
from memberships.documents.rules.wording import Faults


def kind_words(kind: DocumentKind) -> str:
    """Return what people call a kind of document."""
    return {
        DocumentKind.CONTRACT: _("Contract"),
        DocumentKind.WAIVER: _("Waiver"),
        DocumentKind.INVOICE: _("Invoice"),
        DocumentKind.CREDIT_NOTE: _("Credit note"),
        DocumentKind.RECEIPT: _("Receipt"),
        DocumentKind.RECEIPT_80MM: _("Receipt of the till, 80 mm"),
        DocumentKind.CARD: _("Membership card"),
        DocumentKind.DUNNING_REMINDER: _("Friendly reminder of a debt"),
        DocumentKind.DUNNING_LETTER: _("First letter about a debt"),
        DocumentKind.DUNNING_LAST: _("Last letter about a debt"),
    }[kind]


def kind_help(kind: DocumentKind) -> str:
    """Return what the owner's words are for in a kind of document."""
    return {
        DocumentKind.CONTRACT: _("The whole text that members read and sign."),
        DocumentKind.WAIVER: _("What a member declares before training; signed again in time."),
        DocumentKind.INVOICE: _("The closing words under the table of what was sold."),
        DocumentKind.CREDIT_NOTE: _("The closing words under what is given back."),
        DocumentKind.RECEIPT: _("The closing words of a receipt on A4."),
        DocumentKind.RECEIPT_80MM: _("The last lines of the slip."),
        DocumentKind.CARD: _("What stands on the back of the card."),
        DocumentKind.DUNNING_REMINDER: _("The whole letter of the first step of a debt."),
        DocumentKind.DUNNING_LETTER: _("The whole letter, when the reminder did not help."),
        DocumentKind.DUNNING_LAST: _("The whole letter, before the club ends the contract."),
    }[kind]


def placeholder_words(name: str) -> str:
    """Return what a placeholder stands for."""
    return {
        "member_name": _("name of the member"),
        "member_birth_date": _("birth date of the member"),
        "member_phone": _("phone of the member"),
        "member_email": _("e-mail of the member"),
        "member_address": _("postal address of the member"),
        "member_number": _("number of the member"),
        "payer_name": _("who pays"),
        "guardian_name": _("who signs for a minor"),
        "number": _("number of this document"),
        "plan_name": _("name of the plan"),
        "starts_on": _("first day"),
        "ends_on": _("last day"),
        "price": _("price with currency"),
        "visits": _("how many visits"),
        "hours": _("hours of the plan"),
        "valid_until": _("last day it holds"),
        "issued_on": _("day of issue"),
        "due_on": _("last day to pay"),
        "total": _("whole amount"),
        "corrects": _("number of the corrected invoice"),
        "amount_due": _("what is owed"),
        "oldest_due_on": _("since when it is owed"),
        "days_late": _("how many days late"),
        "invoice_numbers": _("numbers of open invoices"),
        "open_invoices": _("open invoices with their days and sums"),
        "pay_until": _("day until which to pay"),
        "club_name": _("name of the club"),
        "legal_name": _("legal name of the club"),
        "club_address": _("address of the club"),
        "club_phone": _("phone of the club"),
        "club_email": _("e-mail of the club"),
        "tax_id": _("tax number of the club"),
        "today": _("day on which it is made"),
    }.get(name, name)


def fault_words(faults: Faults) -> str:
    """Return in one or more sentences what has to be put right."""
    told = []
    if faults.unknown:
        names = ", ".join(f"{{{name}}}" for name in faults.unknown)
        told.append(_("Nobody knows %(names)s. Use the placeholders of the list.", names=names))
    if faults.missing:
        names = ", ".join(f"{{{name}}}" for name in faults.missing)
        told.append(_("This text needs %(names)s.", names=names))
    if faults.loose:
        told.append(_("A brace stands alone in: %(lines)s", lines=" / ".join(faults.loose)))
    return " ".join(told)
