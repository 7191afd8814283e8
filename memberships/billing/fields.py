"""Forms room: amounts as people type them."""

from typing import Any

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField

from clubcrm.core.text import ascii_digits
from memberships.billing.rules import parse_amount

NUMERIC = {"inputmode": "numeric"}
DECIMAL = {"inputmode": "decimal"}


def _l(words: str) -> str:
    """Return the words in the language of whoever will read them."""
    lazy: Any = lazy_gettext(words)
    return lazy  # type: ignore[no-any-return] # it is a str as soon as it is shown


class AmountField(StringField):
    """An amount typed in whole units with decimals; `minor` is what it means in minor units."""

    currency = "EUR"
    minor: int | None = None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: ARG002 - their signature
        """The amount is understood, or the field says that it is not."""
        if not self.data:
            return
        try:
            self.minor = parse_amount(
                ascii_digits(self.data), get_currency_precision(self.currency)
            )
        except ValueError:
            text = _("Expected an amount in %(currency)s, such as 1500.", currency=self.currency)
            self.errors = [*self.errors, text]

    def show(self, minor: int) -> None:
        """The field holds this many minor units."""
        self.data = typed_amount(minor, self.currency)


def typed_amount(minor: int, currency: str) -> str:
    """Return an amount as somebody would type it."""
    digits = get_currency_precision(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits and rest else str(whole)
