"""Queries room: the words of the form door: consent, faults in the reader's language, states."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.leads.door.models import LeadForm
from clubcrm.leads.door.queries import club_of, consent_of
from clubcrm.leads.door.rules.inquiries import FieldRule
from clubcrm.leads.door.rules.letters import LetterState

# The version of the words we ship; the club's own words have versions of their own.
SHIPPED = "2026-11"


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """What somebody agrees to, and under which version that is kept."""

    words: str
    version: str


def consent_words(form: LeadForm, language: str) -> ConsentWords:
    """Return the words a form asks consent with, in the language that is in force."""
    own = consent_of(form.id, language)
    if own is not None:
        return ConsentWords(own.words, agreed_version(form, language))
    text = _(
        "%(club)s may tell me about offers and news by phone, message and e-mail. "
        "I can take this back at any time.",
        club=club_of(form).name,
    )
    return ConsentWords(text, agreed_version(form, language))


def agreed_version(form: LeadForm, language: str) -> str:
    """Return under which version somebody agreed who read the form in a language."""
    short = language.replace("-", "_").partition("_")[0].lower()
    own = consent_of(form.id, short)
    return f"{form.public_id}:{short}:{own.version}" if own else f"form:{SHIPPED}:{short or 'en'}"


def fault_words(error: DomainError) -> Mapping[str, str]:
    """Return what is wrong with each field, in the language that is in force."""
    known = {
        "name": _("Please write your name."),
        "phone": _("Please check the phone number, and write it with its country code."),
        "email": _("Please check the e-mail address."),
        "message": _("This text is too long, or holds signs that cannot be kept."),
    }
    if not error.fields:
        return {"": error.text}
    return {one.field: known.get(one.field, one.message) for one in error.fields}


def rule_words(rule: FieldRule) -> str:
    """Return what a rule of a field is called."""
    return {
        FieldRule.REQUIRED: _("must be filled in"),
        FieldRule.OPTIONAL: _("may be left empty"),
        FieldRule.OFF: _("is not asked"),
    }[rule]


def letter_words(state: LetterState) -> str:
    """Return what a state of a letter is called."""
    return {
        LetterState.WAITING: _("Waits to be read"),
        LetterState.TAKEN: _("Taken"),
        LetterState.REFUSED: _("Refused"),
        LetterState.ODD: _("Could not be read"),
    }[state]
