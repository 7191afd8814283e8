"""Where templates, migrations and static files lie: in a clone at its root, in the wheel as
packages beside the code."""

from pathlib import Path

BESIDE_THE_CODE = Path(__file__).resolve().parents[2]


def templates_folder() -> Path:
    """Return the folder of all page and mail templates."""
    return _installed_or_cloned("clubcrm_templates", "templates")


def migrations_folder() -> Path:
    """Return Alembic's folder, with env.py, LATEST and versions/."""
    return _installed_or_cloned("clubcrm_migrations", "migrations")


def static_folder() -> Path:
    """Return the folder of style sheets, scripts and pictures that pages fetch."""
    return BESIDE_THE_CODE / "clubcrm" / "static"


def translations_folder() -> Path:
    """Return the folder of the message catalogues, one folder per language."""
    return BESIDE_THE_CODE / "clubcrm" / "translations"


def _installed_or_cloned(in_wheel: str, in_clone: str) -> Path:
    installed = BESIDE_THE_CODE / in_wheel
    return installed if installed.is_dir() else BESIDE_THE_CODE / in_clone
