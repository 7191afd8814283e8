"""Rules room: cash, card terminal and bank transfer: a person sees it and writes it down."""

from collections.abc import Mapping

from memberships.billing.gateways.base import Ask, AtTheDesk, Known, Outcome, Plain, Verdict


class Manual(Plain):
    """A tender that a person takes."""

    def __init__(self, tender: str) -> None:
        self.name = self.title = tender

    def start_payment(self, ask: Ask) -> AtTheDesk:  # noqa: ARG002 - nothing is asked of anybody
        """The payer pays at the desk, or sends a transfer."""
        return AtTheDesk(self.name)

    def verify(self, known: Known, params: Mapping[str, str]) -> Verdict:  # noqa: ARG002 - the same
        """Nothing is known until a person has taken it."""
        return self.look_up(known)

    def look_up(self, known: Known) -> Verdict:
        """Nothing is known until a person has taken it."""
        return Verdict(Outcome.WAITING, why=f"{known.ref}: at the desk")


MANUAL = ("cash", "card_terminal", "bank_transfer")
