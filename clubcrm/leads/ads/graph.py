"""Services room: the Graph interface, asked for what somebody filled in."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from clubcrm.core.channel_settings import page_tokens
from clubcrm.core.outside import Ask, Outside, OutsideError
from clubcrm.leads.ads.rules.leadgen import ASKED

BASE = "https://graph.facebook.com/v23.0"


class NoAnswerError(Exception):
    """The answer could not be fetched, for the reason that is said."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The interface with the tokens of our pages."""

    base: str
    secret: str
    tokens: Mapping[str, str]

    @classmethod
    def of_settings(cls) -> "Graph":
        """Return the interface that the settings name."""
        found: Mapping[str, str] = current_app.extensions["club_settings"].channels
        return cls(
            found.get("CLUBCRM_FACEBOOK_URL", BASE),
            found.get("CLUBCRM_FACEBOOK_SECRET", ""),
            page_tokens(found.get("CLUBCRM_FACEBOOK_TOKENS", "")),
        )

    def answers(self, leadgen_id: str, page_id: str) -> dict[str, Any]:
        """Return the answers of a filled form; raises NoAnswerError saying why there are none."""
        token = self.tokens.get(page_id, "")
        if not token:
            raise NoAnswerError(f"no token for the page {page_id}")
        proof = hmac.new(self.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        ask = Ask(
            "GET",
            f"/{leadgen_id}",
            {"fields": ",".join(ASKED), "appsecret_proof": proof},
            {"Authorization": f"Bearer {token}"},
        )
        try:
            told = Outside(self.base).call(ask)
        except OutsideError as error:
            raise NoAnswerError(error.words) from error
        found = told.json()
        if told.status == 200 and isinstance(found, dict) and "error" not in found:
            return found
        raise NoAnswerError(_why(told.status, found))


def _why(status: int, found: object) -> str:
    trouble = found.get("error") if isinstance(found, dict) else None
    if isinstance(trouble, dict):
        return f"{trouble.get('code', status)}: {trouble.get('message', '')}"
    return f"the answer was {status}"
