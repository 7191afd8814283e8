"""Rules: the way a message takes to a person: first the cheapest to read, never without consent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

ORDER = ("telegram", "whatsapp", "sms", "email")


class NoWay(StrEnum):
    """Why no channel may be used for a person."""

    DO_NOT_CONTACT = "do_not_contact"
    NO_ADDRESS = "no_address"
    BOUNCED = "bounced"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True, slots=True)
class Reach:
    """One address of a person, whether it works, and whether it may be used for the purpose."""

    channel: str
    address: str
    works: bool = True
    consented: bool = False


@dataclass(frozen=True, slots=True)
class PersonReach:
    """All a person has told us about being written to for one purpose."""

    reaches: Sequence[Reach]
    do_not_contact: bool = False


def pick_channel(
    person: PersonReach, offered: Iterable[str], wished: Sequence[str] = ()
) -> Reach | NoWay:
    """Return the first usable address among the channels the club offers, or why there is none.

    A wished order goes before the usual one; channels it does not name are not used.
    """
    if person.do_not_contact:
        return NoWay.DO_NOT_CONTACT
    order = tuple(wished) or ORDER
    open_channels = set(offered) & set(order)
    known = [one for one in person.reaches if one.channel in open_channels and one.address]
    if not known:
        return NoWay.NO_ADDRESS
    working = [one for one in known if one.works]
    if not working:
        return NoWay.BOUNCED
    allowed = [one for one in working if one.consented]
    if not allowed:
        return NoWay.NO_CONSENT
    return min(allowed, key=lambda one: order.index(one.channel))
