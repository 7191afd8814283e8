"""WhatsApp through the Cloud interface: free text within a day of an answer, else a template."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clubcrm.core.outside import Outside, OutsideError, Told, json_ask
from clubcrm.messaging.channels.base import Letter, StillLine
from clubcrm.messaging.rules.delivery import Outcome, Receipt, judge_http

BASE = "https://graph.facebook.com/v23.0"
TEMPLATE = "club_{code}"
LONGEST = 4096
# Codes of the interface: not this reader, not now, not with these keys.
NOT_REACHED = frozenset({131026, 131021, 131030})
NOT_NOW = frozenset({4, 80007, 130429, 131016, 131048, 131056})
OUR_KEYS = frozenset({0, 3, 10, 190, 131005, 131031, 131042, 368})
LANGUAGES = {"en": "en", "bn": "bn", "ru": "ru", "de": "de", "hi": "hi", "ne": "en"}


class WhatsAppLine(StillLine):
    """A line to the interface of one sending number."""

    def __init__(
        self,
        token: str,
        phone_id: str,
        *,
        base: str = BASE,
        template: str = TEMPLATE,
        seconds: float = 10.0,
    ) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}
        self._path = f"/{phone_id}/messages"
        self._template = template
        self._outside = Outside(base, seconds=seconds)

    def send(self, letter: Letter) -> Receipt:
        """Hand the message over once and return what became of it."""
        values: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "to": letter.address.lstrip("+"),
            "biz_opaque_callback_data": letter.message_key,
        }
        values |= self._free(letter) if letter.may_be_free else self._by_template(letter)
        try:
            told = self._outside.call(json_ask(self._path, values, **self._headers))
        except OutsideError as error:
            return judge_http(None, error.words, sent=error.sent)
        return _receipt(told)

    @staticmethod
    def _free(letter: Letter) -> dict[str, Any]:
        text = {"body": letter.body[:LONGEST], "preview_url": False}
        return {"type": "text", "text": text}

    def _by_template(self, letter: Letter) -> dict[str, Any]:
        name = self._template.replace("{code}", letter.code.lower())
        # A parameter may hold neither line breaks nor rows of spaces.
        filled = [{"type": "text", "text": " ".join(one.split())} for one in letter.parameters]
        return {
            "type": "template",
            "template": {
                "name": name,
                "language": {"code": LANGUAGES.get(letter.language, "en")},
                "components": [{"type": "body", "parameters": filled}] if filled else [],
            },
        }


def _receipt(told: Told) -> Receipt:
    said = told.json()
    answer: Mapping[str, Any] = said if isinstance(said, dict) else {}
    trouble = answer.get("error")
    if isinstance(trouble, dict):
        return _refusal(told.status, trouble)
    receipt = judge_http(told.status, str(told.status))
    if receipt.outcome is not Outcome.SENT:
        return receipt
    rows = answer.get("messages")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    wamid = str(first.get("id", ""))[:200]
    if not wamid:
        return replace(receipt, outcome=Outcome.UNKNOWN)
    return replace(receipt, provider_id=wamid, words="accepted")


def _refusal(status: int, trouble: Mapping[str, Any]) -> Receipt:
    code = trouble.get("code")
    words = f"{code}: {trouble.get('message', '')}"[:300]
    if code in NOT_REACHED:
        return Receipt(Outcome.BOUNCED, words, status)
    if code in NOT_NOW:
        return Receipt(Outcome.RETRY, words, status)
    if code in OUR_KEYS:
        return Receipt(Outcome.RETRY, words, status, halts=True)
    # It names the reason, so it has not sent anything; the same again would fail the same.
    return Receipt(Outcome.REFUSED, words, status)
