"""Forms of shifts: opening, cash in and out, the count at the end, and how a club keeps tills."""

from collections.abc import Mapping, Sequence

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import PageForm
from clubcrm.core.text import ascii_digits
from memberships.billing.fields import DECIMAL, NUMERIC, AmountField, _l
from memberships.counter.words import purpose_words
from memberships.tills.counting import FACES, counted_sum
from memberships.tills.models import Purpose, Till
from memberships.tills.settings import MOST_DAYS

NEEDED = _l("This is needed.")
PIECE = "pieces-"


class OpenForm(PageForm):
    """On which till a shift begins, and with how much change."""

    till = SelectField(_l("Till"), [DataRequired(NEEDED)])
    change = AmountField(
        _l("Change in the drawer"),
        [InputRequired(NEEDED)],
        render_kw={**DECIMAL, "autofocus": True},
    )

    def offer(self, currency: str, tills: Sequence[Till]) -> None:
        """The chooser lists these tills."""
        self.change.currency = currency
        self.till.choices = [(till.public_id, till.name) for till in tills]


class CashForm(PageForm):
    """Cash put into the drawer or taken out of it."""

    way = RadioField(_l("Which way"), [DataRequired(NEEDED)], default="out")
    amount = AmountField(_l("Amount"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    purpose = SelectField(_l("What for"), [DataRequired(NEEDED)])
    reason = StringField(_l("In words"), [DataRequired(NEEDED), Length(max=300)])

    def offer(self, currency: str) -> None:
        """The choosers list directions and purposes."""
        self.amount.currency = currency
        self.way.choices = [("out", _l("Take out")), ("in", _l("Put in"))]
        self.purpose.choices = [(one.value, purpose_words(one)) for one in Purpose]


class CountForm(PageForm):
    """The end of a shift: cash as one sum when it is not counted by coin, slips, a remark."""

    counted = AmountField(_l("Cash in the drawer"), [Optional()], render_kw=DECIMAL)
    card = AmountField(_l("Slips of the card terminal"), [Optional()], render_kw=DECIMAL)
    note = StringField(_l("Remark"), [Length(max=300)])

    def offer(self, currency: str) -> None:
        """Amounts are in this currency."""
        self.counted.currency = self.card.currency = currency


class TillForm(PageForm):
    """A new till."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=60)])


class TillSettingsForm(PageForm):
    """How a club keeps its tills."""

    cash_needs_shift = BooleanField(_l("Cash is taken only while a shift is open"))
    account_limit = AmountField(
        _l("How much a member may owe the counter"), [InputRequired(NEEDED)], render_kw=DECIMAL
    )
    account_days = IntegerField(
        _l("Days until it is due"),
        [InputRequired(NEEDED), NumberRange(0, MOST_DAYS)],
        render_kw=NUMERIC,
    )


def typed_pieces(typed: Mapping[str, str], currency: str) -> dict[int, int]:
    """Return pieces by face as they were typed; raises ValueError for what is no number."""
    pieces = {}
    for face in FACES.get(currency, ()):
        text = ascii_digits(typed.get(f"{PIECE}{face}", "").strip())
        if text:
            pieces[face] = int(text)
    counted_sum(pieces)
    return pieces
