"""Queries room: the words of shifts, their movements and their reports."""

from flask_babel import gettext as _

from memberships.tills.models import Purpose, ReportKind, ShiftMove


def move_words(kind: ShiftMove) -> str:
    """Return what a line of a shift says."""
    return {
        ShiftMove.FLOAT: _("Change at the beginning"),
        ShiftMove.PAYMENT: _("Taken"),
        ShiftMove.REFUND: _("Given back"),
        ShiftMove.PAY_IN: _("Put in"),
        ShiftMove.PAY_OUT: _("Taken out"),
        ShiftMove.DIFFERENCE: _("Over or short"),
    }[kind]


def move_icon(kind: ShiftMove) -> str:
    """Return the picture beside a line of a shift."""
    return {
        ShiftMove.FLOAT: "coins",
        ShiftMove.PAYMENT: "cash",
        ShiftMove.REFUND: "arrow-back-up",
        ShiftMove.PAY_IN: "plus",
        ShiftMove.PAY_OUT: "minus",
        ShiftMove.DIFFERENCE: "scale",
    }[kind]


def purpose_words(purpose: Purpose) -> str:
    """Return why cash goes in or out without a sale."""
    return {
        Purpose.BANK: _("From or to the bank"),
        Purpose.EXPENSE: _("Something bought"),
        Purpose.TIPS: _("Tips for the staff"),
        Purpose.OTHER: _("Something else"),
    }[purpose]


def report_words(kind: ReportKind, number: int) -> str:
    """Return how a report is called."""
    if kind is ReportKind.X:
        return _("X report %(number)s", number=number)
    return _("Z report %(number)s", number=number)
