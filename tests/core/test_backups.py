import threading
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from clubcrm.cli.backup import backup as backup_command
from clubcrm.core import backups
from clubcrm.core.clubs import ClubSetting, set_club_setting
from clubcrm.core.config import Settings
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from tests.cast import Cast


def test_backup_holds_all_acknowledged_writes(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    acknowledged: list[int] = []
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set() and len(acknowledged) < 400:
            with app.app_context(), unit_of_work():
                set_club_setting(cast.club, f"n{len(acknowledged)}", 1)
            acknowledged.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    while len(acknowledged) < 20:
        pass
    before = len(acknowledged)
    with app.app_context():
        try:
            backups.backup(settings, db.engine, tmp_path / "copy.backup")
        finally:
            stop.set()
            writer.join()
        db.engine.dispose()

        backups.restore(settings, tmp_path / "copy.backup")

        with unit_of_work(write=False) as session:
            kept = session.scalar(select(func.count()).select_from(ClubSetting))
    assert kept is not None
    assert kept >= before


def test_restore_brings_back_what_was_lost(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.backup"
    with app.app_context():
        with unit_of_work():
            set_club_setting(cast.club, "kept", "yes")
        backups.backup(settings, db.engine, copy)
        with unit_of_work():
            set_club_setting(cast.club, "kept", "changed after the backup")
        db.engine.dispose()

        backups.restore(settings, copy)

        with unit_of_work(write=False) as session:
            assert session.scalars(select(ClubSetting.value)).all() == ["yes"]


def test_broken_backup_never_touches_the_store(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.backup"
    with app.app_context():
        backups.backup(settings, db.engine, copy)
        whole = copy.read_bytes()
        copy.write_bytes(whole[: len(whole) // 2])
        with unit_of_work():
            set_club_setting(cast.club, "later", 1)

        with pytest.raises(DomainError) as refusal:
            backups.restore(settings, copy)

        assert refusal.value.code == "BACKUP_BROKEN"
        with unit_of_work(write=False) as session:
            assert session.scalars(select(ClubSetting.name)).all() == ["later"]


def test_failed_backup_keeps_the_last_good_one(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.backup"
    with app.app_context():
        backups.backup(settings, db.engine, copy)
        good = copy.read_bytes()
        monkeypatch.setenv("CLUBCRM_FAILPOINT", "backup.mid:raise")

        with pytest.raises(RuntimeError):
            backups.backup(settings, db.engine, copy)

    assert copy.read_bytes() == good
    assert list(tmp_path.glob("*.part")) == []
    age = backups.hours_since_backup(settings)
    assert age is not None
    assert age < 1


def test_backup_command_says_what_it_wrote(app: Flask, tmp_path: Path) -> None:
    runner: FlaskCliRunner = app.test_cli_runner()

    answer = runner.invoke(backup_command, ["--to", str(tmp_path / "b.backup")])

    assert answer.exit_code == 0, answer.output
    assert "b.backup" in answer.output
