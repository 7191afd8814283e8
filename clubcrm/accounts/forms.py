"""Forms of signing in, first set-up and settings; the web floor checks CSRF for all of them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from babel import Locale
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.fields import DateField, EmailField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from clubcrm.accounts.clubs import country_of, currencies_in_use, zones
from clubcrm.accounts.models import Role
from clubcrm.core.errors import DomainError
from clubcrm.core.i18n import LANGUAGES

Choices = list[tuple[str, str]]


def _l(words: str) -> str:
    """Return the words in the language of whoever will read them."""
    lazy: Any = lazy_gettext(words)
    return lazy  # type: ignore[no-any-return] # it is a str as soon as it is shown


NEEDED = _l("This is needed.")


class PageForm(FlaskForm):
    """A form of a page; CSRF is checked before any view runs."""

    class Meta(FlaskForm.Meta):
        """The web floor looks at the token."""

        csrf = False

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)  # type: ignore[no-untyped-call] # the library is untyped

    def accept(self, error: DomainError) -> str:
        """The fields show what the refusal says of them; returns what concerns no field."""
        loose = []
        for one in error.fields:
            if one.field in self:
                field = self[one.field]
                field.errors = [*field.errors, one.message]
            else:
                loose.append(one.message)
        return " ".join(loose) if error.fields else error.text

    def fault_list(self) -> dict[str, Sequence[str]]:
        """Return the sentences of all wrong fields by name."""
        return {name: [str(one) for one in errors] for name, errors in self.errors.items() if name}


class MultiCheckboxField(SelectMultipleField):
    """Several choices as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _text(label: str, *, most: int = 200, **more: Any) -> StringField:
    return StringField(label, [DataRequired(NEEDED), Length(max=most)], **more)


def _password(label: str, fill: str, **more: Any) -> PasswordField:
    return PasswordField(
        label,
        [DataRequired(NEEDED)],
        # What is typed counts exactly as typed: no filter trims it.
        render_kw={"autocomplete": fill},
        **more,
    )


class SignInForm(PageForm):
    """Address and password."""

    email = EmailField(
        _l("E-mail"),
        [DataRequired(NEEDED), Length(max=254)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = _password(_l("Password"), "current-password")


class CodeForm(PageForm):
    """A code of the authenticator app, or one to recover with."""

    code = _text(
        _l("Code"),
        most=40,
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True},
    )


class NewPasswordForm(PageForm):
    """A password chosen by the holder of an invite or reset."""

    password = _password(_l("New password"), "new-password")


class ClubFields(PageForm):
    """What a club is."""

    name = _text(_l("Name of the club"))
    country = SelectField(_l("Country"), [DataRequired(NEEDED)])
    zone = SelectField(_l("Time zone"), [Optional()])
    currency = SelectField(_l("Currency"), [Optional()])
    locale = SelectField(_l("Language"), [DataRequired(NEEDED)])
    capacity = IntegerField(
        _l("How many people fit in"), [Optional()], render_kw={"inputmode": "numeric"}
    )
    opens = TimeField(_l("Opens at"), [Optional()])
    closes = TimeField(_l("Closes at"), [Optional()])

    def offer(self, *, locale: str = "") -> None:
        """The choosers list what exists, in the reader's language."""
        usual = _("The usual one of the country")
        self.country.choices = [("", ""), *countries(str(get_locale()))]
        self.zone.choices = [("", usual), *((zone, zone.replace("_", " ")) for zone in zones())]
        self.currency.choices = [("", usual), *currencies(str(get_locale()))]
        self.locale.choices = languages(locale)


class SetupForm(ClubFields):
    """First run: the printed token, the owner, the club."""

    token = _text(_l("Set-up token"), render_kw={"autocomplete": "off", "autofocus": True})
    owner = _text(_l("Your name"), render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("Your e-mail"),
        [DataRequired(NEEDED), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = _password(_l("Your password"), "new-password")
    second_factor = BooleanField(
        _l("Owner, manager and accountant need a second step after a week"), default=True
    )


class ClubForm(ClubFields):
    """A club in the settings."""


class ClosedDayForm(PageForm):
    """A day on which the club is shut."""

    day = DateField(_l("Day"), [DataRequired(NEEDED)])
    reason = StringField(_l("Reason"), [Length(max=200)])


class PostForm(PageForm):
    """Somebody who works here."""

    name = _text(_l("Name"))
    email = EmailField(_l("E-mail"), [DataRequired(NEEDED), Length(max=254)])
    role = SelectField(_l("Role"), [DataRequired(NEEDED)])
    clubs = MultiCheckboxField(_l("Works in"))
    current_password = PasswordField(
        _l("Your own password"), [Optional()], render_kw={"autocomplete": "current-password"}
    )

    def offer(self, club_choices: Choices) -> None:
        """The choosers list the roles and the clubs."""
        self.role.choices = roles()
        self.clubs.choices = club_choices


class TokenForm(PageForm):
    """A program that may act here."""

    name = _text(_l("What is it for"))
    role = SelectField(_l("Role"), [DataRequired(NEEDED)])
    clubs = MultiCheckboxField(_l("Only these clubs"), description=_l("None chosen: every club."))

    def offer(self, club_choices: Choices) -> None:
        """The choosers list the roles and the clubs."""
        self.role.choices = roles()
        self.clubs.choices = club_choices


class TasteForm(PageForm):
    """Language and colours."""

    locale = SelectField(_l("Language"), [Optional()])
    theme = SelectField(_l("Colours"), [DataRequired(NEEDED)])

    def offer(self) -> None:
        """The choosers list languages and colours."""
        self.locale.choices = [("", _("As the browser asks")), *languages()]
        self.theme.choices = [
            ("auto", _("As the system")),
            ("light", _("Light")),
            ("dark", _("Dark")),
        ]


class AddressForm(PageForm):
    """The address to sign in with."""

    email = EmailField(_l("E-mail"), [DataRequired(NEEDED), Length(max=254)])
    current_password = _password(_l("Present password"), "current-password", id="address-password")


class PasswordForm(PageForm):
    """Another password."""

    current_password = _password(_l("Present password"), "current-password")
    new_password = _password(_l("New password"), "new-password")


class ConfirmForm(PageForm):
    """The present password, asked again before something grave."""

    current_password = _password(_l("Present password"), "current-password")


def roles() -> Choices:
    """Return the roles with their words."""
    return [(role.value, str(role_words(role))) for role in Role]


def role_words(role: Role) -> str:
    """Return the word people use for a role."""
    return {
        Role.OWNER: _("Owner"),
        Role.MANAGER: _("Manager"),
        Role.SALES: _("Sales"),
        Role.DESK: _("Desk"),
        Role.TRAINER: _("Trainer"),
        Role.BARISTA: _("Barista"),
        Role.ACCOUNTANT: _("Accountant"),
    }[role]


def languages(also: str = "") -> Choices:
    """Return the languages that the product speaks, by their own names, and one more if given."""
    names = [*LANGUAGES, *([also] if also and also not in LANGUAGES else [])]
    return [
        (name, (Locale.parse(name, sep="_").display_name or name).capitalize()) for name in names
    ]


@lru_cache(maxsize=16)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return the countries that have a time zone, by their names in the language."""
    known = {country_of(zone) for zone in zones()} - {""}
    names = Locale.parse(language, sep="_").territories
    return tuple(sorted(((code, names.get(code, code)) for code in known), key=lambda c: c[1]))


@lru_cache(maxsize=16)
def currencies(language: str) -> tuple[tuple[str, str], ...]:
    """Return the currencies in use, by code, with their names in the language."""
    names = Locale.parse(language, sep="_").currencies
    return tuple((code, f"{code} · {names.get(code, code)}") for code in currencies_in_use())
