"""Queries room: the card of one person in words: status, ways to reach, contracts, rhythm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from clubcrm.card.queries.person import PersonRow, ReachRow
from clubcrm.core.formats import day, day_short, moment, money
from clubcrm.people.models import ContactKind, ReachState
from clubcrm.people.rules.contacts import phone_shown
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.history import ContractRow
from memberships.contracts.rules import ContractState
from memberships.contracts.standing import Standing
from memberships.contracts.words import (
    block_owner_words,
    cause_words,
    status_look,
    status_words,
)
from memberships.schedule.board import OwnBooking
from memberships.schedule.models import BookingState

BLOCK_LOOK: Mapping[BlockOwner, tuple[str, str]] = {
    BlockOwner.FREEZE: ("know", "snowflake"),
    BlockOwner.DEBT: ("note", "cash"),
    BlockOwner.BAN: ("stop", "ban"),
    BlockOwner.WAIVER: ("note", "file-text"),
    BlockOwner.MEDICAL: ("note", "stethoscope"),
    BlockOwner.STAFF_STOP: ("stop", "hand-stop"),
}
REACH_LOOK: Mapping[ContactKind, tuple[str, str]] = {
    ContactKind.PHONE: ("phone", "tel:"),
    ContactKind.EMAIL: ("mail", "mailto:"),
    ContactKind.TELEGRAM: ("message-circle", ""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A titled line with a badge: a contract, a block, a touchpoint."""

    title: str
    text: str
    tone: str
    word: str
    icon: str = ""
    when: str = ""
    code: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reach somebody, ready to be clicked."""

    icon: str
    label: str
    text: str
    href: str
    trouble: str


@dataclass(frozen=True, slots=True)
class Lot:
    """Units bought and left."""

    name: str
    bought: int
    remaining: int
    expires: str
    href: str = ""
    mark: str = ""


def standing_line(standing: Standing) -> Line:
    """Return the status with its cause in a sentence."""
    tone, icon = status_look(standing.status)
    text = cause_words(standing)
    if standing.owed_minor and standing.currency:
        owed = money(standing.owed_minor, standing.currency)
        text = f"{text} {_('%(sum)s is open.', sum=owed)}"
    return Line("", text, tone, status_words(standing.status), icon)


def ways_of(reach: Sequence[ReachRow]) -> list[Way]:
    """Return the ways to reach a person as links, with what is wrong with them."""
    ways = []
    for one in reach:
        icon, scheme = REACH_LOOK[one.kind]
        label = {
            ContactKind.PHONE: _("Phone"),
            ContactKind.EMAIL: _("E-mail"),
            ContactKind.TELEGRAM: "Telegram",
        }[one.kind]
        trouble = _("does not arrive") if one.state is ReachState.BOUNCED else ""
        href = f"{scheme}{one.value}" if scheme else ""
        shown = phone_shown(one.value) if one.kind is ContactKind.PHONE else one.value
        ways.append(Way(icon, label, shown, href, trouble))
    return ways


def birthday_words(person: PersonRow, today: date) -> str:
    """Return the birth date with the age in whole years."""
    born = person.birth_date
    if born is None:
        return ""
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{day(born)} ({age})"


def contract_lines(contracts: Sequence[ContractRow], today: date) -> list[Line]:
    """Return the contracts with their span and where each stands today."""
    return [
        Line(
            one.plan_name,
            _span(one.starts_on, one.ends_on),
            *_contract_look(one, today),
            one.number,
            href=url_for("going_on.show", person_id=one.person_public_id, contract=one.public_id),
        )
        for one in contracts
    ]


def lots_of(contracts: Sequence[ContractRow], today: date) -> list[Lot]:
    """Return the units of contracts that are not over."""
    return [
        Lot(
            one.plan_name,
            one.units_bought,
            one.units_left or 0,
            _("until %(day)s", day=day(one.ends_on)) if one.ends_on else "",
        )
        for one in contracts
        if one.units_bought and (one.ends_on is None or one.ends_on >= today)
    ]


def block_lines(blocks: Sequence[Block], today: date) -> list[Line]:
    """Return the blocks in force or coming, with what they say."""
    lines = []
    for one in blocks:
        if one.lifted_at is not None or (one.until_on is not None and one.until_on < today):
            continue
        tone, icon = BLOCK_LOOK[one.owner]
        word = block_owner_words(one.owner)
        if one.amount_minor and one.currency:
            word = f"{word} {money(one.amount_minor, one.currency)}"
        since = _("since %(day)s", day=day_short(one.from_on))
        lines.append(Line(word, one.reason, tone, word, icon, since))
    return lines


def facts_of(blocks: Sequence[Block]) -> tuple[BlockFact, ...]:
    """Return the blocks that are not lifted as the status is decided from."""
    return tuple(
        BlockFact(
            one.id,
            one.owner,
            one.from_on,
            one.until_on,
            one.amount_minor,
            one.currency,
            one.reason,
            one.contract_id,
        )
        for one in blocks
        if one.lifted_at is None
    )


def frozen_spans(blocks: Sequence[Block]) -> list[tuple[date, date | None]]:
    """Return the days on which the person's contract stood still."""
    return [
        (one.from_on, one.lifted_at.date() if one.lifted_at else one.until_on)
        for one in blocks
        if one.owner is BlockOwner.FREEZE
    ]


def hints_of(person: PersonRow, tasks: Sequence[str]) -> list[Line]:
    """Return what to know before speaking: the next step, the desk's note, do not contact."""
    hints = [Line("", text, "know", "", "sparkles") for text in tasks]
    if person.desk_note:
        hints.append(Line("", person.desk_note, "", "", "note"))
    if person.do_not_contact:
        hints.append(Line("", _("Do not contact this person."), "stop", "", "message-off"))
    return hints


def class_hints(coming: Sequence[OwnBooking], zone: str) -> list[Line]:
    """Return the next classes of a person, each a link to it."""
    return [
        Line(
            "",
            _class_words(one, zone),
            "know",
            "",
            "calendar",
            href=url_for("schedule.show", class_id=one.row.public_id),
        )
        for one in coming
    ]


def _class_words(one: OwnBooking, zone: str) -> str:
    when = moment(one.row.starts_at, zone)
    if one.booking.state is BookingState.WAITING:
        return _("%(name)s %(when)s, on the waiting list", name=one.row.name, when=when)
    return _("%(name)s %(when)s", name=one.row.name, when=when)


def _span(starts_on: date, ends_on: date | None) -> str:
    if ends_on is None:
        return _("since %(day)s, rolls on", day=day(starts_on))
    return _("%(first)s to %(last)s", first=day(starts_on), last=day(ends_on))


def _contract_look(one: ContractRow, today: date) -> tuple[str, str, str]:
    if one.state is ContractState.INCOMPLETE:
        return "note", _("not signed"), "pencil"
    if one.state is ContractState.VOID:
        return "", _("void"), "x"
    if one.starts_on > today:
        return "know", _("starts later"), "hourglass"
    if one.ends_on is not None and one.ends_on < today:
        return "", _("ended"), "history"
    if one.units_left == 0:
        return "note", _("used up"), "ticket"
    if one.is_cancelled:
        return "note", _("cancelled"), "door-exit"
    return "go", _("runs"), "circle-check"
