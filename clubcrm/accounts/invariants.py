"""Queries behind `clubcrm invariants`: changes of rights that nobody wrote down."""

from sqlalchemy import String, cast, select

from clubcrm.accounts.models import ApiToken, RoleRight
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db


def unaudited_rights() -> list[str]:
    """I14: return changed rights and tokens that have no audit line."""
    line = select(AuditLine.id)
    rights = db.session.execute(
        select(RoleRight.role, RoleRight.right).where(
            ~line.where(
                AuditLine.subject_kind == "role",
                AuditLine.subject_id == cast(RoleRight.role, String),
                AuditLine.action == "right changed",
            ).exists()
        )
    ).all()
    tokens = db.session.scalars(
        select(ApiToken.id).where(
            ~line.where(
                AuditLine.subject_kind == "token",
                AuditLine.subject_id == cast(ApiToken.id, String),
                AuditLine.action == "token added",
            ).exists()
        )
    ).all()
    return [
        *(f"{role.value} holds or lost {right} without an audit line" for role, right in rights),
        *(f"token {token_id} has no audit line" for token_id in tokens),
    ]
