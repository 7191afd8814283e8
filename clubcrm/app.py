"""The app factory: settings, store, doors, pages; one line per part."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from clubcrm import doors, pages, tables, wiring
from clubcrm.core import (
    api,
    assets,
    card_rows,
    db,
    events,
    finding,
    formats,
    headers,
    health,
    i18n,
    logs,
    metrics,
    pace,
    problems,
    shell,
    web,
)
from clubcrm.core.config import Settings, read_settings
from clubcrm.core.paths import static_folder, templates_folder

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """Return the whole application for the settings, by default those of the environment."""
    settings = settings or read_settings()
    app = web.UnitOfWorkFlask(
        "clubcrm",
        template_folder=str(templates_folder()),
        static_folder=str(static_folder()),
        static_url_path="/static",
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TESTING=settings.env == "test",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_NAME="__Host-clubcrm" if settings.secure_cookies else "clubcrm",
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions["club_settings"] = settings
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops, hops)  # type: ignore[method-assign]
    logs.install(app, settings)
    headers.install(app, settings)
    db.install(app, settings)
    web.install(app)
    i18n.install(app)
    api.install(app, pages.API_BLUEPRINTS)
    problems.install(app)
    assets.init_assets(app)
    formats.install(app)
    card_rows.install(app)
    shell.install(app, pages.PLACES)
    finding.install(app, doors.WAYS)
    events.install(app, wiring.EVENT_HANDLERS)
    health.install(app)
    pace.install(app, pages.SEARCHES)
    metrics.install(app, wiring.FIGURES)
    wiring.install(app)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    metrics.begin_counting(app)
    app.extensions["club_ledgers"] = tables.append_only_tables()
    return app
