"""Views room: what kinds of records and causes of an erasure read like."""

from flask_babel import gettext as _


def record_words(table: str) -> str:
    """Return the name of a kind of record; one without a name is called as it is kept."""
    named = {
        "access_event": _("Scans at the door"),
        "bar_sale": _("Sales at the bar"),
        "block": _("Blocks"),
        "booking": _("Bookings"),
        "card_document": _("Documents and photos"),
        "card_look": _("Who looked at the card"),
        "buyer_detail": _("Name on invoices"),
        "consent": _("Answers to consent"),
        "contact_point": _("Ways to reach"),
        "contract": _("Contracts"),
        "credential": _("Cards"),
        "fiscal_document": _("Bills for the tax office"),
        "handover_note": _("Handover notes"),
        "invoice": _("Invoices"),
        "kept_document": _("Papers"),
        "lead": _("Leads"),
        "medical_certificate": _("Medical certificates"),
        "message": _("Messages"),
        "message_reply": _("Answers"),
        "note": _("Notes"),
        "package_lot": _("Packages"),
        "pay_method": _("Ways of paying"),
        "payment": _("Payments"),
        "personal_discount": _("Personal discounts"),
        "person_change": _("Changes of fields"),
        "person_merge": _("Joined records"),
        "point_entry": _("Points"),
        "promotion_use": _("Lowered prices"),
        "referral": _("Friends brought"),
        "referral_code": _("Codes for friends"),
        "referral_reward": _("Rewards for friends"),
        "search_word": _("Words to be found by"),
        "survey_answer": _("Answers to surveys"),
        "task": _("Tasks"),
        "task_attempt": _("Calls"),
        "ticket": _("Tickets"),
        "visit": _("Visits"),
        "voucher": _("Vouchers"),
        "waiver": _("Waivers"),
    }
    return named.get(table, table.replace("_", " "))


def cause_words(cause: str) -> str:
    """Return why somebody was erased."""
    return {
        "wish": _("by wish"),
        "retention": _("not heard of for the set years"),
        "journal": _("again after a restore"),
    }.get(cause, cause)
