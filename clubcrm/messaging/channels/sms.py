"""Text messages through any gateway that takes them by HTTP, as the settings describe it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from clubcrm.core.outside import Ask, Outside, OutsideError, form_ask, json_ask
from clubcrm.messaging.channels.base import Letter, StillLine
from clubcrm.messaging.rules.delivery import Outcome, Receipt, judge_http
from clubcrm.messaging.rules.parts import sms_parts


@dataclass(frozen=True, slots=True)
class SmsForm:
    """How a gateway wants to be asked, and how its answer is read."""

    url: str
    params: tuple[tuple[str, str], ...]
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    success: str = ""
    id_pattern: str = ""


def sms_form(found: Mapping[str, str]) -> SmsForm:
    """Return the form that the settings describe."""
    lines = found.get("CLUBCRM_SMS_HEADER", "").replace("\\n", "\n").splitlines()
    headers = [line.partition(":") for line in lines if ":" in line]
    params = found.get("CLUBCRM_SMS_PARAMS", "")
    return SmsForm(
        url=found["CLUBCRM_SMS_URL"],
        params=tuple(parse_qsl(params, keep_blank_values=True)),
        method=found.get("CLUBCRM_SMS_METHOD", "POST"),
        headers=tuple((name.strip(), value.strip()) for name, _colon, value in headers),
        success=found.get("CLUBCRM_SMS_SUCCESS", ""),
        id_pattern=found.get("CLUBCRM_SMS_ID", ""),
    )


class SmsLine(StillLine):
    """A line to the gateway; each message is a call of its own."""

    def __init__(self, form: SmsForm, *, seconds: float = 10.0) -> None:
        self._form = form
        self._outside = Outside(form.url, seconds=seconds)

    def send(self, letter: Letter) -> Receipt:
        """Hand the text over once and return what became of it."""
        parts = sms_parts(letter.body).parts
        try:
            told = self._outside.call(self._ask(letter))
        except OutsideError as error:
            return replace(judge_http(None, error.words, sent=error.sent), parts=parts)
        return replace(self._read(told.status, told.text), parts=parts)

    def _read(self, status: int, text: str) -> Receipt:
        receipt = judge_http(status, text[:300])
        if receipt.outcome is not Outcome.SENT:
            return receipt
        if self._form.success and not re.search(self._form.success, text):
            # Many gateways say 200 and put their refusal into the text.
            return replace(receipt, outcome=Outcome.REFUSED)
        return replace(receipt, provider_id=self._id_in(text))

    def _id_in(self, text: str) -> str:
        found = re.search(self._form.id_pattern, text) if self._form.id_pattern else None
        if found is None:
            return ""
        return (found.group(1) if found.re.groups else found.group(0))[:200]

    def _ask(self, letter: Letter) -> Ask:
        values = {
            "{address}": letter.address,
            "{digits}": letter.address.lstrip("+"),
            "{text}": letter.body,
            "{key}": letter.message_key,
        }
        fields = {name: _filled(pattern, values) for name, pattern in self._form.params}
        headers = dict(self._form.headers)
        if self._form.method == "GET":
            return Ask("GET", params=fields, headers=headers)
        make = json_ask if self._form.method == "JSON" else form_ask
        return make("", fields, **headers)


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    # One pass: braces inside a member's text are his own.
    return re.sub(r"\{(?:address|digits|text|key)\}", lambda hit: values[hit.group(0)], pattern)
