"""Queries room: the words of absences and of where a request for leave stands."""

from flask_babel import gettext as _

from memberships.approvals.models import ApprovalState
from memberships.schedule.rota import AbsenceRow
from memberships.schedule.rules.duty import AbsenceKind


def absence_words(kind: AbsenceKind) -> str:
    """Return why somebody is away."""
    return {
        AbsenceKind.VACATION: _("Vacation"),
        AbsenceKind.SICK: _("Ill"),
        AbsenceKind.TRAINING: _("Training course"),
        AbsenceKind.OTHER: _("Other reason"),
    }[kind]


def absence_state(row: AbsenceRow) -> tuple[str, str, str]:
    """Return colour, word and picture of where an absence stands."""
    if row.counts:
        return "go", _("agreed"), "circle-check"
    if row.state is ApprovalState.REFUSED:
        return "stop", _("refused"), "x"
    return "note", _("waits for an answer"), "hourglass"
