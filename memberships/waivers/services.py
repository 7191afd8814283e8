"""Verbs of waivers: sign one, and place or lift the block that a missing one is."""

from datetime import date, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import audit, clock, formats
from clubcrm.core.clubs import Club, set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, lift_block, place_block
from memberships.documents.papers import Reading, club_fields, reading_of
from memberships.documents.people import age_of, member_fields, person_by_id
from memberships.documents.queries import head_at, words_at
from memberships.documents.rules.kinds import DocumentKind, language_of
from memberships.documents.services import (
    KeepOrder,
    Signer,
    check_signer,
    keep_text,
    sign_document,
)
from memberships.waivers.models import Waiver, WaiverVoid
from memberships.waivers.queries import (
    MEDICAL,
    SYSTEM,
    WAIVERS,
    held_by,
    is_void,
    locked_person,
    medical_rules,
    medical_until,
    waiver_rules,
    waiver_until,
)
from memberships.waivers.rules import (
    LONGEST_MONTHS,
    MedicalRules,
    Turn,
    WaiverRules,
    medical_turn,
    waiver_turn,
)

SUBJECT = "waiver"
SIGNED_ANEW = timedelta(days=14)


def waiver_reading(person_id: int, language: str | None = None) -> Reading:
    """Return the waiver as the person reads it today."""
    person = person_by_id(person_id)
    club = db.session.get_one(Club, person.club_id)
    chosen = language_of(language or person.language or club.locale)
    words = words_at(club.id, DocumentKind.WAIVER, chosen)
    return reading_of(words, _fields(person_id, chosen))


def minor_age(person_id: int) -> int | None:
    """Return the age of a person for whom a guardian signs, None for a grown-up."""
    person = person_by_id(person_id)
    club = db.session.get_one(Club, person.club_id)
    age = age_of(person, clock.today(club.zone))
    return age if age is not None and age < waiver_rules(club.id).adult_age else None


def today_of(person_id: int) -> date:
    """Return the day it is in the person's club."""
    club = db.session.get_one(Club, person_by_id(person_id).club_id)
    return clock.today(club.zone)


def guardian_of(person_id: int) -> str:
    """Return the name of the guardian whom the club knows, empty when there is none."""
    guardian_id = person_by_id(person_id).guardian_id
    return person_by_id(guardian_id).full_name if guardian_id else ""


def holds_long(person_id: int) -> bool:
    """Tell whether a waiver holds for more than the fortnight in which it may be signed anew."""
    until = waiver_until([person_id]).get(person_id)
    return until is not None and until > today_of(person_id) + SIGNED_ANEW


def sign_waiver(
    person_id: int, seen: tuple[str, str], signer: Signer, *, by: str, once: bool = False
) -> Waiver:
    """The declaration holds from today for the time the club asks, and its block is lifted.

    `seen` is the language and the fingerprint of what was shown. Raises TEXT_CHANGED when the
    words are others now, INVALID_INPUT for a minor who signs alone; with `once` SIGNED while
    another one holds, so that two taps are one signature.
    """
    name, _drawn = check_signer(signer)
    person = locked_person(person_id)
    if once and holds_long(person_id):
        raise DomainError("SIGNED", _("The waiver is signed already."))
    club = db.session.get_one(Club, person.club_id)
    today, language = clock.today(club.zone), language_of(seen[0])
    is_minor = minor_age(person_id) is not None
    if is_minor and name.casefold() == person.full_name.casefold():
        raise invalid({"signed_name": _("A parent or guardian signs with the own name.")})
    order = KeepOrder(
        club.id,
        DocumentKind.WAIVER,
        SUBJECT,
        person_id,
        person_id,
        language,
        _fields(person_id, language),
        seen[1],
    )
    kept = keep_text(order, by=by)
    sign_document(kept, signer, by=by)
    waiver = Waiver(
        club_id=club.id,
        person_id=person_id,
        document_id=kept.id,
        guardian_id=person.guardian_id if is_minor else None,
        signed_on=today,
        valid_until=last_day(today, waiver_rules(club.id).months),
        by=by,
    )
    db.session.add(waiver)
    db.session.flush()
    until = waiver.valid_until.isoformat() if waiver.valid_until else None
    audit.note("waiver.signed", "waiver", waiver.id, after={"valid_until": until}, by=by)
    refresh_waiver(person_id, needed=True, by=by)
    return waiver


def void_waiver(waiver: Waiver, reason: str, *, needed: bool, by: str) -> None:
    """The waiver counts no more, and its block stands at once where the person needs one.

    The paper prints as before. Raises VOID the second time; the way back is a new signature.
    """
    why = clean(reason, "reason", longest=300)
    if not why:
        raise invalid({"reason": _("Say why.")})
    locked_person(waiver.person_id)
    if is_void(waiver.id):
        raise DomainError("VOID", _("This waiver is void already."))
    db.session.add(WaiverVoid(waiver_id=waiver.id, reason=why, by=by))
    db.session.flush()
    audit.note("waiver.voided", "waiver", waiver.id, after={"reason": why}, by=by)
    refresh_waiver(waiver.person_id, needed=needed, by=by)


def refresh_waiver(person_id: int, *, needed: bool, by: str) -> bool:
    """The waiver's block stands exactly when it should; tells whether anything changed.

    `needed` says that the person has a contract that runs.
    """
    person = locked_person(person_id)
    club = db.session.get_one(Club, person.club_id)
    today = clock.today(club.zone)
    until = waiver_until([person_id]).get(person_id)
    turn = waiver_turn(
        waiver_rules(club.id).mode,
        needed=needed,
        valid=until is not None and until >= today,
        day=today,
        held=held_by([person_id], BlockOwner.WAIVER).get(person_id, ()),
    )
    reason = _("The waiver was never signed")
    if until is not None:
        reason = _("The waiver ended on %(day)s", day=formats.day(until))
    return _follow(person_id, BlockOwner.WAIVER, turn, reason, by)


def refresh_medical(person_id: int, *, needed: bool, by: str) -> bool:
    """The certificate's block stands exactly when it should; tells whether anything changed."""
    person = locked_person(person_id)
    club = db.session.get_one(Club, person.club_id)
    until = medical_until([person_id]).get(person_id)
    turn = medical_turn(
        medical_rules(club.id),
        until,
        needed=needed,
        day=clock.today(club.zone),
        held=held_by([person_id], BlockOwner.MEDICAL).get(person_id, ()),
    )
    reason = _("The medical certificate is missing")
    if until is not None:
        reason = _("The medical certificate holds until %(day)s", day=formats.day(until))
    return _follow(person_id, BlockOwner.MEDICAL, turn, reason, by)


def save_waiver_rules(club_id: int, rules: WaiverRules, *, by: str) -> None:
    """The club asks for waivers by these rules from tonight on; signed ones keep their last day."""
    faults = {}
    if not 0 <= rules.months <= LONGEST_MONTHS:
        faults["months"] = _("A whole number from %(least)s to %(most)s.", least=0, most=120)
    if not 0 <= rules.adult_age <= 25:
        faults["adult_age"] = _("A whole number from %(least)s to %(most)s.", least=0, most=25)
    if faults:
        raise invalid(faults)
    kept = {"mode": rules.mode.value, "months": rules.months, "adult_age": rules.adult_age}
    set_club_setting(club_id, WAIVERS, kept)
    audit.note("waivers.settings", "club", club_id, after=kept, by=by)


def save_medical_rules(club_id: int, rules: MedicalRules, *, by: str) -> None:
    """The club asks for certificates by these rules from tonight on."""
    kept = {"mode": rules.mode.value, "everyone": rules.everyone}
    set_club_setting(club_id, MEDICAL, kept)
    audit.note("medical.settings", "club", club_id, after=kept, by=by)


def last_day(signed_on: date, months: int) -> date | None:
    """Return the last day a signature holds, whole months later less a day; None for good."""
    if months == 0:
        return None
    year, month = divmod(signed_on.year * 12 + signed_on.month - 1 + months, 12)
    after_month = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    longest = (after_month - timedelta(days=1)).day
    return date(year, month + 1, min(signed_on.day, longest)) - timedelta(days=1)


def _follow(person_id: int, owner: BlockOwner, turn: Turn, reason: str, by: str) -> bool:
    for block_id in turn.lift:
        lift_block(block_id, owner, by=by, why=_("the paper is there"))
    if turn.place_from is not None:
        place_block(BlockRequest(person_id, owner, reason, turn.place_from), by=SYSTEM)
    return bool(turn.lift) or turn.place_from is not None


def _fields(person_id: int, language: str) -> dict[str, str]:
    person = person_by_id(person_id)
    club = db.session.get_one(Club, person.club_id)
    until = last_day(clock.today(club.zone), waiver_rules(club.id).months)
    with force_locale(language):
        return {
            **member_fields(person),
            "guardian_name": guardian_of(person_id),
            "valid_until": formats.day(until) if until else _("it is replaced"),
            **club_fields(club, head_at(club)),
        }
