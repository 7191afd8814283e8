"""Forms of the cash book: entries, transfers, opening balances, categories and counts of cash."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.fields import DateField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import PageForm
from clubcrm.core.text import ascii_digits
from memberships.billing.fields import AmountField
from memberships.books.cash_book import EntryRequest, TransferRequest
from memberships.books.kinds import (
    BY_COUNT,
    CHANNELS,
    Account,
    Direction,
    PayeeKind,
    Standard,
    direction_of,
)
from memberships.books.models import BookCategory
from memberships.books.recurring import RecurringRequest
from memberships.books.schedule import Every
from memberships.books.words import (
    account_words,
    channel_words,
    every_words,
    payee_kind_words,
    standard_words,
)

DECIMAL = {"inputmode": "decimal"}


def _l(words: str) -> str:
    """Return the words in the language of whoever will read them."""
    lazy: Any = lazy_gettext(words)
    return lazy  # type: ignore[no-any-return] # it is a str as soon as it is shown


NEEDED = _l("This is needed.")


class EntryForm(PageForm):
    """Income or an expense, once or again and again."""

    text = StringField(
        _l("What for"), [DataRequired(NEEDED), Length(max=200)], render_kw={"autofocus": True}
    )
    category = SelectField(_l("Category"), [DataRequired(NEEDED)])
    channel = SelectField(_l("Channel, for marketing"), [Optional()])
    amount = AmountField(_l("Amount, tax included"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    tax = AmountField(_l("Tax in it"), [Optional()], render_kw=DECIMAL)
    account = SelectField(_l("Paid from or into"), [DataRequired(NEEDED)])
    on = DateField(_l("Day"), [DataRequired(NEEDED)])
    payee = StringField(
        _l("Supplier or person on the payroll"),
        [Length(max=120)],
        render_kw={"list": "known-payees", "autocomplete": "off"},
    )
    payee_kind = SelectField(_l("Who that is"), [Optional()])
    reference = StringField(_l("Number of the bill"), [Length(max=80)])
    first_month = StringField(_l("Counts from month"), [Length(max=7)], render_kw={"type": "month"})
    months = IntegerField(
        _l("Counts for so many months"),
        [Optional(), NumberRange(1, 60)],
        default=1,
        render_kw={"inputmode": "numeric"},
    )
    every = SelectField(_l("Comes again"), [Optional()])
    until_on = DateField(_l("Last day, when it comes again"), [Optional()])

    def offer(self, currency: str, own: Sequence[BookCategory]) -> None:
        """The choosers list what the club can choose from; amounts are in this currency."""
        self.amount.currency = self.tax.currency = currency
        self.category.choices = category_choices(own)
        self.channel.choices = [("", ""), *((one, channel_words(one)) for one in CHANNELS)]
        self.account.choices = [(one.value, account_words(one)) for one in Account]
        self.payee_kind.choices = [(one.value, payee_kind_words(one)) for one in PayeeKind]
        self.every.choices = [
            ("", _("no, once")),
            *((one.value, every_words(one)) for one in Every),
        ]

    def request(self, club_id: int) -> EntryRequest:
        """Return the entry that was typed."""
        return EntryRequest(
            club_id=club_id,
            account=Account(self.account.data),
            category=self.category.data or "",
            amount_minor=self.amount.minor or 0,
            on=self.on.data or date.min,
            text=self.text.data or "",
            tax_minor=self.tax.minor or 0,
            payee=self.payee.data or "",
            payee_kind=PayeeKind(self.payee_kind.data or PayeeKind.SUPPLIER),
            channel=self.channel.data or "",
            first_month=typed_month(self.first_month.data),
            months=self.months.data or 1,
            reference=self.reference.data or "",
        )

    def recurring(self, club_id: int) -> RecurringRequest | None:
        """Return the recurring item that was typed, None when it comes once."""
        if not self.every.data:
            return None
        return RecurringRequest(self.request(club_id), Every(self.every.data), self.until_on.data)


class TransferForm(PageForm):
    """Money carried from one place to another."""

    from_account = SelectField(_l("From"), [DataRequired(NEEDED)])
    to_account = SelectField(_l("To"), [DataRequired(NEEDED)])
    amount = AmountField(_l("Amount"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    on = DateField(_l("Day"), [DataRequired(NEEDED)])
    text = StringField(_l("Remark"), [Length(max=200)])

    def offer(self, currency: str) -> None:
        """The choosers list the accounts; the amount is in this currency."""
        self.amount.currency = currency
        choices = [(one.value, account_words(one)) for one in Account]
        self.from_account.choices, self.to_account.choices = choices, choices

    def request(self, club_id: int) -> TransferRequest:
        """Return the transfer that was typed."""
        return TransferRequest(
            club_id,
            Account(self.from_account.data),
            Account(self.to_account.data),
            self.amount.minor or 0,
            self.on.data or date.min,
            self.text.data or "",
        )


class OpeningForm(PageForm):
    """What an account held when the club began to keep its book here."""

    account = SelectField(_l("Account"), [DataRequired(NEEDED)])
    amount = AmountField(_l("It held"), [InputRequired(NEEDED)], render_kw=DECIMAL)
    on = DateField(_l("At the beginning of"), [DataRequired(NEEDED)])

    def offer(self, currency: str) -> None:
        """The chooser lists the accounts; the amount is in this currency."""
        self.amount.currency = currency
        self.account.choices = [(one.value, account_words(one)) for one in Account]


class CategoryForm(PageForm):
    """A category of the club's own."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=80)])
    direction = SelectField(_l("It is"), [DataRequired(NEEDED)])

    def offer(self) -> None:
        """The chooser lists both directions."""
        self.direction.choices = [
            (Direction.EXPENSE.value, _("an expense")),
            (Direction.INCOME.value, _("income")),
        ]


class CountForm(PageForm):
    """The end of a day: how much the drawer holds."""

    last_on = DateField(_l("Close up to and with"), [DataRequired(NEEDED)])
    counted = AmountField(_l("Counted in all"), [Optional()], render_kw=DECIMAL)
    note = StringField(_l("Remark"), [Length(max=300)])
    confirmed = HiddenField()


def category_choices(own: Sequence[BookCategory]) -> dict[str, Any]:
    """Return the categories in two groups: expenses, then income."""
    groups = ((Direction.EXPENSE, _("Expenses")), (Direction.INCOME, _("Income")))
    return {
        label: [
            *(
                (one.value, standard_words(one))
                for one in Standard
                if one not in BY_COUNT and direction_of(one) is direction
            ),
            *((one.code, one.name) for one in own if one.name and one.direction is direction),
        ]
        for direction, label in groups
    }


def typed_month(text: str | None) -> date | None:
    """Return the first day of a typed month such as 2026-11, None when there is none."""
    try:
        return date.fromisoformat(f"{(text or '').strip()}-01")
    except ValueError:
        return None


def typed_pieces(fields: Mapping[str, str], faces: Sequence[int]) -> dict[int, int]:
    """Return how many pieces of each face were counted; raises ValueError for anything else."""
    found = {}
    for face in faces:
        text = ascii_digits(fields.get(f"pieces-{face}", "").strip())
        if text:
            if not text.isdecimal() or len(text) > 6:
                raise ValueError(text)
            found[face] = int(text)
    return found
