"""Each channel over a real service: what is asked, and what every answer means."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from clubcrm.core.outside import Ask, Outside, OutsideError, check_base
from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.channels.longtail import AppriseLine, judge_words
from clubcrm.messaging.channels.sms import SmsForm, SmsLine
from clubcrm.messaging.channels.telegram import TelegramLine
from clubcrm.messaging.channels.whatsapp import WhatsAppLine
from clubcrm.messaging.rules.delivery import Outcome
from tests.messaging.service import Answer, Service

pytestmark = pytest.mark.fault
LETTER = Letter(
    *("abcdefghjkmnpq", "+8801711000001", "", "Come & see {text}, আপা", "Club <c@club.example>"),
    code="J06a",
    language="bn",
    parameters=("Mia\n Rahman", "Sunday"),
)


@pytest.fixture
def service() -> Iterator[Service]:
    yield (made := Service())
    made.close()


def sms_line(address: str, method: str = "POST") -> SmsLine:
    params = (("to", "{digits}"), ("text", "{text}"), ("ref", "{key}"))
    headers = (("Authorization", "Bearer k"),)
    form = SmsForm(f"{address}/send?v=2", params, method, headers, '"ok"', r'"id": "(\w+)"')
    return SmsLine(form, seconds=0.5)


@pytest.mark.parametrize("method", ["GET", "POST", "JSON"])
def test_text_message_is_asked_for_as_the_settings_say(service: Service, method: str) -> None:
    service.usual = (200, {"status": "ok", "id": "77"})

    receipt = sms_line(service.open(), method).send(LETTER)

    (asked,) = service.asked
    fields = {"v": "2", **asked.json} if method == "JSON" else asked.fields
    wanted = {"to": "8801711000001", "text": LETTER.body, "ref": LETTER.message_key, "v": "2"}
    assert fields == wanted
    assert asked.headers["Authorization"] == "Bearer k"
    assert (receipt.outcome, receipt.provider_id, receipt.parts) == (Outcome.SENT, "77", 1)


@pytest.mark.parametrize(
    ("case", "answer", "outcome", "halts"),
    [
        ("refusal inside a 200", (200, {"status": "bad number"}), Outcome.REFUSED, False),
        ("asked to wait", (429, "slow"), Outcome.RETRY, False),
        ("wrong keys stop the channel", (401, "who"), Outcome.RETRY, True),
        ("no credit stops the channel", (402, "pay"), Outcome.RETRY, True),
        ("wrong question", (400, "what"), Outcome.REFUSED, False),
        ("failure after who knows what", (500, "oops"), Outcome.UNKNOWN, False),
        ("a redirect is not followed", (302, ""), Outcome.REFUSED, False),
        ("hangs up after the question", None, Outcome.UNKNOWN, False),
    ],
)
def test_f27_answer_of_a_gateway_means(
    service: Service, case: str, answer: Answer | None, outcome: Outcome, halts: bool
) -> None:
    service.usual = answer

    receipt = sms_line(service.open()).send(LETTER)

    assert (receipt.outcome, receipt.halts) == (outcome, halts), case
    assert len(service.asked) == 1


def test_f27_gateway_that_never_answers_is_left_in_doubt(service: Service) -> None:
    service.stalls = threading.Event()

    receipt = sms_line(service.open()).send(LETTER)

    assert receipt.outcome is Outcome.UNKNOWN


def test_absent_gateway_stops_the_channel_and_nothing_is_in_doubt() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"

    receipt = sms_line(nobody).send(LETTER)

    assert (receipt.outcome, receipt.halts) == (Outcome.RETRY, True)


@pytest.mark.parametrize(
    ("base", "sound"),
    [
        ("https://sms.example/api", True),
        ("http://127.0.0.1:9000", True),
        ("http://192.168.1.20:8080", True),
        ("http://sms.example/api", False),
        ("ftp://sms.example", False),
        ("https://user:pass@sms.example", False),
        ("https://", False),
    ],
)
def test_only_safe_addresses_are_called(base: str, sound: bool) -> None:
    if sound:
        check_base(base)
        return
    with pytest.raises(ValueError, match="expected https"):
        check_base(base)


def test_name_that_leads_into_a_closed_network_is_not_called(
    monkeypatch: pytest.MonkeyPatch, service: Service
) -> None:
    """The owner of the name points it at this machine."""
    port = service.open().rpartition(":")[2]
    told = [(2, 1, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr("clubcrm.core.outside.socket.getaddrinfo", lambda *_, **__: told)

    with pytest.raises(OutsideError, match="closed network") as refused:
        Outside(f"https://sms.example:{port}").call(Ask("GET", "/"))

    assert not refused.value.sent
    assert service.asked == []


def test_endless_answer_is_left(service: Service) -> None:
    service.usual = (200, "x" * 300_000)

    with pytest.raises(OutsideError, match="too long") as refused:
        Outside(service.open()).call(Ask("GET", "/"))

    assert refused.value.sent


def test_telegram_says_the_text_in_the_chat(service: Service) -> None:
    service.usual = (200, {"ok": True, "result": {"message_id": 5, "chat": {"id": 42}}})

    receipt = TelegramLine("1:secret", service.open()).send(LETTER)

    assert service.asked[0].path == "/bot1:secret/sendMessage"
    assert service.asked[0].json["text"] == LETTER.body
    assert (receipt.outcome, receipt.provider_id) == (Outcome.SENT, "42:5")


@pytest.mark.parametrize(
    ("case", "status", "said", "outcome"),
    [
        ("blocked", 403, {"description": "Forbidden: bot was blocked"}, Outcome.BOUNCED),
        ("unknown chat", 400, {"description": "Bad Request: chat not found"}, Outcome.BOUNCED),
        ("wrong token", 404, {"description": "Not Found"}, Outcome.RETRY),
        ("says nothing", 200, {}, Outcome.UNKNOWN),
    ],
)
def test_refusals_of_telegram(
    service: Service, case: str, status: int, said: object, outcome: Outcome
) -> None:
    service.usual = (status, said)

    assert TelegramLine("1:s", service.open()).send(LETTER).outcome is outcome, case


def test_telegram_says_how_long_to_wait(service: Service) -> None:
    service.usual = (429, {"description": "Too Many", "parameters": {"retry_after": 90}})

    receipt = TelegramLine("1:s", service.open()).send(LETTER)

    assert (receipt.outcome, receipt.wait) == (Outcome.RETRY, timedelta(seconds=90))


def test_telegram_chat_that_moved_is_followed_once(service: Service) -> None:
    moved = {"description": "upgraded", "parameters": {"migrate_to_chat_id": -100}}
    service.answers = [(400, moved), (200, {"ok": True, "result": {"message_id": 1}})]

    receipt = TelegramLine("1:s", service.open()).send(LETTER)

    assert [one.json["chat_id"] for one in service.asked] == [LETTER.address, "-100"]
    assert (receipt.outcome, receipt.moved_to) == (Outcome.SENT, "-100")


def test_whatsapp_outside_a_talk_takes_the_template(service: Service) -> None:
    service.usual = (200, {"messages": [{"id": "wamid.1"}]})

    receipt = WhatsAppLine("tok", "123", base=service.open()).send(LETTER)

    (asked,) = service.asked
    assert asked.path == "/123/messages"
    assert asked.headers["Authorization"] == "Bearer tok"
    assert asked.json["to"] == "8801711000001"
    assert asked.json["template"]["name"] == "club_j06a"
    assert asked.json["template"]["language"] == {"code": "bn"}
    filled = asked.json["template"]["components"][0]["parameters"]
    assert [one["text"] for one in filled] == ["Mia Rahman", "Sunday"]
    assert (receipt.outcome, receipt.provider_id) == (Outcome.SENT, "wamid.1")


@pytest.mark.parametrize(
    ("case", "status", "code", "outcome", "halts"),
    [
        ("no such reader", 400, 131026, Outcome.BOUNCED, False),
        ("outside the day", 400, 131047, Outcome.REFUSED, False),
        ("too many", 400, 130429, Outcome.RETRY, False),
        ("token has ended", 401, 190, Outcome.RETRY, True),
    ],
)
def test_refusals_of_whatsapp(
    service: Service, case: str, status: int, code: int, outcome: Outcome, halts: bool
) -> None:
    service.usual = (status, {"error": {"code": code, "message": "no"}})

    receipt = WhatsAppLine("tok", "123", base=service.open()).send(LETTER)

    assert (receipt.outcome, receipt.halts) == (outcome, halts), case


def test_long_tail_by_a_process_of_its_own(service: Service) -> None:
    address = service.open().removeprefix("http://")

    with AppriseLine(f"json://{address}/hook/{{address}}") as line:
        receipts = [line.send(LETTER), line.send(LETTER)]

    assert [one.outcome for one in receipts] == [Outcome.SENT, Outcome.SENT]
    assert json.loads(service.asked[0].body)["message"] == LETTER.body
    assert service.asked[0].path == "/hook/+8801711000001"


def test_f27_long_tail_that_stalls_is_left_in_doubt(service: Service) -> None:
    service.stalls = threading.Event()
    address = service.open().removeprefix("http://")

    with AppriseLine(f"json://{address}/hook/{{address}}", seconds=3) as line:
        receipt = line.send(LETTER)

    assert receipt.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("A Connection error occurred sending", Outcome.UNKNOWN),
        ("Failed to send: Bad Request, error=400", Outcome.REFUSED),
    ],
)
def test_no_of_the_long_tail(words: str, outcome: Outcome) -> None:
    assert judge_words(False, words).outcome is outcome
