"""Services room: forms are made, changed, closed, and given words of consent in versions."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.text import clean
from clubcrm.leads.door.models import LeadForm, LeadFormConsent
from clubcrm.leads.door.queries import consent_of
from clubcrm.leads.door.rules.inquiries import FieldRule
from clubcrm.leads.door.rules.origins import MOST_ORIGINS, origin_of

MOST_INTERESTS = 12
LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class FormDraft:
    """What a form is to be; origins and interests stand one on a line."""

    name: str
    title: str = ""
    intro: str = ""
    phone: FieldRule = FieldRule.REQUIRED
    email: FieldRule = FieldRule.OPTIONAL
    asks_message: bool = True
    asks_consent: bool = True
    interests: str = ""
    origins: str = ""
    thanks_url: str = ""
    source_id: int | None = None


@dataclass(slots=True)
class _Checked:
    values: dict[str, object] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def make_form(club_id: int, draft: FormDraft, *, by: str) -> LeadForm:
    """The club has this form, open, under a public key of its own; raises INVALID_INPUT."""
    values = _checked(club_id, draft, None)
    form = LeadForm(club_id=club_id, made_by=by, **values)
    db.session.add(form)
    db.session.flush()
    audit.note("lead_form.made", "lead_form", form.id, after=_kept(form), by=by)
    return form


def change_form(form: LeadForm, draft: FormDraft, *, by: str) -> None:
    """The form is as the draft says, on every page it stands on; raises INVALID_INPUT."""
    before = _kept(form)
    for name, value in _checked(form.club_id, draft, form.id).items():
        setattr(form, name, value)
    db.session.flush()
    audit.note("lead_form.changed", "lead_form", form.id, before=before, after=_kept(form), by=by)


def set_open(form: LeadForm, *, is_open: bool, by: str) -> None:
    """The form takes letters, or tells whoever fills it in that it is closed."""
    if form.is_open is not is_open:
        form.is_open = is_open
        db.session.flush()
        audit.note(
            "lead_form.opened" if is_open else "lead_form.closed",
            "lead_form",
            form.id,
            before={"is_open": not is_open},
            after={"is_open": is_open},
            by=by,
        )


def word_consent(form: LeadForm, language: str, words: str, *, by: str) -> LeadFormConsent:
    """The form asks consent in these words from now on; earlier answers keep their version."""
    text = clean(words, "words", longest=LONGEST_WORDS, lines=True)
    if not text:
        raise invalid({"words": _("Write the words that people agree to.")})
    newest = consent_of(form.id, language)
    if newest is not None and newest.words == text:
        return newest
    row = LeadFormConsent(
        form_id=form.id,
        language=language,
        version=newest.version + 1 if newest else 1,
        words=text,
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    audit.note(
        "lead_form.consent_worded",
        "lead_form",
        form.id,
        after={"language": language, "version": row.version},
        by=by,
    )
    return row


def _checked(club_id: int, draft: FormDraft, form_id: int | None) -> dict[str, object]:
    found = _Checked()
    for name, most, lines in (("name", 80, False), ("title", 120, False), ("intro", 500, True)):
        found.values[name] = clean(getattr(draft, name), name, longest=most, lines=lines)
    if not found.values["name"]:
        found.faults["name"] = _("Give the form a name by which you know it.")
    elif _is_taken(club_id, str(found.values["name"]), form_id):
        found.faults["name"] = _("There is a form of this name already.")
    if draft.phone is FieldRule.OFF and draft.email is FieldRule.OFF:
        found.faults["email"] = _("A form asks for a phone number or an e-mail address.")
    _lists(draft, found)
    if found.faults:
        raise invalid(found.faults)
    return found.values | {
        "phone": draft.phone,
        "email": draft.email,
        "asks_message": draft.asks_message,
        "asks_consent": draft.asks_consent,
        "source_id": draft.source_id,
    }


def _lists(draft: FormDraft, found: _Checked) -> None:
    lines = filter(str.strip, draft.interests.splitlines())
    interests = [clean(line, "interests", longest=80) for line in lines]
    if len(interests) > MOST_INTERESTS:
        found.faults["interests"] = _("At most %(count)s choices fit.", count=MOST_INTERESTS)
    origins = []
    for line in filter(str.strip, draft.origins.splitlines()):
        try:
            origins.append(origin_of(line))
        except ValueError:
            found.faults["origins"] = _("This is not the address of a site: %(line)s", line=line)
    if len(origins) > MOST_ORIGINS:
        found.faults["origins"] = _("At most %(count)s sites fit.", count=MOST_ORIGINS)
    thanks = clean(draft.thanks_url, "thanks_url", longest=500)
    parts = urlsplit(thanks)
    if thanks and (parts.scheme not in ("http", "https") or not parts.hostname):
        found.faults["thanks_url"] = _(
            "Write a whole address, such as https://club.example/thanks."
        )
    found.values |= {
        "interests": list(dict.fromkeys(interests)),
        "origins": list(dict.fromkeys(origins)),
        "thanks_url": thanks,
    }


def _is_taken(club_id: int, name: str, form_id: int | None) -> bool:
    twin = db.session.scalars(
        select(LeadForm.id).where(LeadForm.club_id == club_id, LeadForm.name == name)
    ).first()
    return twin is not None and twin != form_id


def _kept(form: LeadForm) -> dict[str, object]:
    return {
        "name": form.name,
        "phone": form.phone.value,
        "email": form.email.value,
        "origins": form.origins,
        "is_open": form.is_open,
    }
