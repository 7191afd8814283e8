"""Views room: words for offices and for where a document stands."""

from flask_babel import gettext as _

from memberships.fiscal.rules import FiscalState

TONES = {
    FiscalState.WAITING: "note",
    FiscalState.ACCEPTED: "go",
    FiscalState.REFUSED: "stop",
}


def state_words(state: FiscalState) -> tuple[str, str]:
    """Return (tone, words) for a state."""
    words = {
        FiscalState.WAITING: _("Waits for the office"),
        FiscalState.ACCEPTED: _("The office has it"),
        FiscalState.REFUSED: _("Refused, somebody has to look"),
    }
    return TONES[state], words[state]


def office_hint(name: str) -> str:
    """Return one sentence about an office."""
    hints = {"cbms": _("Nepal: the billing system of the Inland Revenue Department, for NPR")}
    return hints.get(name, "")
