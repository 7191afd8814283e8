"""When each touchpoint is called for, scaled to the term, and on which day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clubcrm.journeys.rules.codes import Code, Performer, Why
from clubcrm.journeys.rules.cycle import CycleFacts, Package, Said, relationship_year
from clubcrm.journeys.rules.due import Due, NotDue, share_of_term
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.rules.touchpoints import due_touchpoints, still_wanted, stopped
from clubcrm.journeys.rules.triggers import birthday_in

TODAY = date(2026, 6, 15)
SETTINGS = default_settings()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def member(age: int, length: int = 364, **changed: object) -> CycleFacts:
    usual: dict[str, object] = {
        "person_id": 1,
        "cycle_no": 1,
        "starts_on": ago(age),
        "ends_on": ago(age) + timedelta(days=length),
        "onboarding": True,
        "visits": 20,
        "cycle_visits": 20,
        "silent_days": 1,
        "d_star": 9,
        "last_visit_on": ago(1),
        "term_days": length,
        "age": age,
        "v7": 2,
        "v14": 4,
        "v28": 8,
    }
    return CycleFacts(**(usual | changed))  # type: ignore[arg-type]


def looked_at(code: str, facts: CycleFacts, *said: Said) -> Due | NotDue:
    return next(
        one
        for one in due_touchpoints(facts, said, TODAY)
        if (one.touch.code if isinstance(one, Due) else one.code) == code
    )


def since(found: Due | NotDue) -> int | None:
    """Return for how many days a touchpoint has been called for; None while it is not."""
    return (TODAY - found.eligible_on).days if isinstance(found, Due) else None


@pytest.mark.parametrize(
    ("code", "year", "half", "quarter", "month"),
    [
        (Code.START_SESSION, 10, 10, 10, 6),
        (Code.TWO_WEEKS, 14, 14, 14, None),
        (Code.FIRST_MONTH, 30, 30, 30, 10),
        (Code.HALF_WAY, 182, 91, None, None),
        (Code.EARLY_BIRD, 60, 60, None, None),
        (Code.RENEWAL_CALL, 30, 30, 18, None),
        (Code.LAST_WEEK, 7, 7, 7, 3),
    ],
)
def test_days_are_scaled_to_the_term(
    code: Code, year: int, half: int, quarter: int | None, month: int | None
) -> None:
    rule = SETTINGS.codes[code]
    for length, expected in ((364, year), (182, half), (90, quarter), (30, month)):
        if expected is not None:
            assert share_of_term(rule, length) == expected, length
        else:
            found = looked_at(code, member(20, length))
            assert isinstance(found, NotDue), length
            assert found.why is Why.NOT_IN_TERM


def test_welcome_is_said_within_three_days_to_newcomers_only() -> None:
    assert since(looked_at(Code.WELCOME, member(0))) == 0
    assert since(looked_at(Code.WELCOME, member(3))) == 3
    assert looked_at(Code.WELCOME, member(4)) == NotDue(Code.WELCOME, Why.TOO_LATE, ago(1))
    assert looked_at(Code.WELCOME, member(0, onboarding=False)) == NotDue(
        Code.WELCOME, Why.NOT_FIRST_CYCLE
    )


def test_start_session_is_moved_up_by_an_early_visit() -> None:
    never = member(5, visits=0, last_visit_on=None)
    first_day = member(5, last_visit_on=ago(4))
    fourth_day = member(5, last_visit_on=ago(1))

    assert since(looked_at(Code.START_SESSION, never)) is None
    assert since(looked_at(Code.START_SESSION, first_day)) is None
    assert since(looked_at(Code.START_SESSION, fourth_day)) == 1


def test_two_weeks_are_praised_or_talked_about() -> None:
    rare = looked_at(Code.TWO_WEEKS, member(14, v14=2))
    keen = looked_at(Code.TWO_WEEKS, member(14, v14=3))

    assert isinstance(rare, Due)
    assert isinstance(keen, Due)
    assert rare.touch.performer is Performer.FRONT_DESK
    assert keen.touch.performer is Performer.AUTOMATIC


def test_frozen_days_do_not_make_a_member_older() -> None:
    assert since(looked_at(Code.FIRST_MONTH, replace(member(40), age=30))) == 0


def test_long_silence_is_a_call_a_week_after_the_alarm() -> None:
    early = member(200, silent_days=15, last_visit_on=ago(15))
    due = member(200, silent_days=16, last_visit_on=ago(16))
    told = Said(Code.SILENCE, 1, ago(7))

    assert since(looked_at(Code.ESCALATION, early, told)) is None
    assert since(looked_at(Code.ESCALATION, due, told)) == 0


def test_no_silence_message_for_four_weeks_after_a_talk() -> None:
    silent = member(200, silent_days=9, last_visit_on=ago(9))

    def talked(days: int) -> Said:
        return Said(Code.ESCALATION, 1, ago(days), on=ago(days), delivered=True)

    assert looked_at(Code.SILENCE, silent, talked(27)) == NotDue(Code.SILENCE, Why.TALKED_LATELY)
    assert since(looked_at(Code.SILENCE, silent, talked(28))) == 0


@pytest.mark.parametrize(("days", "booked"), [(0, True), (3, True), (4, False)])
def test_who_has_booked_is_not_missed(days: int, booked: bool) -> None:
    silent = member(
        200, silent_days=9, last_visit_on=ago(9), booked_on=TODAY + timedelta(days=days)
    )

    found = looked_at(Code.SILENCE, silent)
    assert isinstance(found, NotDue) is booked


def test_milestone_is_the_newest_round_number_and_said_once() -> None:
    reached = member(100, cycle_visits=25, last_visit_on=ago(1))
    told = Said(Code.MILESTONE, 1, ago(1), about=25)

    found = looked_at(Code.MILESTONE, reached)
    assert isinstance(found, Due)
    assert (found.touch.about, found.touch.detail) == (25, "25")
    assert looked_at(Code.MILESTONE, reached, told) == NotDue(Code.MILESTONE, Why.ALREADY_PLANNED)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("born", "year", "day"),
    [
        (date(1996, 2, 29), 2026, date(2026, 2, 28)),
        (date(1996, 2, 29), 2028, date(2028, 2, 29)),
        (date(1996, 2, 29), 2100, date(2100, 2, 28)),
        (date(1990, 6, 15), 2026, date(2026, 6, 15)),
    ],
)
def test_f36_birthday_of_a_leap_day_is_greeted_once_a_year(
    born: date, year: int, day: date
) -> None:
    assert birthday_in(born, year) == day


def test_birthday_is_greeted_on_its_day_or_the_next_and_never_again() -> None:
    greeted = Said(Code.BIRTHDAY, 1, TODAY)

    assert since(looked_at(Code.BIRTHDAY, member(100, birth_date=date(1990, 6, 15)))) == 0
    assert since(looked_at(Code.BIRTHDAY, member(100, birth_date=date(1990, 6, 14)))) == 1
    assert since(looked_at(Code.BIRTHDAY, member(100, birth_date=date(1990, 6, 13)))) is None
    assert looked_at(Code.BIRTHDAY, member(100, birth_date=date(1990, 6, 15)), greeted) == NotDue(
        Code.BIRTHDAY, Why.ALREADY_PLANNED
    )


@pytest.mark.parametrize(
    ("lot", "due"),
    [
        (Package(1, 2), True),
        (Package(1, 3), False),
        (Package(1, 9, TODAY + timedelta(days=21)), True),
        (Package(1, 9, TODAY + timedelta(days=22)), False),
        (Package(1, 0, TODAY), False),
        (Package(1, 0, used_up_on=TODAY), True),
        (Package(1, 0, used_up_on=ago(10)), True),
        (Package(1, 0, used_up_on=ago(11)), False),
    ],
)
def test_package_is_spoken_about_when_it_runs_out(lot: Package, due: bool) -> None:
    found = looked_at(Code.PACKAGE_LOW, member(100, packages=(lot,)))

    assert isinstance(found, Due) is due


def test_who_has_used_up_a_package_is_asked_unless_he_has_another_of_its_kind() -> None:
    empty = Package(1, 0, service="massage", used_up_on=ago(2))
    yoga, massage = Package(2, 9, service="yoga"), Package(3, 9, service="massage")

    asked = looked_at(Code.PACKAGE_LOW, member(100, packages=(empty, yoga)))
    served = looked_at(Code.PACKAGE_LOW, member(100, packages=(empty, massage)))

    assert isinstance(asked, Due)
    assert (asked.touch.about, asked.eligible_on, asked.valid_until) == (1, ago(2), ago(-8))
    assert isinstance(served, NotDue)


def test_invitation_waits_for_sixty_quiet_days_and_for_a_short_list() -> None:
    quiet = Said(Code.FIRST_MONTH, 1, ago(60), on=ago(60))
    recent = Said(Code.FIRST_MONTH, 1, ago(59), on=ago(59))
    many = [Said(Code.MILESTONE, n, ago(60 + n), on=ago(60 + n)) for n in range(1, 7)]

    assert since(looked_at(Code.INVITATION, member(120), quiet)) == 0
    assert looked_at(Code.INVITATION, member(120), recent) == NotDue(
        Code.INVITATION, Why.NOT_DUE, TODAY + timedelta(days=1)
    )
    assert looked_at(Code.INVITATION, member(120), *many) == NotDue(
        Code.INVITATION, Why.ENOUGH_CONTACTS
    )


@pytest.mark.parametrize(
    ("left", "code"),
    [(60, Code.EARLY_BIRD), (30, Code.RENEWAL_CALL), (7, Code.LAST_WEEK)],
)
def test_renewal_is_asked_for_in_three_steps_until_it_is_signed(left: int, code: Code) -> None:
    ending = {"ends_on": TODAY + timedelta(days=left)}

    assert since(looked_at(code, member(364 - left, **ending))) == 0
    later = {"ends_on": TODAY + timedelta(days=left + 1)}
    assert since(looked_at(code, member(363 - left, **later))) is None
    assert looked_at(code, member(364 - left, renewed=True, **ending)) == NotDue(code, Why.RENEWED)


def test_who_is_renewed_by_himself_has_a_notice_only() -> None:
    rolling = member(365 - 14, rolls=True, ends_on=None)

    assert looked_at(Code.EARLY_BIRD, rolling) == NotDue(Code.EARLY_BIRD, Why.AUTO_RENEWS)
    assert since(looked_at(Code.RENEWAL_NOTICE, rolling)) == 0


@pytest.mark.parametrize(
    ("gone", "code"), [(3, Code.LAPSED), (30, Code.ASK_REASON), (90, Code.WIN_BACK)]
)
def test_who_has_left_is_asked_back_unless_he_moved_away(gone: int, code: Code) -> None:
    left = member(364 + gone, ends_on=ago(gone))

    assert since(looked_at(code, left)) == 0
    away = member(364 + gone, ends_on=ago(gone), moved_away=True)
    assert looked_at(code, away) == NotDue(code, Why.MOVED_AWAY)
    assert since(looked_at(code, member(364, ends_on=TODAY))) is None


def test_end_of_a_freeze_is_announced_three_days_before_once() -> None:
    frozen = member(100, frozen=True, frozen_until=TODAY + timedelta(days=3), freeze_id=8)
    told = Said(Code.FREEZE_ENDS, 1, TODAY, about=8)

    assert since(looked_at(Code.FREEZE_ENDS, frozen)) == 0
    assert looked_at(Code.FREEZE_ENDS, frozen, told) == NotDue(
        Code.FREEZE_ENDS, Why.ALREADY_PLANNED
    )
    assert stopped(frozen, TODAY, Code.FREEZE_ENDS) is None
    assert stopped(frozen, TODAY, Code.SILENCE) is Why.FROZEN


def test_months_in_a_row_become_a_year_with_the_third() -> None:
    assert relationship_year(ago(59), TODAY) is None
    assert relationship_year(ago(60), TODAY) == ago(60)
    assert relationship_year(ago(400), TODAY) == ago(35)
    first = member(20, 30)
    third = member(5, 30, year_from=ago(65), onboarding=False)
    assert looked_at(Code.INVITATION, first) == NotDue(Code.INVITATION, Why.NOT_IN_TERM)
    assert since(looked_at(Code.INVITATION, third)) == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"complaint": True}, Why.COMPLAINT),
        ({"dispute": True}, Why.REFUND_DISPUTE),
        ({"injured": True}, Why.INJURED),
        ({"without_guardian": True}, Why.NO_GUARDIAN),
        ({"frozen": True}, Why.FROZEN),
        ({"deceased": True}, Why.DO_NOT_CONTACT),
        ({"renewed": True}, Why.RENEWED),
    ],
)
def test_what_stops_an_offer_that_was_planned(change: dict[str, bool], why: Why) -> None:
    ending = member(340, ends_on=TODAY + timedelta(days=24), **change)

    assert still_wanted(Code.RENEWAL_CALL, ago(2), ending, TODAY) is why


def test_who_is_hurt_is_still_asked_how_he_is() -> None:
    hurt = member(200, silent_days=16, last_visit_on=ago(16), injured=True)

    assert stopped(hurt, TODAY, Code.ESCALATION) is None
