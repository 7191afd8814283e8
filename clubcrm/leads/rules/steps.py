"""Rules room: which task a stage opens by itself, and what follows a try to speak with a lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from clubcrm.leads.rules.stages import ContactOutcome, LeadStage


class StepKind(StrEnum):
    """The next thing to do for a lead; the value is the kind of its task."""

    CALL = "lead_call"
    CALL_AGAIN = "lead_again"
    FOLLOW_UP = "lead_follow"
    TRIAL = "lead_trial"
    OFFER = "lead_offer"
    NO_SHOW = "lead_no_show"
    LATER = "lead_later"
    OWN = "lead_own"


class DueRule(StrEnum):
    """When a step falls due."""

    NOW = "now"
    ANSWER_BY = "answer_by"
    MORNING = "morning"
    TRIAL = "trial"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done next; `after` counts from now, for steps due on a morning."""

    kind: StepKind
    due: DueRule
    after: timedelta = timedelta()


STEP_OF: Mapping[LeadStage, Step] = {
    LeadStage.NEW: Step(StepKind.CALL, DueRule.ANSWER_BY),
    LeadStage.CONTACTED: Step(StepKind.FOLLOW_UP, DueRule.MORNING, timedelta(days=2)),
    LeadStage.BOOKED: Step(StepKind.TRIAL, DueRule.TRIAL),
    LeadStage.ATTENDED: Step(StepKind.OFFER, DueRule.MORNING),
    LeadStage.NO_SHOW: Step(StepKind.NO_SHOW, DueRule.MORNING),
    LeadStage.UNREACHABLE: Step(StepKind.CALL_AGAIN, DueRule.MORNING, timedelta(days=14)),
    LeadStage.LATER: Step(StepKind.LATER, DueRule.DAY),
}
AGAIN = Step(StepKind.CALL_AGAIN, DueRule.MORNING)
ASKED_AGAIN = Step(StepKind.CALL, DueRule.NOW)
CALL_BACK = Step(StepKind.CALL_AGAIN, DueRule.DAY)
# After so many tries without an answer a lead is parked, and tried once more after two weeks.
MOST_TRIES = 5


def stage_after(stage: LeadStage, outcome: ContactOutcome, unanswered: int) -> LeadStage:
    """Return the stage of a lead after a try; `unanswered` counts this one too.

    A try is not a contact: only an answer moves a lead out of its first column.
    """
    if outcome is ContactOutcome.NOT_INTERESTED:
        return LeadStage.LOST
    if outcome in (ContactOutcome.NO_ANSWER, ContactOutcome.LEFT_MESSAGE):
        tired = unanswered >= MOST_TRIES and stage in (LeadStage.NEW, LeadStage.CONTACTED)
        return LeadStage.UNREACHABLE if tired else stage
    if outcome is ContactOutcome.WRONG_NUMBER:
        return stage
    moves_on = stage in (LeadStage.NEW, LeadStage.UNREACHABLE, LeadStage.LATER)
    return LeadStage.CONTACTED if moves_on else stage
