"""Which address is used, and why none may be."""

import pytest

from clubcrm.messaging.rules.channels import NoWay, PersonReach, Reach, pick_channel

EMAIL = Reach("email", "mia@club.example", consented=True)
CHAT = Reach("telegram", "4711", consented=True)
OFFERED = ("email", "telegram", "sms")


@pytest.mark.parametrize(
    ("case", "reaches", "expected"),
    [
        ("chat before e-mail", [EMAIL, CHAT], CHAT),
        ("no consent for chat falls to e-mail", [EMAIL, Reach("telegram", "4711")], EMAIL),
        ("bounced chat falls to e-mail", [EMAIL, Reach("telegram", "1", False, True)], EMAIL),
        ("nothing known", [], NoWay.NO_ADDRESS),
        ("only a channel the club has not", [Reach("whatsapp", "1", True, True)], NoWay.NO_ADDRESS),
        ("the only address bounced", [Reach("email", "x@y", False, True)], NoWay.BOUNCED),
        ("address without consent", [Reach("email", "x@y")], NoWay.NO_CONSENT),
    ],
)
def test_first_usable_channel_is_taken(
    case: str, reaches: list[Reach], expected: Reach | NoWay
) -> None:
    assert pick_channel(PersonReach(reaches), OFFERED) == expected, case


def test_wish_for_peace_outranks_consent() -> None:
    assert pick_channel(PersonReach([EMAIL], do_not_contact=True), OFFERED) is NoWay.DO_NOT_CONTACT
