"""Views room: the one door to which every form of the web sends, with or without scripts.

Answers to browsers of other sites are opened for listed sites only, and never carry a cookie. What
looks like a machine's gets the same answer as a person's.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.idempotency import key_of_request
from clubcrm.core.policy import device_door, public
from clubcrm.leads.door import letters, queries
from clubcrm.leads.door.models import FormLetter, LeadForm
from clubcrm.leads.door.rules.letters import MOST_BYTES, LetterState
from clubcrm.leads.door.rules.origins import may_send
from clubcrm.leads.door.rules.shapes import fields_of
from clubcrm.leads.door.views.hosted import form_page

door = Blueprint("lead_door", __name__)
WHY = "anybody may ask for the club by a form; the form's key, site and pace are checked"
KEPT_HEADERS = ("Origin", "Referer", "User-Agent", "Accept-Language")
URL_ENCODED = "application/x-www-form-urlencoded"
KEY, LANGUAGE, HOSTED = "form", "language", "_hosted"


@door.route("/api/leads", methods=["POST", "OPTIONS"])
@device_door(WHY)
def take() -> ResponseReturnValue:
    """The letter is kept and read; a program hears JSON, a browser without scripts sees a page."""
    if request.method == "OPTIONS":
        return _preflight()
    post = _post()
    try:
        letter = _taken(post)
    except DomainError as error:
        if not _wants_page():
            raise
        return _again(post, error)
    if _wants_page():
        return redirect(_thanks(letter), 303)
    return jsonify({"status": "received", "id": letter.public_id})


@door.get("/lead-form.js")
@public("other sites load the script that fills in where a visitor came from")
def script() -> Response:
    """The script of forms on other sites."""
    text = (Path(str(current_app.static_folder)) / "js" / "leadform.js").read_text("utf-8")
    answer = Response(text, mimetype="text/javascript")
    answer.add_etag()
    answer.make_conditional(request)
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@door.after_request
def open_to_site(answer: Response) -> Response:
    """A listed site may read the answer; every cache knows that it depends on the site."""
    answer.headers.add("Vary", "Origin")
    origin = g.get("open_to")
    if origin:
        answer.headers["Access-Control-Allow-Origin"] = origin
    return answer


def _preflight() -> Response:
    answer = Response(status=204)
    origin = request.headers.get("Origin", "")
    with unit_of_work(write=False):
        if not origin or not _is_open_to(origin):
            return answer
    g.open_to = origin
    answer.headers["Access-Control-Allow-Methods"] = "POST"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
    answer.headers["Access-Control-Max-Age"] = "600"
    return answer


def _is_open_to(origin: str) -> bool:
    key = request.args.get(KEY, "")
    if not key:
        return queries.is_listed_somewhere(origin)
    form = queries.form_by_key(key)
    return form is not None and may_send(origin, own_origin(), tuple(form.origins))


def _post() -> letters.Post:
    """Return what came, its bytes first: a form parser that ran before would leave none."""
    request.max_content_length = MOST_BYTES
    if (request.content_length or 0) > MOST_BYTES:
        raise RequestEntityTooLarge
    media_type = request.mimetype or "application/json"
    body = request.get_data(cache=True, parse_form_data=False)
    if media_type == "multipart/form-data":
        # Kept as plain pairs: only the boundary is lost, and a job can read it again.
        media_type, body = URL_ENCODED, urlencode(list(request.form.items(multi=True))).encode()
    fields = _fields(body, media_type)
    return letters.Post(
        form_key=(request.args.get(KEY) or fields.get(KEY, ""))[:20],
        body=body,
        media_type=media_type,
        address=request.remote_addr or "",
        headers={
            name: request.headers[name][:500] for name in KEPT_HEADERS if name in request.headers
        },
        key=_key(fields),
        origin=request.headers.get("Origin"),
        own_origin=own_origin(),
        hosted=fields.get(HOSTED) == "1",
    )


def _fields(body: bytes, media_type: str) -> dict[str, str]:
    try:
        return dict(fields_of(body, media_type))
    except ValueError:
        return {}


def _key(fields: dict[str, str]) -> str:
    if request.headers.get("Idempotency-Key") is not None:
        return key_of_request() or ""
    return fields.get("_key", "")[: letters.LONGEST_KEY]


def _taken(post: letters.Post) -> FormLetter:
    with unit_of_work() as session:
        letter = letters.keep(post)
        form = session.get_one(LeadForm, letter.form_id)
        if post.origin and may_send(post.origin, post.own_origin, tuple(form.origins)):
            g.open_to = post.origin
        letter_id, state, why = letter.id, letter.state, letter.why
    if state is LetterState.REFUSED:
        raise DomainError("REFUSED", why, status=400)
    try:
        with unit_of_work() as session:
            letter = letters.settle(letter_id)
            session.expunge(letter)
            return letter
    except DomainError as error:
        with unit_of_work():
            letters.refuse(letter_id, error.text)
        raise


def _wants_page() -> bool:
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html" and request.mimetype in (URL_ENCODED, "multipart/form-data")


def _again(post: letters.Post, error: DomainError) -> ResponseReturnValue:
    """Show the hosted form with what was typed, and what is wrong with it."""
    typed = _fields(post.body, post.media_type)
    with unit_of_work(write=False):
        form = queries.form_by_key(post.form_key)
        if form is None or error.code == "ORIGIN_NOT_LISTED":
            raise error
        page = form_page(form, typed.get(LANGUAGE, ""), typed, error)
    answer = Response(page, status=error.status)
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _thanks(letter: FormLetter) -> str:
    typed: dict[str, Any] = _fields(letter.body, letter.media_type)
    with unit_of_work(write=False) as session:
        form = session.get_one(LeadForm, letter.form_id)
        if form.thanks_url and not letter.hosted:
            return form.thanks_url
        return url_for(
            "lead_form.thanks", key=form.public_id, language=typed.get(LANGUAGE, "")[:8] or None
        )


def own_origin() -> str:
    """Return the origin of the club's own pages as the browser of this request knows it."""
    public_url: str = current_app.extensions["club_settings"].public_url
    asked = urlsplit(request.host_url)
    if public_url and urlsplit(public_url).hostname == asked.hostname:
        asked = urlsplit(public_url)
    return f"{asked.scheme}://{asked.netloc}"
