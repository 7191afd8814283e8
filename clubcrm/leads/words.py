"""Queries room: stages, channels, reasons and steps in the reader's words, with their pictures."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from clubcrm.leads.rules.scores import Heat, ScoreReason
from clubcrm.leads.rules.stages import (
    ArrivalChannel,
    ContactOutcome,
    ContactWay,
    DeclineReason,
    LeadStage,
    LostReason,
)
from clubcrm.leads.rules.steps import StepKind

STAGES: Mapping[LeadStage, LazyString] = {
    LeadStage.NEW: _l("New"),
    LeadStage.CONTACTED: _l("Contacted"),
    LeadStage.BOOKED: _l("Trial booked"),
    LeadStage.ATTENDED: _l("Attended"),
    LeadStage.WON: _l("Won"),
    LeadStage.NO_SHOW: _l("No show"),
    LeadStage.UNREACHABLE: _l("Unreachable"),
    LeadStage.LATER: _l("Later"),
    LeadStage.LOST: _l("Lost"),
}
STAGE_ICONS: Mapping[LeadStage, str] = {
    LeadStage.NEW: "point",
    LeadStage.CONTACTED: "phone",
    LeadStage.BOOKED: "calendar",
    LeadStage.ATTENDED: "door-enter",
    LeadStage.WON: "circle-check",
    LeadStage.NO_SHOW: "alert-triangle",
    LeadStage.UNREACHABLE: "bell-off",
    LeadStage.LATER: "clock",
    LeadStage.LOST: "circle-x",
}
STAGE_TONES: Mapping[LeadStage, str] = {
    LeadStage.WON: "go",
    LeadStage.NO_SHOW: "note",
    LeadStage.UNREACHABLE: "note",
    LeadStage.LATER: "know",
    LeadStage.LOST: "stop",
}
CHANNELS: Mapping[ArrivalChannel, LazyString] = {
    ArrivalChannel.FORM: _l("Web form"),
    ArrivalChannel.LANDING: _l("Landing page"),
    ArrivalChannel.EMAIL: _l("E-mail"),
    ArrivalChannel.CALL: _l("Phone call"),
    ArrivalChannel.MESSENGER: _l("Messenger"),
    ArrivalChannel.GUEST: _l("Guest of a member"),
    ArrivalChannel.REFERRAL: _l("Recommended by a member"),
    ArrivalChannel.WALK_IN: _l("Walked in"),
    ArrivalChannel.IMPORT: _l("Imported list"),
}
# What a channel says by itself about where somebody heard of the club.
SOURCE_OF_CHANNEL: Mapping[ArrivalChannel, LazyString] = {
    ArrivalChannel.GUEST: _l("Guest of a member"),
    ArrivalChannel.REFERRAL: _l("Recommended by a member"),
    ArrivalChannel.WALK_IN: _l("Walked in"),
}
LOST_REASONS: Mapping[LostReason, LazyString] = {
    LostReason.PRICE: _l("Too expensive"),
    LostReason.LOCATION: _l("Too far away"),
    LostReason.TIME: _l("No time for training"),
    LostReason.COMPETITOR: _l("Trains somewhere else"),
    LostReason.NO_INTEREST: _l("Not interested after all"),
    LostReason.HEALTH: _l("Health does not allow it"),
    LostReason.NEVER_REACHED: _l("Never reached"),
    LostReason.WRONG_CONTACT: _l("Wrong number or address"),
    LostReason.DUPLICATE: _l("Stands here twice"),
    LostReason.OTHER: _l("Another reason"),
}
DECLINE_REASONS: Mapping[DeclineReason, LazyString] = {
    DeclineReason.NOT_A_REQUEST: _l("Not about joining"),
    DeclineReason.IS_MEMBER: _l("Is a member already"),
    DeclineReason.NO_CONTACT: _l("No way to answer"),
    DeclineReason.SUPPLIER: _l("Somebody who sells"),
    DeclineReason.JOB_SEEKER: _l("Somebody who looks for work"),
    DeclineReason.SPAM: _l("Spam"),
    DeclineReason.OTHER: _l("Another reason"),
}
WAYS: Mapping[ContactWay, LazyString] = {
    ContactWay.CALL: _l("Call"),
    ContactWay.MESSAGE: _l("Message"),
    ContactWay.EMAIL: _l("E-mail"),
    ContactWay.IN_PERSON: _l("In person"),
}
OUTCOMES: Mapping[ContactOutcome, LazyString] = {
    ContactOutcome.REACHED: _l("Spoke with him or her"),
    ContactOutcome.BOOKED: _l("Wants to come: book it now"),
    ContactOutcome.CALL_BACK: _l("Wants to be called again"),
    ContactOutcome.NO_ANSWER: _l("No answer"),
    ContactOutcome.LEFT_MESSAGE: _l("Left a message"),
    ContactOutcome.WRONG_NUMBER: _l("Wrong number"),
    ContactOutcome.NOT_INTERESTED: _l("Does not want to join"),
}
# Deliveries and jobs speak English, so the English words are stored; lists translate them.
STEPS: Mapping[StepKind, LazyString] = {
    StepKind.CALL: _l("Answer somebody who asked about the club"),
    StepKind.CALL_AGAIN: _l("Try again to reach a lead"),
    StepKind.FOLLOW_UP: _l("Go on with a lead: offer a trial"),
    StepKind.TRIAL: _l("A lead comes for a trial: greet and show around"),
    StepKind.OFFER: _l("Ask how the trial was, and make an offer"),
    StepKind.NO_SHOW: _l("Ask why a lead did not come, and offer another day"),
    StepKind.LATER: _l("Ask again as agreed"),
    StepKind.OWN: _l("Next step with a lead"),
}
SUSPICIONS: Mapping[str, LazyString] = {
    "no_contact": _l("No phone number or address that could be answered"),
    "no_name": _l("No name"),
    "same_contact": _l("Somebody else of another name has this phone or address"),
    "is_member": _l("Has a running membership"),
    "robot": _l("Filled in as robots do"),
    "ad_test": _l("A test of the advertising form"),
    "left_alone": _l("Does not want to be contacted"),
}
SCORE_REASONS: Mapping[ScoreReason, LazyString] = {
    ScoreReason.KNOWS_A_MEMBER: _l("Knows a member"),
    ScoreReason.CAME_IN_PERSON: _l("Came in person to ask"),
    ScoreReason.CALLED_US: _l("Called the club"),
    ScoreReason.NAMED_A_WISH: _l("Named a wish or a membership"),
    ScoreReason.TWO_WAYS: _l("Left phone and e-mail"),
    ScoreReason.ASKED_AGAIN: _l("Asked more than once"),
    ScoreReason.FRESH: _l("Asked within the last two days"),
    ScoreReason.REACHED: _l("Has spoken with us"),
    ScoreReason.BOOKED: _l("Has a trial booked"),
    ScoreReason.ATTENDED: _l("Was here on a trial"),
    ScoreReason.NO_SHOW: _l("Did not come to the trial"),
    ScoreReason.UNANSWERED: _l("Three or more tries without an answer"),
    ScoreReason.LATER: _l("Wants to wait"),
    ScoreReason.STALE: _l("Nothing happened for three weeks"),
    ScoreReason.OLD: _l("Asked more than two months ago"),
}
HEATS: Mapping[Heat, LazyString] = {
    Heat.HOT: _l("Hot"),
    Heat.WARM: _l("Warm"),
    Heat.COOL: _l("Cool"),
}
