"""Models room: what a club itself wants to know about people: tags, fields of its own, ties."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.people.rules.own_fields import OwnKind
from clubcrm.people.rules.ties import TieKind


class Tag(Model):
    """A word that people are marked with; `folded` keeps two spellings from being two tags."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(40))
    folded: Mapped[str] = mapped_column(String(80), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    made_by: Mapped[str] = mapped_column(String(80))


class PersonTag(Model):
    """A person who is marked with a tag."""

    __tablename__ = "person_tag"
    __table_args__ = (Index(None, "tag_id", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)
    put_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    put_by: Mapped[str] = mapped_column(String(80))


class OwnField(Model):
    """A field that the club added; a retired one keeps its values and is asked no more."""

    __tablename__ = "own_field"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    label: Mapped[str] = mapped_column(String(60))
    folded: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[OwnKind] = mapped_column(text_enum(OwnKind))
    choices: Mapped[list[str]] = mapped_column(Json, default=list)
    help: Mapped[str] = mapped_column(String(160), default="")
    is_required: Mapped[bool] = mapped_column(default=False)
    # Roles that see and change it; none named means everybody who sees the person.
    roles: Mapped[list[str]] = mapped_column(Json, default=list)
    position: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    made_by: Mapped[str] = mapped_column(String(80))
    retired_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class OwnValue(Model):
    """What stands in a field of the club's own for one person, in the form in which it compares."""

    __tablename__ = "own_value"
    __table_args__ = (Index(None, "field_id", "value"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("own_field.id"), primary_key=True)
    value: Mapped[str] = mapped_column(String(500))
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    changed_by: Mapped[str] = mapped_column(String(80))


class Tie(Model):
    """How two people belong together: `other` is the `kind` of `person`."""

    __tablename__ = "tie"
    __table_args__ = (
        UniqueConstraint("person_id", "other_id", "kind"),
        CheckConstraint("person_id <> other_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[TieKind] = mapped_column(text_enum(TieKind))
    note: Mapped[str] = mapped_column(String(120), default="")
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    made_by: Mapped[str] = mapped_column(String(80))
