"""What the journey does after a visit, a settled message or a closed task."""

from access_control.events import VisitStarted
from clubcrm.journeys import beginning, services
from clubcrm.messaging.events import MessageSettled
from clubcrm.people.events import (
    ConsentWithdrawn,
    HoldPlaced,
    LeftAlone,
    PeopleMerged,
    PeopleParted,
    PersonErased,
)
from clubcrm.tasks.events import TaskClosed
from memberships.events import (
    ContractCancelled,
    ContractEnded,
    ContractFrozen,
    ContractRenewed,
    ContractSigned,
    RenewalDeclined,
)


def on_visit_started(fact: VisitStarted) -> None:
    """The member's rhythm has moved, and what said "we miss you" is taken back."""
    services.react(fact.person_id)


def on_contract_signed(fact: ContractSigned) -> None:
    """A newcomer is welcomed on the day he signs."""
    beginning.welcome(fact.person_id)


def on_contract_moved(
    fact: ContractSigned
    | ContractRenewed
    | ContractEnded
    | ContractCancelled
    | ContractFrozen
    | RenewalDeclined,
) -> None:
    """What was planned for the old course of the contract is taken back at once."""
    services.react(fact.person_id)


def on_left_in_peace(fact: HoldPlaced | ConsentWithdrawn | LeftAlone | PersonErased) -> None:
    """Who complains, is hurt or does not want to hear from us hears nothing more from now on."""
    services.react(fact.person_id)


def on_message_settled(fact: MessageSettled) -> None:
    """The touchpoint knows what became of its message."""
    services.settle_message(fact.message_id, fact.outcome, fact.why)


def on_task_closed(fact: TaskClosed) -> None:
    """The touchpoint knows what became of its task."""
    services.settle_task(fact.task_id, fact.outcome)


def on_people_merged(fact: PeopleMerged) -> None:
    """One journey goes on by what is known of both records; the other one has ended."""
    for person_id in (fact.person_id, fact.gone_id):
        services.react(person_id)


def on_people_parted(fact: PeopleParted) -> None:
    """Each of the two records goes on with its own journey."""
    for person_id in (fact.person_id, fact.other_id):
        services.react(person_id)
