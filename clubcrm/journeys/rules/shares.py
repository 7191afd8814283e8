"""Rules: which share of members is left alone, by what a club of its size can learn."""

from dataclasses import dataclass

from clubcrm.core.lots import draw, draw_member, is_held_out
from clubcrm.journeys.rules.codes import Code
from clubcrm.journeys.rules.settings import CodeRule, Trial

SMALL, MIDDLE = 1000, 5000
ONE_QUESTION, THREE_QUESTIONS, ALL_QUESTIONS = 0.5, 0.2, 0.1
CONTROL, CONTROL_OF_SMALL = 0.05, 0.1
# Never left out, neither by a touchpoint's own draw nor by that of the whole programme.
ALWAYS = frozenset({Code.WELCOME, Code.LAST_WEEK})


@dataclass(frozen=True, slots=True)
class Arm:
    """What a member's lot says for one touchpoint and cycle."""

    held_out: bool
    is_control: bool
    share: float


def share_for(rule: CodeRule, trial: Trial, members: int) -> float:
    """Return the planned share of held-out members of a touchpoint in a club of this size."""
    if rule.hold_out is not None:
        return rule.hold_out
    if members < trial.least_members:
        return 0.0
    if members < SMALL:
        return ONE_QUESTION if rule.code in trial.questions[:1] else 0.0
    if members < MIDDLE:
        return THREE_QUESTIONS if rule.code in trial.questions[:3] else 0.0
    return ALL_QUESTIONS


def control_share(trial: Trial, members: int) -> float:
    """Return the share of members for whom the whole programme is left out."""
    if trial.control is not None:
        return trial.control
    if members < trial.least_members:
        return 0.0
    return CONTROL_OF_SMALL if members < SMALL else CONTROL


def arm_of(rule: CodeRule, trial: Trial, members: int, who: tuple[int, int]) -> Arm:
    """Return what the lot says for a member and cycle; equal input, equal lot."""
    person_id, cycle_no = who
    if rule.code in ALWAYS or rule.code.startswith("X"):
        return Arm(held_out=False, is_control=False, share=0.0)
    share = share_for(rule, trial, members)
    drawn = draw(trial.salt, rule.code, person_id, cycle_no)
    control = is_held_out(draw_member(trial.salt, person_id), control_share(trial, members))
    return Arm(control or is_held_out(drawn, share), control, share)
