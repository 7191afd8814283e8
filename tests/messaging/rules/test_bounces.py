"""Returned mail: reports of many servers, and the answers of people beside them."""

import pytest

from clubcrm.messaging.rules.bounces import Bounce, read_mail

KEY = "abcdefghjkmnpq"


def report(status: str, action: str = "failed", diagnostic: str = "", original: str = "") -> bytes:
    """Return a report as mail servers write them."""
    told = f"Final-Recipient: rfc822; Mina@X.example\r\nAction: {action}\r\nStatus: {status}\r\n"
    if diagnostic:
        told += f"Diagnostic-Code: {diagnostic}\r\n"
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: club@club.example\r\nSubject: Undelivered\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n'
        "MIME-Version: 1.0\r\n\r\n"
        "--B\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n" + told + "\r\n"
        "--B\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"{original or f'Message-ID: <{KEY}@club.example>'}\r\n--B--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("case", "raw", "hard", "words"),
    [
        ("no such user", report("5.1.1", diagnostic="smtp; 550 5.1.1 gone"), True, "gone"),
        ("full for now", report("4.2.2", "delayed", "smtp; 452 4.2.2 full"), False, "full"),
        ("failed for now", report("4.4.7"), False, "4.4.7"),
        ("delayed is never for good", report("5.0.0", "delayed"), False, "4.0.0"),
        ("only the diagnosis knows", report("", diagnostic="smtp; 550 5.2.1 off"), True, "off"),
    ],
)
def test_report_names_address_and_weight(case: str, raw: bytes, hard: bool, words: str) -> None:
    (found,) = read_mail(raw).bounces

    assert (found.address, found.hard, found.key) == ("mina@x.example", hard, KEY), case
    assert words in found.words


def test_report_about_a_delivery_is_no_bounce() -> None:
    assert read_mail(report("2.0.0", "relayed")).bounces == ()


def test_whole_original_mail_names_our_message() -> None:
    raw = report("5.1.1").replace(b"text/rfc822-headers\r\n\r\n", b"message/rfc822\r\n\r\n")

    assert read_mail(raw).bounces == (Bounce("mina@x.example", True, "5.1.1", "5.1.1", KEY),)


def test_answer_names_the_message_it_answers() -> None:
    raw = (
        "From: Mina <Mina@X.example>\r\nSubject: Re: hello\r\nMessage-ID: <1@x.example>\r\n"
        f"In-Reply-To: <{KEY}@club.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "আমি কাল আসব\r\n"
    ).encode()

    mail = read_mail(raw)

    assert (mail.sender, mail.key, mail.automatic) == ("mina@x.example", KEY, False)
    assert mail.text.strip() == "আমি কাল আসব"


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "Precedence: bulk"])
def test_machines_answer_is_known_as_such(header: str) -> None:
    assert read_mail(f"From: a@x.example\r\n{header}\r\n\r\naway".encode()).automatic


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b"\x00\xff\xfe", b"From: \r\n\r\n", b"Content-Type: multipart/report\r\n\r\nx"),
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nx",
        b"Content-Type: text/html\r\n\r\n<b>x</b>",
        report("5.1.1")[:-150],
    ],
)
def test_broken_mail_gives_what_can_be_read(raw: bytes) -> None:
    read_mail(raw)
