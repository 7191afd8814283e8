"""Views room: a form on a page of our own, in each language, for links and codes on posters."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES, OWN_NAMES
from clubcrm.core.idempotency import new_key
from clubcrm.core.policy import public
from clubcrm.leads.door import queries
from clubcrm.leads.door.models import LeadForm
from clubcrm.leads.door.rules.touches import WORDS
from clubcrm.leads.door.words import consent_words, fault_words

hosted = Blueprint("lead_form", __name__)
WHY = "a form that strangers fill in"
NAMES: Mapping[str, str] = {code: name.capitalize() for code, name in OWN_NAMES.items()}


@hosted.get("/join/<key>")
@hosted.get("/join/<key>/<language>")
@public(WHY)
def show(key: str, language: str = "") -> str:
    """The form, in the language of the address or of the browser."""
    return form_page(_form(key), language, request.args, None)


@hosted.get("/join/<key>/thanks")
@hosted.get("/join/<key>/<language>/thanks")
@public("who has filled in a form sees that it came")
def thanks(key: str, language: str = "") -> str:
    form = _form(key)
    with force_locale(chosen_language(language)):
        return render_template("clubcrm/leads/door/thanks.html", form=form, club=_club(form))


def form_page(
    form: LeadForm, language: str, typed: Mapping[str, str], error: DomainError | None
) -> str:
    """Return the page of a form with what was typed and what is wrong with it."""
    chosen = chosen_language(language)
    with force_locale(chosen):
        return render_template(
            "clubcrm/leads/door/form.html",
            form=form,
            club=_club(form),
            consent=consent_words(form, chosen),
            language=chosen,
            languages=NAMES,
            typed={name: str(value)[:2000] for name, value in typed.items()},
            marks=[name for name in WORDS if typed.get(name)],
            faults=fault_words(error) if error else {},
            key=new_key(),
        )


def chosen_language(wanted: str) -> str:
    """Return the language asked for, else that of the browser."""
    short = wanted.replace("-", "_").partition("_")[0].lower()
    if short in LANGUAGES:
        return short
    return str(get_locale() or "en").partition("_")[0]


def _form(key: str) -> LeadForm:
    form = queries.form_by_key(key)
    if form is None:
        raise not_found(_("There is no such form."))
    return form


def _club(form: LeadForm) -> str:
    return queries.club_of(form).name
