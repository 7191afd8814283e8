"""Rules: the journey as it is shipped: every touchpoint with its numbers."""

from clubcrm.journeys.rules.codes import Code, Performer, Term
from clubcrm.journeys.rules.settings import SERVICE, CodeRule, JourneySettings

LONG = (Term.YEAR, Term.HALF)
NOT_MONTH = (Term.YEAR, Term.HALF, Term.QUARTER)
TALK, CALL = 5.0, 6.0
DESK, TRAINER, MANAGER = Performer.FRONT_DESK, Performer.TRAINER, Performer.MANAGER
BY_SIZE = None  # the share of members held out follows the size of the club

RULES = (
    CodeRule(Code.WELCOME, 99, 3, days=(0,), purpose=SERVICE),
    CodeRule(Code.FIRST_VISIT, 75, 10, days=(5, 12), most=2, hold_out=BY_SIZE, minutes=CALL),
    CodeRule(
        Code.START_SESSION,
        65,
        14,
        performer=TRAINER,
        days=(10, 3),
        share=0.2,
        hold_out=BY_SIZE,
        on_arrival=True,
        minutes=30.0,
    ),
    CodeRule(
        Code.TWO_WEEKS,
        50,
        10,
        days=(14,),
        share=0.25,
        counts=(3,),
        terms=NOT_MONTH,
        hold_out=BY_SIZE,
        on_arrival=True,
        minutes=TALK,
    ),
    CodeRule(
        Code.FIRST_MONTH,
        60,
        14,
        performer=TRAINER,
        days=(30,),
        share=0.35,
        hold_out=BY_SIZE,
        on_arrival=True,
        minutes=10.0,
    ),
    CodeRule(Code.SILENCE, 70, 7, most=3, apart_days=28, terms=NOT_MONTH, hold_out=BY_SIZE),
    CodeRule(
        Code.ESCALATION,
        80,
        10,
        performer=DESK,
        most=2,
        apart_days=28,
        terms=NOT_MONTH,
        hold_out=BY_SIZE,
        minutes=CALL,
    ),
    CodeRule(
        Code.SLUMP,
        55,
        14,
        performer=TRAINER,
        terms=NOT_MONTH,
        hold_out=BY_SIZE,
        on_arrival=True,
        minutes=TALK,
    ),
    CodeRule(
        Code.MILESTONE,
        30,
        5,
        counts=(10, 25, 50, 100, 150),
        most=2,
        terms=NOT_MONTH,
        hold_out=BY_SIZE,
    ),
    CodeRule(Code.BIRTHDAY, 38, 1, hold_out=BY_SIZE),
    CodeRule(
        Code.PACKAGE_LOW,
        45,
        10,
        performer=TRAINER,
        days=(21,),
        counts=(2,),
        most=2,
        terms=NOT_MONTH,
        hold_out=BY_SIZE,
        on_arrival=True,
        minutes=TALK,
    ),
    CodeRule(Code.INVITATION, 10, 30, most=3, terms=NOT_MONTH, hold_out=BY_SIZE, dormant_task=True),
    CodeRule(Code.HALF_WAY, 40, 21, share=0.5, terms=LONG, hold_out=BY_SIZE, dormant_task=True),
    CodeRule(
        Code.EARLY_BIRD,
        58,
        20,
        days=(60,),
        share=1 / 3,
        terms=LONG,
        hold_out=BY_SIZE,
        else_task=True,
        dormant_task=True,
    ),
    CodeRule(
        Code.RENEWAL_CALL,
        85,
        14,
        performer=MANAGER,
        days=(30,),
        share=0.2,
        terms=NOT_MONTH,
        hold_out=BY_SIZE,
        minutes=10.0,
    ),
    CodeRule(Code.LAST_WEEK, 90, 6, days=(7,), share=0.1, least=2, purpose=SERVICE, else_task=True),
    CodeRule(Code.RENEWAL_NOTICE, 95, 10, days=(14,), share=0.3, purpose=SERVICE),
    CodeRule(Code.LAPSED, 25, 11, days=(3,), hold_out=BY_SIZE),
    CodeRule(
        Code.ASK_REASON, 25, 14, performer=MANAGER, days=(30,), hold_out=BY_SIZE, minutes=CALL
    ),
    CodeRule(Code.WIN_BACK, 25, 20, days=(90,), hold_out=BY_SIZE),
    CodeRule(Code.FREEZE_ENDS, 99, 3, days=(3,), purpose=SERVICE),
)


def default_settings() -> JourneySettings:
    """Return the journey as it is shipped."""
    return JourneySettings({one.code: one for one in RULES})
