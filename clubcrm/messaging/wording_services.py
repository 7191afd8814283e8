"""Services room: a club makes the words of messages its own, in versions, and gives them back."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from clubcrm.core import audit
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.text import clean
from clubcrm.messaging.models import MessageText
from clubcrm.messaging.rules.kinds import TextKind, has_subject
from clubcrm.messaging.rules.placeholders import faults_of
from clubcrm.messaging.text_words import fault_words
from clubcrm.messaging.texts import STAND_IN_LANGUAGE, given_by_cause, versions_of

LONGEST_SUBJECT = 200
LONGEST_BODY = 8000


@dataclass(frozen=True, slots=True)
class WordingDraft:
    """Words for a code in a form and a language; `seen_version` guards against a race."""

    code: str
    kind: TextKind
    language: str
    subject: str
    body: str
    seen_version: int | None = None
    given: frozenset[str] = frozenset()  # placeholders that the message's own cause fills


def save_wording(club_id: int, draft: WordingDraft, *, by: str) -> MessageText:
    """Messages that are written from now on use these words; what waits keeps its own.

    Raises INVALID_INPUT naming unknown placeholders, STALE when somebody else saved meanwhile.
    """
    subject, body = checked(draft)
    return _add(club_id, draft, MessageText(subject=subject, body=body, shipped=False), by)


def give_back(club_id: int, draft: WordingDraft, *, by: str) -> MessageText:
    """The words that come with the product speak again, also when they improve."""
    return _add(club_id, draft, MessageText(subject="", body="", shipped=True), by)


def choose_stand_in(club_id: int, language: str, *, by: str) -> None:
    """Who reads a language without words hears this one, and English after it."""
    if language not in LANGUAGES:
        raise invalid({"language": _("Choose one of the languages.")})
    set_club_setting(club_id, STAND_IN_LANGUAGE, language)
    audit.note("message_text.stand_in", "club", club_id, after={"language": language}, by=by)


def checked(draft: WordingDraft) -> tuple[str, str]:
    """Return subject and body as they would be kept; raises INVALID_INPUT by field."""
    subject = clean(draft.subject, "subject", longest=LONGEST_SUBJECT)
    body = clean(draft.body.replace("\r\n", "\n"), "body", longest=LONGEST_BODY, lines=True)
    wanted = subject if has_subject(draft.kind) else None
    given = given_by_cause(draft.code) | draft.given
    faults = fault_words(faults_of(wanted, body, given))
    if faults:
        raise invalid(faults)
    return (subject if wanted is not None else ""), body


def _add(club_id: int, draft: WordingDraft, row: MessageText, by: str) -> MessageText:
    session = db.session()
    known = versions_of(session, club_id, draft.code, draft.kind, draft.language)
    newest = known[0].version if known else 0
    if draft.seen_version is not None and draft.seen_version != newest:
        raise _stale()
    row.club_id, row.code, row.kind = club_id, draft.code, draft.kind
    row.language, row.version, row.by = draft.language, newest + 1, by
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise _stale() from error
    what = "message_text.given_back" if row.shipped else "message_text.saved"
    after = {"code": row.code, "kind": row.kind.value, "language": row.language}
    audit.note(what, "message_text", row.id, after={**after, "version": row.version}, by=by)
    return row


def _stale() -> DomainError:
    return DomainError("STALE", _("Somebody else has changed this text. Load it again."))
