"""What is wrong with a text is told before it may be saved."""

from clubcrm.messaging.rules.kinds import TextKind, has_subject, kind_of
from clubcrm.messaging.rules.placeholders import MEMBER, asks_for, faults_of


def test_good_text_has_no_faults() -> None:
    assert not faults_of("Hello {given_name}", "You pay {amount}", ["amount"])


def test_unknown_names_loose_braces_and_empty_fields_are_told() -> None:
    faults = faults_of("", "Dear {nickname}, {{ club }} and {amount}", ["amount"])

    assert faults.unknown == ("nickname",)
    assert faults.loose == ("Dear {nickname}, {{ club }} and {amount}",)
    assert faults.empty == ("subject",)


def test_short_form_needs_no_subject() -> None:
    assert not faults_of(None, "Hi {given_name}", [])
    assert faults_of(None, "  ", []).empty == ("body",)


def test_every_messenger_is_a_chat() -> None:
    kinds = {name: kind_of(name) for name in ("email", "sms", "telegram", "whatsapp", "viber")}

    assert kinds == {
        "email": TextKind.EMAIL,
        "sms": TextKind.SMS,
        "telegram": TextKind.CHAT,
        "whatsapp": TextKind.CHAT,
        "viber": TextKind.CHAT,
    }
    assert [has_subject(kind) for kind in TextKind] == [True, False, False]


def test_facts_are_read_only_when_a_name_asks_for_them() -> None:
    assert asks_for({"streak"}, "visits")
    assert not asks_for({"given_name", "price"}, "visits")
    assert {"offer_link", "your_year"} <= MEMBER
