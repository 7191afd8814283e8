"""Which passwords are taken, and how they are kept."""

import pytest
from argon2 import extract_parameters

from clubcrm.accounts.models import User
from clubcrm.accounts.passwords import check_password, common_passwords, set_password
from clubcrm.accounts.rules.passwords import PasswordFault, password_fault
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError

COMMON = frozenset({"password", "sunshine", "qwertyuiop", "iloveyou", "123456789012"})
NAMES = ("Olga Karim", "olga.karim", "Iron House Dhanmondi")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", PasswordFault.TOO_SHORT),
        ("elevenchars", PasswordFault.TOO_SHORT),
        ("twelveletter", None),
        ("only lower case letters", None),
        ("ржавый фонарь у реки", None),
        ("পুরানো ঢাকার নৌকা", None),
        ("🦀🦀🐙🐙🐳🐳🦀🐙🐳🦊🦉🦇", None),
        ("x" * 12, PasswordFault.COMMON),
        ("ababababababab", PasswordFault.COMMON),
        ("PassWord1234", PasswordFault.COMMON),
        ("sunshine2026!!", PasswordFault.COMMON),
        ("passwordpassword", PasswordFault.COMMON),
        ("123456789012", PasswordFault.COMMON),
        ("sunshine over the harbour", None),
        ("Olga Karim 2026", PasswordFault.NAME),
        ("olga.karim2026", PasswordFault.NAME),
        ("iron house dhanmondi", PasswordFault.NAME),
        ("the iron lantern swings twice", None),
        ("a" * 31 + "b" * 33, None),
        ("correct horse " * 9, None),
        ("correct horse battery " * 12, PasswordFault.TOO_LONG),
    ],
)
def test_password_is_judged_by_length_list_and_names(password, fault):
    assert password_fault(password.strip(), common=COMMON, names=NAMES) == fault


def test_list_holds_the_passwords_people_choose_most():
    known = common_passwords()

    assert len(known) > 25_000
    for word in (
        "123456", "password", "12345678", "qwerty", "123456789", "12345", "1234", "111111",
        "1234567", "dragon", "123123", "baseball", "abc123", "football", "monkey", "letmein",
        "696969", "shadow", "master", "666666",
    ):  # fmt: skip
        assert word in known


@pytest.mark.parametrize("word", ["passwordpassword", "qwertyuiop12", "letmein!!!!!"])
def test_common_password_is_refused_with_words(unit, cast, word):
    with pytest.raises(DomainError) as refusal:
        set_password(_frank(cast), word)

    assert refusal.value.fields[0].field == "password"
    assert "Many people use this password" in refusal.value.text


def test_password_made_of_the_clubs_name_is_refused(unit, cast):
    with pytest.raises(DomainError, match="made of your name or the club's"):
        set_password(_frank(cast), "Dhanmondi-2026")


@pytest.mark.parametrize("length", [12, 64, 128, 256])
def test_long_password_is_kept_whole(unit, cast, length):
    frank, password = _frank(cast), ("lantern river " * 30)[: length - 1] + "z"

    set_password(frank, password)

    assert check_password(frank.password_hash, password)
    assert not check_password(frank.password_hash, password[:-1])


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("lantern river stone ", "lantern river stone"),
        ("Lantern River Stone", "lantern river stone"),
        ("lantern river ston\u00e9", "lantern river stone\u0301"),
        ("lantern 🦀 river stone", "lantern 🦞 river stone"),
        ("lantern river stone" * 5 + "a", "lantern river stone" * 5 + "b"),
    ],
)
def test_passwords_that_look_alike_differ(unit, cast, kept, typed):
    frank = _frank(cast)

    set_password(frank, kept)

    assert check_password(frank.password_hash, kept)
    assert not check_password(frank.password_hash, typed)


def test_hash_is_argon2id_of_the_recommended_strength(unit, cast):
    frank = _frank(cast)

    set_password(frank, "lantern river stone")

    strength = extract_parameters(frank.password_hash or "")
    assert strength.type.name == "ID"
    assert (strength.memory_cost, strength.time_cost, strength.parallelism) == (19_456, 2, 1)


def test_a_megabyte_of_password_is_refused_without_hashing(knock):
    assert knock("Frank", "x" * 1_000_000).status_code in {400, 413}


def test_nobodys_password_is_never_right():
    assert not check_password(
        None, "the password of nobody, so that asking for nobody takes as long"
    )


def _frank(cast):
    return db.session.get_one(User, cast.users["Frank"])
