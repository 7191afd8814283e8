"""Views room: the forms of a club: what they ask, where they stand, and what they brought."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.leads.door import letters, making, queries
from clubcrm.leads.door.models import LeadForm
from clubcrm.leads.door.permissions import EDIT_FORMS
from clubcrm.leads.door.rules.inquiries import TRAP, FieldRule
from clubcrm.leads.door.views.hosted import NAMES
from clubcrm.leads.door.views.public import own_origin
from clubcrm.leads.door.words import consent_words, letter_words, rule_words
from clubcrm.leads.models import LeadSource

forms = Blueprint("lead_forms", __name__, url_prefix="/settings/forms")
SHOWN_DAYS = 30
MOST_LETTERS = 50


@forms.get("")
@require(EDIT_FORMS)
def index() -> str:
    """Every form with what it brought in the last thirty days."""
    since = clock.now() - timedelta(days=SHOWN_DAYS)
    lines = queries.forms_of(current_club().id, since)
    return render_template("clubcrm/leads/door/forms.html", lines=lines, days=SHOWN_DAYS)


@forms.route("/new", methods=["GET", "POST"])
@require(EDIT_FORMS)
def new() -> ResponseReturnValue:
    if request.method == "GET":
        return _edit_page(None, _blank(), {}, 200)
    try:
        form = making.make_form(current_club().id, _draft(), by=current_actor().ref)
    except DomainError as error:
        return _edit_page(None, request.form, _faults(error), error.status)
    flash(_("The form is open. Put it on your page, or share its address."), "success")
    return redirect(url_for("lead_forms.show", public_id=form.public_id), 303)


@forms.get("/<public_id>")
@require(EDIT_FORMS)
def show(public_id: str) -> str:
    """Where a form stands: its addresses, the snippet, its words, and what it sent."""
    form = _form(public_id)
    return _show_page(form, {})


@forms.route("/<public_id>/edit", methods=["GET", "POST"])
@require(EDIT_FORMS)
def edit(public_id: str) -> ResponseReturnValue:
    form = _form(public_id)
    if request.method == "GET":
        return _edit_page(form, _typed_of(form), {}, 200)
    try:
        making.change_form(form, _draft(), by=current_actor().ref)
    except DomainError as error:
        db.session.expire(form)
        return _edit_page(form, request.form, _faults(error), error.status)
    flash(_("Saved. Pages with the snippet need no change unless fields were added."), "success")
    return redirect(url_for("lead_forms.show", public_id=public_id), 303)


@forms.post("/<public_id>/open")
@require(EDIT_FORMS)
def switch(public_id: str) -> ResponseReturnValue:
    """The form takes letters, or is closed; both can be undone by the same button."""
    form = _form(public_id)
    making.set_open(form, is_open=request.form.get("open") == "1", by=current_actor().ref)
    flash(_("The form is open.") if form.is_open else _("The form is closed."), "success")
    return redirect(url_for("lead_forms.show", public_id=public_id), 303)


@forms.post("/<public_id>/consent")
@require(EDIT_FORMS)
def consent(public_id: str) -> ResponseReturnValue:
    form = _form(public_id)
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    try:
        making.word_consent(form, language, request.form.get("words", ""), by=current_actor().ref)
    except DomainError as error:
        return _show_page(form, _faults(error), language), error.status
    flash(_("Who fills in the form from now on agrees to these words."), "success")
    return redirect(url_for("lead_forms.show", public_id=public_id, language=language), 303)


@forms.post("/<public_id>/letters/<letter_id>/again")
@require(EDIT_FORMS)
def again(public_id: str, letter_id: str) -> ResponseReturnValue:
    """The letter is read once more within a minute."""
    form = _form(public_id)
    letters.read_again(queries.letter_of(form.id, letter_id), by=current_actor().ref)
    flash(_("It is read again within a minute."), "success")
    return redirect(url_for("lead_forms.show", public_id=public_id), 303)


def _form(public_id: str) -> LeadForm:
    return queries.form_for(current_actor().scope, public_id)


def _show_page(form: LeadForm, faults: dict[str, str], language: str = "") -> str:
    chosen = language or request.args.get("language", "")
    if chosen not in LANGUAGES:
        chosen = LANGUAGES[0]
    with force_locale(chosen):
        asked = consent_words(form, chosen)
        snippet = render_template(
            "clubcrm/leads/door/snippet.html",
            form=form,
            consent=asked,
            language=chosen,
            site=own_origin(),
            trap=TRAP,
        )
    return render_template(
        "clubcrm/leads/door/form_settings.html",
        form=form,
        snippet=snippet,
        consent=asked,
        language=chosen,
        languages=NAMES,
        site=own_origin(),
        lines=queries.letters_of(form.id, MOST_LETTERS),
        letter_words=letter_words,
        rule_words=rule_words,
        source=db.session.get(LeadSource, form.source_id) if form.source_id else None,
        zone=current_club().zone,
        typed=request.form,
        faults=faults,
    )


def _edit_page(
    form: LeadForm | None, typed: object, faults: dict[str, str], status: int
) -> ResponseReturnValue:
    page = render_template(
        "clubcrm/leads/door/form_edit.html",
        form=form,
        typed=typed,
        faults=faults,
        errors={name: [words] for name, words in faults.items() if name},
        rules=[(rule.value, rule_words(rule)) for rule in FieldRule],
        sources=[
            ("", _("told by the address: utm_source, clicks, the page before")),
            *((one.public_id, one.name) for one in queries.sources_of(current_club().id)),
        ],
    )
    return page, status


def _draft() -> making.FormDraft:
    said = request.form
    chosen = next(
        (
            one.id
            for one in queries.sources_of(current_club().id)
            if one.public_id == said.get("source")
        ),
        None,
    )
    return making.FormDraft(
        said.get("name", ""),
        said.get("title", ""),
        said.get("intro", ""),
        _rule("phone", FieldRule.REQUIRED),
        _rule("email", FieldRule.OPTIONAL),
        bool(said.get("asks_message")),
        bool(said.get("asks_consent")),
        said.get("interests", ""),
        said.get("origins", ""),
        said.get("thanks_url", ""),
        chosen,
    )


def _rule(name: str, default: FieldRule) -> FieldRule:
    typed = request.form.get(name, "")
    return FieldRule(typed) if typed in set(FieldRule) else default


def _blank() -> dict[str, object]:
    return {"phone": "required", "email": "optional", "asks_message": "1", "asks_consent": "1"}


def _typed_of(form: LeadForm) -> dict[str, object]:
    source = db.session.get(LeadSource, form.source_id) if form.source_id else None
    return {
        "name": form.name,
        "title": form.title,
        "intro": form.intro,
        "phone": form.phone.value,
        "email": form.email.value,
        "asks_message": "1" if form.asks_message else "",
        "asks_consent": "1" if form.asks_consent else "",
        "interests": "\n".join(form.interests),
        "origins": "\n".join(form.origins),
        "thanks_url": form.thanks_url,
        "source": source.public_id if source else "",
    }


def _faults(error: DomainError) -> dict[str, str]:
    return {one.field: one.message for one in error.fields} or {"": error.text}
