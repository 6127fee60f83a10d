"""What members and operators change: requests with a body.

    POST /v1/me/entries/exchange         204; turn what an entry lacks into another asset
    POST /v1/me/entries/draw             204; draw an entry's ratio
    PUT  /v1/settings                    put others in force instead of a version, or plan to
    POST /v1/settings/planned/drop       drop those that are planned
    POST /v1/settings/check              what settings would mean
    POST /v1/simulate                    what they would come to over made-up or recent orders
    PUT  /v1/notices/wordings            word a kind of notice otherwise, instead of a version
    POST /v1/products/enable             let existing products take part; again while there are more
    POST /v1/queues/stalled/clear        end what waits in the queue of a product that is off sale
    POST /v1/queues/stalled/exchange     exchange a page of what waits in one
    POST /v1/queues/stalled/merge        let what waits in one join the mall queue
    POST /v1/parked/release              let a parked command go on
    POST /v1/parked/drop                 let one be over without being carried out

These are loaded with the first such request: what checks bodies is a quarter of a cold start, and
whoever only looks never needs it.
"""

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of, name_of
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.operators import settings_shown
from functions.api.queries import instant_of_text
from rebate.adapters.telemetry import logger
from rebate.bootstrap import app
from rebate.contracts import requests
from rebate.domain.names import WHOLE_ORDER, EntryId, LineId, OrderId, ProductId, QueueId
from rebate.usecases.catalog.manage_catalog import enable_products
from rebate.usecases.entries.exchange_entry import Wish
from rebate.usecases.notices.word_notices import save_wording
from rebate.usecases.settings.save_settings import InForce, lowest_margin, save_settings

router = Router()  # type: ignore[no-untyped-call]


@router.post("/v1/me/entries/exchange")
def exchange() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.ExchangeRequest)
    app().entries.exchange(_wish(asked), asked.into, by=member_of(event))
    return Response(204)


@router.post("/v1/me/entries/draw")
def draw() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.DrawRequest)
    app().entries.draw(_wish(asked), by=member_of(event))
    return Response(204)


@router.put("/v1/settings")
def change_settings() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.SaveSettings)
    if asked.at is not None:
        return _plan_settings(asked, asked.at, name_of(event))
    saved = save_settings(
        app().store,
        app().clock,
        asked.settings,
        expects=asked.version,
        by=name_of(event),
        margin_bps=lowest_margin(app().store),
        is_live=True,
        request=asked.id,
    )
    return _settings(saved)


def _plan_settings(asked: requests.SaveSettings, said: str, by: str) -> Response[str]:
    in_force = app().settings.in_force()
    at = instant_of_text("at", said, in_force.terms.zone, days=0)
    app().planning.plan(asked.settings, at, expects=asked.version, by=by, request=asked.id)
    return _settings(in_force)


@router.post("/v1/settings/planned/drop")
def drop_planned() -> Response[str]:
    app().planning.drop(body_of(current_event(), requests.DropPlanned).version)
    return _settings(app().settings.in_force())


def _settings(in_force: InForce) -> Response[str]:
    return answer(200, settings_shown(in_force, app().planning.planned()))


@router.post("/v1/settings/check")
def settings_check() -> Response[str]:
    # Rarely asked for, and large.
    from rebate.usecases.settings.check_settings import check_settings  # noqa: PLC0415

    asked = body_of(current_event(), requests.CheckSettings)
    return answer(200, check_settings(app().store, app().clock, asked.settings, asked.locale))


@router.post("/v1/simulate")
def simulate() -> Response[str]:
    # Rarely asked for, and large.
    from rebate.usecases.queries.simulate_settings import simulate_settings  # noqa: PLC0415

    return answer(
        200,
        simulate_settings(
            app().store, app().clock.now(), body_of(current_event(), requests.Simulate)
        ),
    )


@router.put("/v1/notices/wordings")
def change_wording() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.SaveWording)
    saved = save_wording(
        app().store,
        app().clock,
        asked.locale,
        asked.kind,
        asked.text,
        expects=asked.version,
        by=name_of(event),
    )
    return answer(200, saved)


@router.post("/v1/products/enable")
def enable() -> Response[str]:
    asked = body_of(current_event(), requests.EnableProducts)
    after = None if asked.after is None else ProductId(asked.after)
    done = enable_products(app().store, asked.supplies, after)
    logger.info("products enabled", extra={"supplies": asked.supplies, "enabled": done.enabled})
    return answer(200, done)


@router.post("/v1/parked/release")
def release_parked() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.DecideParked)
    return answer(200, app().parked.release(asked.id, by=name_of(event), why=asked.reason))


@router.post("/v1/parked/drop")
def drop_parked() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.DecideParked)
    return answer(200, app().parked.drop(asked.id, by=name_of(event), why=asked.reason))


@router.post("/v1/queues/stalled/clear")
def clear_stalled() -> Response[str]:
    app().stalls.clear(QueueId(body_of(current_event(), requests.ClearStalled).queue))
    return Response(204)


@router.post("/v1/queues/stalled/exchange")
def exchange_stalled() -> Response[str]:
    asked = body_of(current_event(), requests.ExchangeStalled)
    return answer(200, app().stalls.exchange(QueueId(asked.queue), asked.into, asked.after))


@router.post("/v1/queues/stalled/merge")
def merge_stalled() -> Response[str]:
    asked = body_of(current_event(), requests.MergeStalled)
    return answer(200, app().stalls.merge(QueueId(asked.queue)))


def _wish(asked: requests.ExchangeRequest | requests.DrawRequest) -> Wish:
    if asked.order is not None:
        line = WHOLE_ORDER if asked.line is None else LineId(asked.line)
        return Wish.of(QueueId(asked.queue), OrderId(asked.order), line)
    return Wish(QueueId(asked.queue), EntryId(asked.entry or ""))
