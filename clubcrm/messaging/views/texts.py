"""Views room: the words of all messages, the editor of one of them, and how a member reads it."""

from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts.forms import languages
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.messaging import wording_services as services
from clubcrm.messaging.calls import call_script
from clubcrm.messaging.permissions import EDIT_TEXTS, SEE_OUTBOX
from clubcrm.messaging.previews import filled, letter_page
from clubcrm.messaging.rules.kinds import TextKind, has_subject
from clubcrm.messaging.rules.placeholders import GROUPS, MAY_BE_BLANK, MEMBER
from clubcrm.messaging.rules.wording import fields_of
from clubcrm.messaging.text_words import code_words, kind_words, part_words, placeholder_words
from clubcrm.messaging.texts import Draft, codes, given_by_cause, shipped, texts_of, versions_of
from clubcrm.messaging.wording_services import WordingDraft
from clubcrm.people.queries.search import search

texts = Blueprint("texts", __name__, url_prefix="/messages/texts")
LIST, EDITOR = "clubcrm/messaging/texts.html", "clubcrm/messaging/text.html"
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Tried:
    """Whom a text is tried on: what was typed, and who was found by it; nobody is the sample."""

    typed: str = ""
    person_id: int | None = None
    name: str = ""


@texts.get("")
@require(SEE_OUTBOX)
def index() -> ResponseReturnValue:
    club = current_club()
    known = texts_of(db.session(), club.id)
    kind = _kind(request.args.get("kind", "")) or TextKind.EMAIL
    return render_template(
        LIST,
        kind=kind,
        kinds=[
            (kind_words(one), url_for("texts.index", kind=one.value), one is kind, None)
            for one in TextKind
        ],
        parts=[(part, list(group)) for part, group in groupby(codes(), key=part_words)],
        code_words=code_words,
        own={(code, language) for code, form, language in known.own if form is kind},
        languages=languages(),
        stand_in=known.stand_in,
        club=club,
    )


@texts.post("")
@require(EDIT_TEXTS)
def stand_in() -> ResponseReturnValue:
    """Another language stands in where a member's own has no words."""
    services.choose_stand_in(
        current_club().id, request.form.get("language", ""), by=current_actor().ref
    )
    flash(_("Saved."), "success")
    return redirect(url_for("texts.index"), 303)


@texts.get("/<code>/<kind>/<language>")
@require(SEE_OUTBOX)
def text(code: str, kind: str, language: str) -> ResponseReturnValue:
    form = _wanted(code, kind, language)
    return _editor(_draft(code, form, language))


@texts.post("/<code>/<kind>/<language>")
@require(EDIT_TEXTS)
def save(code: str, kind: str, language: str) -> ResponseReturnValue:
    """The next message is written in these words."""
    draft = _typed(code, _wanted(code, kind, language), language)
    club_id, by = current_club().id, current_actor().ref
    try:
        if request.form.get("act") == "give_back":
            services.give_back(club_id, draft, by=by)
            flash(_("The words that come with the product speak again."), "success")
        else:
            row = services.save_wording(club_id, draft, by=by)
            flash(_("Saved as version %(version)s.", version=row.version), "success")
    except DomainError as error:
        return _editor(draft, error=error), error.status
    return redirect(url_for("texts.text", code=code, kind=kind, language=language), 303)


@texts.post("/<code>/<kind>/<language>/look")
@require(SEE_OUTBOX, own_units=True)
def look(code: str, kind: str, language: str) -> ResponseReturnValue:
    """The words as they stand in the editor, filled for a member; nothing is saved or sent."""
    draft = _typed(code, _wanted(code, kind, language), language)
    tried = _tried(request.form.get("member", ""))
    try:
        services.checked(draft)
    except DomainError as error:
        return _editor(draft, tried, error), error.status
    if request.form.get("as") == "letter":
        page = letter_page(_club(), code, _words(draft), tried.person_id)
        return Response(page, headers={"Content-Security-Policy": LETTER_POLICY})
    return _editor(draft, tried)


def _editor(
    draft: WordingDraft, tried: Tried | None = None, error: DomainError | None = None
) -> str:
    tried = tried or Tried()
    faults = {one.field: [one.message] for one in error.fields} if error else {}
    if error is not None and not faults:
        faults = {"body": [error.text]}
    club = _club()
    versions = versions_of(db.session(), club.id, draft.code, draft.kind, draft.language)
    names = fields_of(f"{draft.subject}\n{draft.body}")
    return render_template(
        EDITOR,
        draft=draft,
        faults=faults,
        tried=tried,
        shown=filled(club, draft.code, _words(draft), tried.person_id),
        versions=versions,
        newest=versions[0].version if versions else 0,
        own=bool(versions) and not versions[0].shipped,
        ours=shipped(draft.code, draft.language, draft.kind),
        call=call_script(draft.code, draft.language),
        title=code_words(draft.code),
        kinds=_kind_chips(draft),
        languages=languages(),
        groups=[*GROUPS.values(), tuple(sorted(given_by_cause(draft.code) - MEMBER))],
        placeholder_words=placeholder_words,
        risky=[name for name in names if name in MAY_BE_BLANK - given_by_cause(draft.code)],
        has_subject=has_subject(draft.kind),
        zone=current_club().zone,
    )


def _kind_chips(draft: WordingDraft) -> list[tuple[str, str, bool, None]]:
    def address(kind: TextKind) -> str:
        return url_for("texts.text", code=draft.code, kind=kind.value, language=draft.language)

    return [(kind_words(one), address(one), one is draft.kind, None) for one in TextKind]


def _draft(code: str, kind: TextKind, language: str) -> WordingDraft:
    found = texts_of(db.session(), current_club().id, (code,)).own.get((code, kind, language))
    found = found or shipped(code, language, kind) or Draft(language, "", "", kind)
    return WordingDraft(code, kind, language, found.subject, found.body)


def _typed(code: str, kind: TextKind, language: str) -> WordingDraft:
    seen = request.form.get("seen_version", "")
    return WordingDraft(
        code,
        kind,
        language,
        request.form.get("subject", ""),
        request.form.get("body", "").replace("\r\n", "\n"),
        int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None,
    )


def _words(draft: WordingDraft) -> Draft:
    return Draft(draft.language, draft.subject, draft.body, draft.kind)


def _tried(typed: str) -> Tried:
    wanted = typed.strip()[:100]
    hit = next(iter(search(current_actor().scope, wanted, 1)), None) if wanted else None
    if hit is None:
        return Tried(wanted)
    return Tried(wanted, hit.id, f"{hit.given_name} {hit.family_name}".strip())


def _wanted(code: str, kind: str, language: str) -> TextKind:
    form = _kind(kind)
    if form is None or code not in codes() or language not in LANGUAGES:
        raise not_found(_("There is no such text."))
    return form


def _kind(text: str) -> TextKind | None:
    return TextKind(text) if text in set(TextKind) else None


def _club() -> Club:
    return db.session.get_one(Club, current_club().id)
