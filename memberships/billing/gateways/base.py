"""Rules room: what every way of being paid can do, and the plain values that go in and out.

A gateway holds money and card numbers, we hold references. What a browser brings back is never
proof: `verify` and `look_up` ask the gateway itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from clubcrm.core.money import Money


class Outcome(StrEnum):
    """What a gateway says about a payment."""

    PAID = "paid"
    WAITING = "waiting"
    FAILED = "failed"
    HELD = "held"


class Keeping(StrEnum):
    """What a gateway can do with a card or wallet that it has seen before."""

    ALONE = "alone"  # it is charged while its holder sleeps
    WITH_PAYER = "with_payer"  # it is remembered, and its holder agrees to each payment
    NEVER = "never"


class GatewayError(Exception):
    """A gateway did not do what was asked; the text is for staff."""


class ForgedError(GatewayError):
    """What came in does not bear the gateway's signature, or is too old."""


class UnreachableError(GatewayError):
    """Nothing has reached the gateway: asking again later is safe."""


class InDoubtError(GatewayError):
    """The gateway may have acted, but its answer was lost: it has to be asked."""


class NotOfferedError(GatewayError):
    """This gateway cannot do that."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Whom a gateway may greet and write to."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A payment to begin: our own reference, the amount, and where the browser comes back."""

    ref: str
    amount: Money
    text: str
    return_url: str
    notice_url: str
    site_url: str
    payer: Payer = field(default_factory=Payer)
    keep_method: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """The payer goes on at this address."""

    url: str
    provider_ref: str = ""


@dataclass(frozen=True, slots=True)
class FormPost:
    """The payer sends these fields to this address by a button."""

    url: str
    fields: Mapping[str, str]
    provider_ref: str = ""


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """The payer pays where no program can see it; a person writes it down."""

    tender: str


NextStep = Redirect | FormPost | AtTheDesk


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of a payment that was begun."""

    ref: str
    amount: Money
    provider_ref: str = ""


@dataclass(frozen=True, slots=True)
class KeptMethod:
    """References under which a gateway keeps a card, and the words a person knows it by."""

    customer: str
    token: str
    label: str


@dataclass(frozen=True, slots=True)
class KeepAsk:
    """A card to keep without a payment; `customer` is the payer's name at the gateway, if any."""

    ref: str
    currency: str
    return_url: str
    payer: Payer = field(default_factory=Payer)
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gateway's own word on a payment; `transaction_id` is its name for the money."""

    outcome: Outcome
    amount: Money | None = None
    transaction_id: str = ""
    why: str = ""
    method: KeptMethod | None = None


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """A charge of a kept method without the payer; `key` makes a second sending harmless."""

    ref: str
    amount: Money
    token: str
    customer: str
    key: str
    text: str = ""
    provider_ref: str = ""


@dataclass(frozen=True, slots=True)
class ReturnOrder:
    """Money to go back the way it came."""

    transaction_id: str
    amount: Money
    key: str
    provider_ref: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of money sent back."""

    refund_id: str
    done: bool


@dataclass(frozen=True, slots=True)
class Disputed:
    """A payment that its payer has contested at his bank; `name` is the gateway's for the case."""

    name: str
    transaction_id: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A message a gateway sent by itself; without a verdict it tells nothing we act on.

    `params` are what `verify` needs when the gateway has to be asked before it is believed.
    `disputed` says that the payer asks his bank for the money back, or that this is decided.
    """

    event_key: str
    kind: str
    ref: str = ""
    provider_ref: str = ""
    verdict: Verdict | None = None
    params: Mapping[str, str] | None = None
    disputed: Disputed | None = None


class Gateway(Protocol):
    """One way of being paid."""

    @property
    def name(self) -> str:
        """The name under which payments and kept methods remember it."""

    @property
    def title(self) -> str:
        """The name people know it by."""

    @property
    def currencies(self) -> frozenset[str] | None:
        """The currencies it takes; None is every one."""

    @property
    def pay_origins(self) -> tuple[str, ...]:
        """The hosts of its own pages, to which a form of ours may lead."""

    @property
    def keeping(self) -> Keeping:
        """What it can do with a card or wallet that it has seen before."""

    @property
    def keeps_methods(self) -> bool:
        """Whether it keeps cards and charges them without the payer."""

    @property
    def adds_methods(self) -> bool:
        """Whether a payer may give it a card without paying."""

    @property
    def hears_notices(self) -> bool:
        """Whether it sends messages by itself, and so needs our address."""

    def start_payment(self, ask: Ask) -> NextStep:
        """Begin a payment; the same reference again begins nothing new where the gateway can."""

    def verify(self, known: Known, params: Mapping[str, str]) -> Verdict:
        """Return what the gateway says, after the browser came back with these values."""

    def look_up(self, known: Known) -> Verdict:
        """Return what the gateway says about a payment now."""

    def prepare_charge(self, order: ChargeOrder) -> str:
        """Return the gateway's name for a charge that moves no money yet."""

    def charge(self, order: ChargeOrder) -> Verdict:
        """Charge the kept method; a prepared charge succeeds once at most."""

    def start_keeping(self, ask: KeepAsk) -> Redirect:
        """Return where the payer types a card that is kept without a payment."""

    def kept(self, provider_ref: str) -> Verdict:
        """Return the card that was typed there; PAID stands for done, without any money."""

    def refund(self, order: ReturnOrder) -> Returned:
        """Send money back."""

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Notice:
        """Return what a message says; raises ForgedError unless its signature holds."""


class Plain:
    """A gateway that can do nothing yet; adapters say what theirs can."""

    name = ""
    title = ""
    currencies: frozenset[str] | None = None
    pay_origins: tuple[str, ...] = ()
    keeping = Keeping.NEVER
    adds_methods = False
    hears_notices = False

    @property
    def keeps_methods(self) -> bool:
        """Whether it keeps cards and charges them without the payer."""
        return self.keeping is Keeping.ALONE

    def prepare_charge(self, order: ChargeOrder) -> str:
        """Refuse: methods are not kept here."""
        raise NotOfferedError(f"{self.title} keeps no payment methods ({order.ref})")

    def charge(self, order: ChargeOrder) -> Verdict:
        """Refuse: methods are not kept here."""
        raise NotOfferedError(f"{self.title} keeps no payment methods ({order.ref})")

    def start_keeping(self, ask: KeepAsk) -> Redirect:
        """Refuse: methods are kept with a payment, or not at all."""
        raise NotOfferedError(f"{self.title} keeps no card without a payment ({ask.ref})")

    def kept(self, provider_ref: str) -> Verdict:
        """Refuse: no card was ever typed."""
        raise NotOfferedError(f"{self.title} keeps no card without a payment ({provider_ref})")

    def refund(self, order: ReturnOrder) -> Returned:
        """Refuse: money goes back by hand."""
        raise NotOfferedError(f"{self.title} returns money only in its own portal ({order.key})")

    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Notice:
        """Refuse: nothing that calls itself this gateway can be believed."""
        raise ForgedError(f"{self.title} sends nothing by itself ({len(raw)}, {len(headers)})")
