"""Facts the memberships tell upwards: contracts, freezes, blocks, units and money."""

from dataclasses import dataclass
from datetime import date

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class ContractSigned(Fact):
    """A person has a new contract; told when it is signed, not when it starts."""

    contract_id: int
    person_id: int
    plan_kind: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class ContractEnded(Fact):
    """A contract's last day has passed."""

    contract_id: int
    person_id: int
    ended_on: date


@dataclass(frozen=True, slots=True)
class ContractCancelled(Fact):
    """A contract is cancelled; `last_day` of None calls off one that had not begun."""

    contract_id: int
    person_id: int
    reason: str
    asked_on: date
    last_day: date | None
    is_cooling_off: bool


@dataclass(frozen=True, slots=True)
class CancellationWithdrawn(Fact):
    """A member stays after all; the contract ends as it would have without the cancellation."""

    contract_id: int
    person_id: int
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class LeavingReasonGiven(Fact):
    """A member has said why he leaves or has left; the newest word about a contract counts."""

    contract_id: int
    person_id: int
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class DaysGiven(Fact):
    """A contract ends later because the club gave days, or earlier because it took them back."""

    contract_id: int
    person_id: int
    days: int
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class ContractRenewed(Fact):
    """A person goes on for another term; told once, when the renewal is accepted."""

    contract_id: int
    person_id: int
    previous_id: int
    offer_id: int
    price_minor: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class PlanChanged(Fact):
    """A contract goes on as another one on another plan; a negative charge was given back."""

    contract_id: int
    new_contract_id: int
    person_id: int
    effective_on: date
    charge_minor: int


@dataclass(frozen=True, slots=True)
class PlanChangeUndone(Fact):
    """A change of plan was called off, before its day or on it."""

    change_id: int
    contract_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class ContractTransferred(Fact):
    """The rest of a contract belongs to somebody else from a day."""

    contract_id: int
    new_contract_id: int
    from_person_id: int
    to_person_id: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class FamilyChanged(Fact):
    """Somebody joined or left a family, or it has another holder or payer."""

    family_id: int
    holder_id: int
    payer_id: int
    what: str


@dataclass(frozen=True, slots=True)
class UnitQuestioned(Fact):
    """A member asks about a used unit of his own ledger."""

    question_id: int
    person_id: int
    entry_id: int


@dataclass(frozen=True, slots=True)
class OwnPageAsked(Fact):
    """Somebody has asked for the link to a person's own page, naming one of his addresses."""

    person_id: int


@dataclass(frozen=True, slots=True)
class QuestionSettled(Fact):
    """What a member questioned is given back or explained to him."""

    question_id: int
    person_id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class MemberAsked(Fact):
    """A person has asked the club something on a page of his own."""

    person_id: int
    about: str
    words: str


@dataclass(frozen=True, slots=True)
class RenewalDeclined(Fact):
    """A person has said that he does not want to go on, and perhaps why."""

    offer_id: int
    contract_id: int
    person_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ContractFrozen(Fact):
    """A contract stands still from one day to another, and ends later for it."""

    contract_id: int
    person_id: int
    from_on: date
    until_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class FreezeEnded(Fact):
    """A member came back before the freeze was over; unused days and months were given back."""

    contract_id: int
    person_id: int
    ended_on: date
    returned_days: int
    ends_on: date | None
    returned_minor: int


@dataclass(frozen=True, slots=True)
class BlockPlaced(Fact):
    """A person may not enter, or only with a note, for a stated cause."""

    block_id: int
    person_id: int
    owner: str


@dataclass(frozen=True, slots=True)
class BlockLifted(Fact):
    """A block no longer holds."""

    block_id: int
    person_id: int
    owner: str


@dataclass(frozen=True, slots=True)
class PackageLow(Fact):
    """A lot has just reached the mark at which the member is told."""

    lot_id: int
    person_id: int
    remaining: int


@dataclass(frozen=True, slots=True)
class ApprovalAsked(Fact):
    """Somebody wants to do what he may not do alone."""

    approval_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class ApprovalDecided(Fact):
    """Another person has granted or refused a wish."""

    approval_id: int
    kind: str
    approved: bool


@dataclass(frozen=True, slots=True)
class InvoiceIssued(Fact):
    """A demand for money or a credit note has been given out; a credit note's total is negative."""

    invoice_id: int
    payer_id: int
    person_id: int
    kind: str
    total_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class InvoiceOverdue(Fact):
    """A dated part of an invoice was not paid by its day; told once for each part."""

    invoice_id: int
    instalment_id: int
    payer_id: int
    due_on: date
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentTaken(Fact):
    """Somebody has paid."""

    payment_id: int
    payer_id: int
    amount_minor: int
    currency: str
    tender: str


@dataclass(frozen=True, slots=True)
class PaymentFailed(Fact):
    """A payment that was tried did not come through; `attempt` counts from one."""

    payer_id: int
    invoice_id: int | None
    amount_minor: int
    currency: str
    gateway: str
    reason: str
    attempt: int


@dataclass(frozen=True, slots=True)
class RefundMade(Fact):
    """Money of a payment has gone back, or has to be sent back by its gateway."""

    refund_id: int
    payment_id: int
    payer_id: int
    amount_minor: int
    currency: str
    tender: str


@dataclass(frozen=True, slots=True)
class ShiftClosed(Fact):
    """A shift at a till has been counted and closed; over is positive, short negative."""

    shift_id: int
    difference_minor: int


@dataclass(frozen=True, slots=True)
class SessionLogged(Fact):
    """A session of a client has its outcome: complete, no_show or late_cancel."""

    session_id: int
    person_id: int
    outcome: str


@dataclass(frozen=True, slots=True)
class SessionReversed(Fact):
    """A logged session never counted; its unit is back."""

    session_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class ChargeFollowUp(Fact):
    """A failed recurring fee has waited until a day on which the club does something about it."""

    payer_id: int
    invoice_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class DebtStepReached(Fact):
    """A payer who is behind has reached the next step of the club's way with debts."""

    step_id: int
    payer_id: int
    number: int
    has_task: bool


@dataclass(frozen=True, slots=True)
class PaperLapsing(Fact):
    """A member's waiver or medical certificate ends in a fortnight; told once per last day."""

    person_id: int
    paper: str  # "waiver" or "medical"
    until: date
