"""The door to people for other packages: verbs and the values they take and give."""

from clubcrm.people.addresses import keep_address
from clubcrm.people.arrivals import register_many
from clubcrm.people.consents import Answer, answer
from clubcrm.people.contact_points import flag_address, move_address, put_first
from clubcrm.people.erased_again import erase_again
from clubcrm.people.erasing import erase_person
from clubcrm.people.findability import drop_search_word, set_search_word
from clubcrm.people.flags import Flag, hang_flag, hang_flags, take_flag_down
from clubcrm.people.holds import HoldOrder, lift_hold, place_hold
from clubcrm.people.kept_keys import keys_kept, note_keys
from clubcrm.people.links import OpenedLink, link_address, make_link, open_link, revoke_links
from clubcrm.people.merging import merge
from clubcrm.people.permissions import IMPORT_PEOPLE as IMPORT_TABLES
from clubcrm.people.portraits import (
    LARGEST_UPLOAD,
    enter_picture,
    picture_file,
    save_photo,
    take_down_picture,
    throw_away_picture,
)
from clubcrm.people.portraits import develop as develop_picture
from clubcrm.people.queries.holds import holds_of
from clubcrm.people.queries.persons import person_in
from clubcrm.people.queries.reach import PersonReach, Reach, reach_of, reach_of_many
from clubcrm.people.queries.told_members import read_rows
from clubcrm.people.remarks import add_note
from clubcrm.people.renewed_refusals import refuse_again
from clubcrm.people.rules.drafts import PersonDraft
from clubcrm.people.services import change, find_or_register, register, set_do_not_contact
from clubcrm.people.tables_in import row_by_row
from clubcrm.people.tagging import tie_people
from clubcrm.people.unmerging import undo_merge
from clubcrm.people.walk_in import walk_in

__all__ = [
    "IMPORT_TABLES",
    "LARGEST_UPLOAD",
    "Answer",
    "Flag",
    "HoldOrder",
    "OpenedLink",
    "PersonDraft",
    "PersonReach",
    "Reach",
    "add_note",
    "answer",
    "change",
    "develop_picture",
    "drop_search_word",
    "enter_picture",
    "erase_again",
    "erase_person",
    "find_or_register",
    "flag_address",
    "hang_flag",
    "hang_flags",
    "holds_of",
    "keep_address",
    "keys_kept",
    "lift_hold",
    "link_address",
    "make_link",
    "merge",
    "move_address",
    "note_keys",
    "open_link",
    "person_in",
    "picture_file",
    "place_hold",
    "put_first",
    "reach_of",
    "reach_of_many",
    "read_rows",
    "refuse_again",
    "register",
    "register_many",
    "revoke_links",
    "row_by_row",
    "save_photo",
    "set_do_not_contact",
    "set_search_word",
    "take_down_picture",
    "take_flag_down",
    "throw_away_picture",
    "tie_people",
    "undo_merge",
    "walk_in",
]
