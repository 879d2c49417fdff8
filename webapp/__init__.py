"""Wayside's web side: `create_app` puts the parts together, in order, and does nothing else."""

from __future__ import annotations

from functools import partial

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from reports import blobs
from reports.db import make_session_factory
from reports.render.renderer import Renderer
from reports.routing.country import DATA
from reports.scrub.scrubber import Scrubber
from reports.scrub.text_matcher import TextMatcher
from reports.triage.found_identifiers import match_in_child
from reports.vault import Vault
from webapp import catalogues, cli, i18n, staff_auth
from webapp.account.door import blueprint as door_blueprint
from webapp.account.factors import blueprint as factors_blueprint
from webapp.account.setup import blueprint as setup_blueprint
from webapp.account.sign_in import blueprint as sign_in_blueprint
from webapp.account.views import blueprint as account_blueprint
from webapp.acknowledge.views import blueprint as acknowledge_blueprint
from webapp.admin.contacts import blueprint as points_blueprint
from webapp.admin.desks import blueprint as desks_blueprint
from webapp.admin.views import blueprint as admin_blueprint
from webapp.board.erasing_guard import blueprint as erasing_blueprint
from webapp.board.views import blueprint as board_blueprint
from webapp.config import Config
from webapp.contacts import directory
from webapp.contacts.views import blueprint as contacts_blueprint
from webapp.desk import (
    answer_labels,
    erasing_line,
    passkey_challenge,
    sending_notice,
    template_filters,
)
from webapp.desk import labels as desk_labels
from webapp.exit.views import blueprint as exit_blueprint
from webapp.info import audio, chapters
from webapp.info.views import blueprint as info_blueprint
from webapp.mailbox.upload import blueprint as later_files_blueprint
from webapp.mailbox.views import blueprint as mailbox_blueprint
from webapp.offline.views import blueprint as offline_blueprint
from webapp.portal.views import blueprint as portal_blueprint
from webapp.report.upload import blueprint as upload_blueprint
from webapp.report.views import blueprint as report_blueprint
from webapp.site import (
    assets,
    clock,
    country_edition,
    db,
    disk_guard,
    error_pages,
    failure_log,
    padded_response,
    rate_limit,
    readiness,
    recordings,
    security_headers,
    template_context,
)
from webapp.site.app_services import KEY, Services
from webapp.site.country_edition import EditionCache
from webapp.site.extensions import babel, htmx
from webapp.site.health import blueprint as up_blueprint
from webapp.site.last_resort import LastResort
from webapp.site.waiting_room import SeatedStore, WaitingRoom
from webapp.statistics.desk import blueprint as statistics_blueprint
from webapp.statistics.public import blueprint as counts_blueprint
from webapp.triage.assignment import blueprint as assignment_blueprint
from webapp.triage.closure import blueprint as closure_blueprint
from webapp.triage.deliveries import blueprint as deliveries_blueprint
from webapp.triage.files import blueprint as files_blueprint
from webapp.triage.findings import blueprint as findings_blueprint
from webapp.triage.legal_hold import blueprint as legal_hold_blueprint
from webapp.triage.lowerings import blueprint as lowerings_blueprint
from webapp.triage.proposals import blueprint as proposals_blueprint
from webapp.triage.queue import blueprint as queue_blueprint
from webapp.triage.referral import blueprint as referral_blueprint
from webapp.triage.related_reports import blueprint as related_reports_blueprint
from webapp.triage.replies import blueprint as replies_blueprint
from webapp.triage.search import blueprint as search_blueprint
from webapp.triage.translation import blueprint as translation_blueprint
from webapp.triage.views import blueprint as triage_blueprint
from webapp.wording import standing_messages

MAX_BODY = 2 * 1024 * 1024
"""Bytes that any request may carry, unless its view allows another size."""

PUBLIC_BLUEPRINTS = (
    info_blueprint,
    contacts_blueprint,
    exit_blueprint,
    offline_blueprint,
    report_blueprint,
    upload_blueprint,
    mailbox_blueprint,
    later_files_blueprint,
    counts_blueprint,
)
STAFF_BLUEPRINTS = (
    sign_in_blueprint,
    account_blueprint,
    factors_blueprint,
    setup_blueprint,
    queue_blueprint,
    triage_blueprint,
    closure_blueprint,
    assignment_blueprint,
    findings_blueprint,
    files_blueprint,
    related_reports_blueprint,
    replies_blueprint,
    search_blueprint,
    translation_blueprint,
    lowerings_blueprint,
    referral_blueprint,
    proposals_blueprint,
    deliveries_blueprint,
    legal_hold_blueprint,
    portal_blueprint,
    acknowledge_blueprint,
    admin_blueprint,
    desks_blueprint,
    statistics_blueprint,
    points_blueprint,
    board_blueprint,
    erasing_blueprint,
)


def make_services(config: Config) -> Services:
    """The parts of an application, before any request; raises as `create_app` does."""
    data_dir, read_clock = config.domain.data_dir, clock.read_machine_clock
    countries = EditionCache(DATA, config.domain.countries)
    engine, writers = db.prepare_engine(config.domain.database_url)
    sessions = make_session_factory(engine, begins_turns=config.face == "public")
    waiting_room = WaitingRoom()
    waiting_room.guard(sessions)
    load_vault = partial(Vault.load_purposes, data_dir, config.purposes)
    store = blobs.choose(config.domain)
    return Services(
        config=config,
        clock=read_clock,
        engine=engine,
        sessions=sessions,
        writers=writers,
        waiting_room=waiting_room,
        load_vault=load_vault,
        room=disk_guard.gather_room(config.domain, engine, store, read_clock),
        store=SeatedStore(store, waiting_room) if config.domain.blob_url else store,
        readiness=readiness.prepare_readiness(engine, data_dir, store, config.purposes),
        scrubber=Scrubber(data_dir),
        renderer=Renderer(data_dir),
        matcher=partial(match_in_child, TextMatcher(data_dir)),
        limiter=rate_limit.LocalLimiter(read_clock().date()),
        shared_limiter=(rate_limit.SharedLimiter(config.limits_url) if config.limits_url else None),
        countries=countries,
        languages=i18n.choose_offered(config.languages),
        assets=assets.gather(words={"@EXIT_URLS@": ",".join(config.exit_urls)}),
        recordings=recordings.gather(),
        page_sources=(chapters.list_offline_pages, directory.list_offline_pages),
    )


def create_app(config: Config) -> Flask:
    """The application for one configuration; raises when settings or country files are wrong."""
    app = Flask(__name__, static_folder=None)
    # The map would mend a slash by a redirect to whatever host the request names.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        BABEL_DEFAULT_LOCALE=i18n.SOURCE,
        BABEL_DOMAIN="messages",
        BABEL_TRANSLATION_DIRECTORIES=str(catalogues.FOLDER),
        PROPAGATE_EXCEPTIONS=False,
    )
    app.extensions[KEY] = make_services(config)
    db.init_app(app)
    babel.init_app(app, locale_selector=i18n.select_locale)
    htmx.init_app(app)
    country_edition.init_app(app)
    i18n.init_app(app)
    assets.init_app(app)
    audio.init_app(app)
    template_context.init_app(app)
    padded_response.init_app(app)
    security_headers.init_app(app)
    staff_auth.init_app(app)
    desk_labels.init_app(app)
    template_filters.init_app(app)
    sending_notice.init_app(app)
    erasing_line.init_app(app)
    passkey_challenge.init_app(app)
    answer_labels.init_app(app)
    standing_messages.init_app(app)
    error_pages.init_app(app)
    failure_log.init_app(app)
    app.register_blueprint(up_blueprint)
    if config.has_public:
        for blueprint in PUBLIC_BLUEPRINTS:
            app.register_blueprint(blueprint)
    if config.has_desk:
        for blueprint in STAFF_BLUEPRINTS:
            app.register_blueprint(blueprint)
    if not config.has_public:
        app.register_blueprint(door_blueprint)
    cli.init_app(app)
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask documents this assignment
    app.wsgi_app = LastResort(app, app.wsgi_app)  # type: ignore[method-assign]  # as above
    return app
