"""A card or a PIN leads the search box to its holder, until it belongs to nobody."""

from access_control.rules.codes import CredentialKind
from access_control.services.credentials import (
    block_credential,
    end_credential,
    issue_credential,
)
from clubcrm.core.clubs import Scope
from clubcrm.people.queries.search import search_ids


def test_card_finds_its_holder_until_it_is_ended(unit, cast):
    here, mia = Scope((cast.club,)), cast.members["Mia"]
    card = issue_credential(mia, CredentialKind.CARD, "0012345678", by="user:4")

    assert search_ids(here, card.value) == [mia]

    block_credential(card.id, by="user:4", why="lost")
    assert search_ids(here, card.value) == [mia]

    end_credential(card.id, by="user:4")
    assert search_ids(here, card.value) == []
