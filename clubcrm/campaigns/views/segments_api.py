"""Views room: segments under /api/v1."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.campaigns.counting import count_now
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.permissions import EDIT_SEGMENTS, SEE_CAMPAIGNS
from clubcrm.campaigns.rules.tree import BrokenTreeError, Group, from_values
from clubcrm.campaigns.segment_queries import (
    ground_of,
    newest_counts,
    page_of_people,
    segment_for,
    segments_of,
    tree_of,
)
from clubcrm.campaigns.segment_services import (
    SegmentDraft,
    change_segment,
    make_segment,
    places_at_fault,
    put_aside,
)
from clubcrm.campaigns.segment_words import rule_words
from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError, forbidden, invalid, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import my_clubs
from clubcrm.people.permissions import SEE_PEOPLE
from clubcrm.people.queries.hits import load_hits
from clubcrm.people.queries.persons import find_person, page_key
from clubcrm.people.traits import known_traits

api = ApiBlueprint("segments_api", __name__, url_prefix="/api/v1/segments", description="Segments")
NAME = validate.Length(min=1, max=120)


class SegmentQuery(InputSchema):
    club = fields.String(load_default=None, validate=validate.Length(min=1, max=64))


class SegmentBody(InputSchema):
    club = fields.String(required=True, validate=validate.Length(min=1, max=64))
    name = fields.String(required=True, validate=NAME)
    rule = fields.Dict(required=True, metadata={"description": "join and parts, within each other"})
    shared = fields.Boolean(load_default=True)


class SegmentChange(InputSchema):
    version = fields.Integer(required=True)
    name = fields.String(validate=NAME)
    rule = fields.Dict()
    shared = fields.Boolean()
    active = fields.Boolean()


class SegmentShown(InputSchema):
    id = fields.String()
    club = fields.String()
    name = fields.String()
    rule = fields.Dict()
    words = fields.String(metadata={"description": "the rule in plain words"})
    shared = fields.Boolean()
    active = fields.Boolean()
    people = fields.Integer(allow_none=True, metadata={"description": "by the last count"})
    counted_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class SegmentList(InputSchema):
    items = fields.List(fields.Nested(SegmentShown))


class SegmentNumber(InputSchema):
    people = fields.Integer()


class SegmentPeople(InputSchema):
    items = fields.List(fields.String(metadata={"description": "ids of members"}))
    next = fields.String(allow_none=True)


class TraitShown(InputSchema):
    code = fields.String()
    group = fields.String()
    label = fields.String()
    kind = fields.String()
    ops = fields.List(fields.String())
    days = fields.Integer(allow_none=True, metadata={"description": "usual window in days"})


class TraitList(InputSchema):
    items = fields.List(fields.Nested(TraitShown))


@api.get("")
@api.doc(summary="Segments of your clubs that you may see")
@require(SEE_CAMPAIGNS)
@api.arguments(SegmentQuery, location="query")
@api.response(200, SegmentList)
def list_segments(asked: dict[str, Any]) -> dict[str, Any]:
    me = current_actor().ref
    clubs = [one for one in my_clubs() if asked["club"] in {None, one.public_id}]
    return {"items": _shown([one for club in clubs for one in segments_of(club.id, me)])}


@api.get("/traits")
@api.doc(summary="What people can be chosen by")
@require(SEE_CAMPAIGNS)
@api.response(200, TraitList)
def list_traits() -> dict[str, Any]:
    return {
        "items": [
            {
                "code": one.code,
                "group": one.group,
                "label": str(one.label),
                "kind": one.kind.value,
                "ops": [op.value for op in one.ops],
                "days": one.window,
            }
            for one in known_traits().values()
        ]
    }


@api.post("")
@api.doc(summary="Keep a segment")
@require(EDIT_SEGMENTS)
@api.arguments(SegmentBody)
@api.response(201, SegmentShown)
def post_segment(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    draft = SegmentDraft(body["name"], _tree(body["rule"]), body["shared"])
    made = make_segment(_club(body["club"]), draft, by=current_actor().ref)
    address = url_for("segments_api.get_segment", segment_id=made.public_id)
    return _shown([made])[0], 201, {"Location": address}


@api.get("/<string:segment_id>")
@api.doc(summary="One segment")
@require(SEE_CAMPAIGNS)
@api.response(200, SegmentShown)
def get_segment(segment_id: str) -> dict[str, Any]:
    return _shown([_segment(segment_id)])[0]


@api.patch("/<string:segment_id>")
@api.doc(summary="Change a segment", description="409 STALE when somebody was quicker.")
@require(EDIT_SEGMENTS)
@api.arguments(SegmentChange)
@api.response(200, SegmentShown)
def patch_segment(body: dict[str, Any], segment_id: str) -> dict[str, Any]:
    segment, by = _segment(segment_id), current_actor().ref
    draft = SegmentDraft(
        body.get("name", segment.name),
        _tree(body["rule"]) if "rule" in body else tree_of(segment),
        body.get("shared", segment.shared),
    )
    changed = change_segment(segment, draft, body["version"], by=by)
    put_aside(changed, active=body.get("active", changed.active), by=by)
    return _shown([changed])[0]


@api.post("/<string:segment_id>/count")
@api.doc(summary="Count a segment now; the number is kept as that of today")
@require(SEE_CAMPAIGNS, own_units=True)
@api.response(200, SegmentNumber)
def post_count(segment_id: str) -> dict[str, Any]:
    with unit_of_work(write=False):
        found = _segment(segment_id).id
    people = count_now(found)
    if people is None:
        raise _broken()
    return {"people": people}


@api.get("/<string:segment_id>/people")
@api.doc(summary="The members a segment holds for, by name, in pages")
@require(SEE_PEOPLE)
@api.arguments(PageArgs, location="query")
@api.response(200, SegmentPeople)
def list_segment_people(asked: dict[str, Any], segment_id: str) -> dict[str, Any]:
    segment = _segment(segment_id)
    tree = tree_of(segment)
    if places_at_fault(tree, segment.club_id):
        raise _broken()
    ground = ground_of(db.session.get_one(Club, segment.club_id))
    behind = find_person(current_actor().scope, asked["after"])
    ids = page_of_people(tree, ground, page_key(behind.id) if behind else None, asked["limit"] + 1)
    items = [one.public_id for one in load_hits(ids[: asked["limit"]])]
    return {"items": items, "next": items[-1] if len(ids) > asked["limit"] else None}


def _segment(segment_id: str) -> Segment:
    actor = current_actor()
    found = segment_for(actor.scope, segment_id, actor.ref)
    if found is None:
        raise not_found(_("There is no such segment in your clubs."))
    return found


def _club(public_id: str) -> int:
    found = next((one for one in my_clubs() if one.public_id == public_id), None)
    if found is None:
        raise forbidden(_("You do not work in this club."))
    return found.id


def _tree(values: dict[str, Any]) -> Group:
    try:
        return from_values(values)
    except BrokenTreeError as error:
        raise invalid({"rule": _("This is no rule.")}) from error


def _broken() -> DomainError:
    return DomainError("RULE_BROKEN", _("The rule of this segment does not fit any more."))


def _shown(found: list[Segment]) -> list[dict[str, Any]]:
    traits, counts = known_traits(), newest_counts([one.id for one in found])
    clubs = {one.id: one for one in my_clubs()}
    return [
        {
            "id": one.public_id,
            "club": clubs[one.club_id].public_id,
            "name": one.name,
            "rule": one.rule,
            "words": rule_words(tree_of(one), traits, (one.club_id, clubs[one.club_id].currency)),
            "shared": one.shared,
            "active": one.active,
            "people": counts[one.id].people if one.id in counts else None,
            "counted_at": counts[one.id].counted_at if one.id in counts else None,
            "version": one.version,
        }
        for one in found
    ]
