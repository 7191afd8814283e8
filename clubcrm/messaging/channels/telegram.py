"""Chat by a Telegram bot: sends to chats whose owner has opened the bot by his own link."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from clubcrm.core.outside import Outside, OutsideError, Told, json_ask
from clubcrm.messaging.channels.base import Letter, StillLine
from clubcrm.messaging.rules.delivery import Outcome, Receipt, judge_http

BASE = "https://api.telegram.org"
LONGEST = 4096
_GONE = ("chat not found", "user is deactivated", "bot was blocked", "bot was kicked")


class TelegramLine(StillLine):
    """A line to the bot's interface."""

    def __init__(self, token: str, base: str = BASE, *, seconds: float = 10.0) -> None:
        self._token = token
        self._outside = Outside(base, seconds=seconds)

    def send(self, letter: Letter) -> Receipt:
        """Say the text in the reader's chat, and in the chat it has moved to."""
        receipt = self._say(letter.address, letter.body)
        if not receipt.moved_to:
            return receipt
        return replace(self._say(receipt.moved_to, letter.body), moved_to=receipt.moved_to)

    def _say(self, chat: str, text: str) -> Receipt:
        values = {
            "chat_id": chat,
            "text": text[:LONGEST],
            "link_preview_options": {"is_disabled": True},
        }
        try:
            return _receipt(self.ask("sendMessage", values))
        except OutsideError as error:
            return judge_http(None, self._safe(error.words), sent=error.sent)

    def ask(self, method: str, values: Mapping[str, Any]) -> Told:
        """Return what the interface answers to one of its methods; raises OutsideError."""
        return self._outside.call(json_ask(f"/bot{self._token}/{method}", values))

    def updates(self, offset: int) -> list[Mapping[str, Any]]:
        """Return what has been said to the bot since the last question; raises OutsideError."""
        wanted = {"offset": offset, "limit": 100, "timeout": 0}
        told = self.ask("getUpdates", {**wanted, "allowed_updates": ["message", "my_chat_member"]})
        said = told.json()
        if told.status != 200 or not isinstance(said, dict):
            raise OutsideError(f"answered {told.status}", sent=True)
        rows = said.get("result")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _safe(self, words: str) -> str:
        return words.replace(self._token, "…")


def _receipt(told: Told) -> Receipt:
    said = told.json()
    answer: Mapping[str, Any] = said if isinstance(said, dict) else {}
    words = str(answer.get("description") or told.status)[:300]
    receipt = judge_http(told.status, words)
    if receipt.outcome is Outcome.SENT:
        return _said(answer, receipt)
    more = answer.get("parameters")
    hints: Mapping[str, Any] = more if isinstance(more, dict) else {}
    if "migrate_to_chat_id" in hints:
        return replace(receipt, moved_to=str(hints["migrate_to_chat_id"])[:40])
    if told.status == 429:
        return replace(receipt, wait=_seconds(hints.get("retry_after")))
    if told.status == 403 or any(word in words.lower() for word in _GONE):
        return Receipt(Outcome.BOUNCED, words, told.status)
    if told.status == 404:
        return Receipt(Outcome.RETRY, words, told.status, halts=True)
    return receipt


def _said(answer: Mapping[str, Any], receipt: Receipt) -> Receipt:
    result = answer.get("result")
    if answer.get("ok") is not True or not isinstance(result, dict):
        return replace(receipt, outcome=Outcome.UNKNOWN)
    chat = result.get("chat")
    where = chat.get("id", "") if isinstance(chat, dict) else ""
    return replace(receipt, provider_id=f"{where}:{result.get('message_id', '')}"[:200])


def _seconds(value: object) -> timedelta | None:
    return timedelta(seconds=min(value, 86_400)) if isinstance(value, int) and value > 0 else None
