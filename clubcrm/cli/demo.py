"""`clubcrm demo`: a living demo club on this machine, from nothing, in one command."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

import click

from clubcrm.accounts.api import require_second_factor, set_password, user_by_email
from clubcrm.app import create_app
from clubcrm.cli.postbox import Postbox
from clubcrm.cli.turnstiles import Post, Turnstiles, posts
from clubcrm.core.db import db, unit_of_work
from clubcrm.seed.house import STAFF, email_of

PASSWORD = "green-light-at-the-gate"  # noqa: S105 - printed by the command, of the demo only
DEMO_YEARS = 1.5
READY = "demo.json"
START_TRIES, STEP_S, STOP_S = 240, 0.25, 20


@click.command("demo")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--members", type=click.IntRange(20, 100_000), default=600, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--fresh", is_flag=True, help="Throw the demo's database away and start anew.")
def demo(port: int, members: int, host: str, *, fresh: bool) -> None:
    """Show a living club: members pass a turnstile, the desk lights up, letters go out.

    Example: clubcrm demo --port 8000 --members 600
    """
    _refuse_taken_port(host, port)
    folder = _settle_in(fresh=fresh, members=members)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    postbox = Postbox(folder / "mail")
    os.environ["CLUBCRM_SMTP_URL"] = postbox.url
    postbox.open()
    try:
        _prepare(folder, members)
        _run_house(folder, host, port, stopped)
    finally:
        postbox.close()


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise click.ClickException(
            f"port {port} is taken: choose another with --port, or PORT= for make"
        ) from error


def _settle_in(*, fresh: bool, members: int) -> Path:
    """The environment names the demo's own folder, which holds a whole demo or nothing."""
    folder = Path(os.environ.get("CLUBCRM_DATA_DIR", "var")).resolve() / "demo"
    marker = folder / READY
    kept = json.loads(marker.read_text()) if marker.exists() else None
    if fresh or kept is None or kept["members"] != members:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["CLUBCRM_DATA_DIR"] = str(folder)
    os.environ.pop("CLUBCRM_DATABASE_URL", None)
    os.environ.setdefault("CLUBCRM_LOG_LEVEL", "WARNING")
    return folder


def _prepare(folder: Path, members: int) -> None:
    _run("migrate")
    if (folder / READY).exists():
        return
    click.echo(f"Growing a club of {members} members ...")
    _run("seed", "--members", str(members), "--years", str(DEMO_YEARS), "--seed", "7")
    app = create_app()
    with app.app_context(), unit_of_work():
        require_second_factor(False)
        for role, _ in STAFF:
            user = user_by_email(email_of(role))
            if user is not None:
                set_password(user, PASSWORD)
    (folder / READY).write_text(json.dumps({"members": members}))


def _run(*words: str) -> None:
    done = subprocess.run([sys.argv[0], *words], check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise click.ClickException(f"`clubcrm {words[0]}` did not succeed")


def _run_house(folder: Path, host: str, port: int, stopped: Event) -> None:
    children = {
        "web server": _child("serve", "--host", host, "--port", str(port), "--workers", "1"),
        "scheduler": _child("jobs"),
    }
    turnstiles: Turnstiles | None = None
    try:
        if not _answers(host, port, children, stopped):
            return
        url = f"http://{host}:{port}"
        turnstiles = Turnstiles(url, folder / "terminals", _listed_posts())
        turnstiles.start()
        _welcome(url, folder)
        while not stopped.wait(STEP_S):
            _complain_about_dead(children)
    finally:
        if turnstiles is not None:
            turnstiles.stop()
        for child in children.values():
            child.terminate()
        for child in children.values():
            _wait_for(child)


def _child(*words: str) -> subprocess.Popen[bytes]:
    # In a session of its own, so that Ctrl-C reaches only this process, which stops the others.
    return subprocess.Popen([sys.argv[0], *words], start_new_session=True)  # noqa: S603


def _wait_for(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _complain_about_dead(children: dict[str, "subprocess.Popen[bytes]"]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise click.ClickException(f"the {name} has ended by itself ({child.returncode})")


def _answers(
    host: str, port: int, children: dict[str, "subprocess.Popen[bytes]"], stopped: Event
) -> bool:
    for _ in range(START_TRIES):
        _complain_about_dead(children)
        line = HTTPConnection(host, port, timeout=2)
        try:
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return True
        except OSError:
            pass
        finally:
            line.close()
        if stopped.wait(STEP_S):
            return False
    raise click.ClickException("the web server does not answer")


def _listed_posts() -> list[Post]:
    app = create_app()
    with app.app_context():
        found = posts()
        db.session.remove()
        db.engine.dispose()
    return found


def _welcome(url: str, folder: Path) -> None:
    click.echo(f"\nThe demo club is open: {url}\n\nSign in as any of these, password {PASSWORD}")
    for role, name in STAFF:
        click.echo(f"  {role.value:<11} {email_of(role):<26} {name}")
    click.echo(f"\nDesk: {url}/desk   Letters that went out: {folder / 'mail'}")
    click.echo("Ctrl-C stops everything.")
