"""Logs and metrics: the one place that knows how they leave the process.

Logs are JSON lines, metrics CloudWatch's embedded format: both are text that the platform reads, so
neither costs a call. Traces come from the platform's active tracing; the X-Ray SDK would cost a
dependency and tell no more than these logs, which carry the order and the correlation id.

`REBATE_METRICS` names the namespace of the metrics, so that stages in one account have their own.
`POWERTOOLS_LOG_LEVEL` and `POWERTOOLS_METRICS_DISABLED` are Powertools' own: whoever runs handlers
on one machine and needs the output for itself sets them before this module is imported.
"""

import os
from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

from rebate.domain.events import RebatePaid
from rebate.domain.names import QueueId
from rebate.domain.times import Instant
from rebate.domain.webhooks import DeliveryState, WebhookDelivery
from rebate.domain.wire import Unknown
from rebate.usecases.storage.rows.audits import AuditRun
from rebate.usecases.storage.rows.journal import Journal

if TYPE_CHECKING:  # all functions log, few of them accept, save or settle
    from rebate.usecases.catalog.save_catalog import Saved
    from rebate.usecases.connections.connect_shop import HeardOrders
    from rebate.usecases.orders.accept_order import Accepted
    from rebate.usecases.settlement.settlement import Settled
    from rebate.usecases.webhooks.deliver_webhooks import WebhookOutcome
    from rebate.usecases.webhooks.retry_webhooks import RetriedWebhooks

NAME = "rebate"

logger = Logger(service=NAME)
_metrics = Metrics(namespace=os.environ.get("REBATE_METRICS", "Rebate"), service=NAME)

Handler: TypeAlias = Callable[[dict[str, Any], object], Any]
"""A Lambda handler; its context may be None where no platform is."""


class Metric(StrEnum):
    """What is counted; amounts are minor units."""

    ACCEPTED = "accepted"
    DUPLICATES = "duplicates"
    KEPT = "kept"
    SAVED = "saved"
    OUTDATED = "outdated"
    UNBOUND = "unbound"
    SETTLED = "settled"
    PAID = "paid"
    PAYOUTS = "payouts"
    PUBLISHED = "published"
    CONFLICTS = "conflicts"
    DEAD_LETTERS = "dead_letters"
    HANDED_BACK = "handed_back"
    UNKNOWN = "unknown"
    STUCK = "stuck"
    PARKED = "parked"
    TOO_MUCH_BORNE = "too_much_borne"
    SETTLEMENT_LAG = "settlement_lag"
    UNCLAIMED = "unclaimed"
    HEARD = "heard"
    LEFT_OUT = "left_out"
    CONNECTORS_SILENT = "connectors_silent"
    CONNECTORS_UNREAD = "connectors_unread"
    MISMATCHES = "mismatches"
    AUDITS = "audits"
    AUDIT_DIFFERENCES = "audit_differences"
    LETTERS_KEPT = "letters_kept"
    WEBHOOKS_DELIVERED = "webhooks_delivered"
    WEBHOOKS_FAILED = "webhooks_failed"
    WEBHOOKS_SET_ASIDE = "webhooks_set_aside"
    WEBHOOKS_DEAD = "webhooks_dead"


_OUTCOMES = {
    "accepted": Metric.ACCEPTED,
    "duplicate": Metric.DUPLICATES,
    "kept": Metric.KEPT,
    "saved": Metric.SAVED,
    "outdated": Metric.OUTDATED,
}
_UNITS = {Metric.SETTLEMENT_LAG: MetricUnit.Milliseconds, Metric.PAID: MetricUnit.NoUnit}


def count(metric: Metric, value: int = 1) -> None:
    """Add to a metric; zeros are left out, since no sum changes by them."""
    if value or metric is Metric.SETTLEMENT_LAG:
        _metrics.add_metric(name=metric, unit=_UNITS.get(metric, MetricUnit.Count), value=value)


def record_accepted(accepted: "Accepted") -> None:
    """Count and log what came of an order's event."""
    count(_OUTCOMES[accepted.outcome])
    outcome = {"outcome": accepted.outcome, "queues": accepted.queues}
    logger.info("order event", extra=outcome)


def record_settled(settled: "Settled") -> None:
    """Count and log what a settler did."""
    count(Metric.SETTLED, settled.commands)
    count(Metric.CONFLICTS, settled.conflicts)
    if settled.unknown:
        record_unknown(
            f"queue {settled.queue}", f"waits for a release that knows {settled.unknown}"
        )
    if settled.parked:
        count(Metric.PARKED, settled.parked)
        parked = {"queue": settled.queue, "commands": settled.parked}
        logger.error("goes on without commands that cannot be carried out", extra=parked)
    if settled.too_much_borne:
        count(Metric.TOO_MUCH_BORNE)
        logger.error("too much borne", extra={"queue": settled.queue})
    logger.info(
        "queue settled",
        extra={
            "queue": settled.queue,
            "commands": settled.commands,
            "commits": settled.commits,
            "conflicts": settled.conflicts,
            "busy": settled.busy,
            "unseen": settled.unseen,
        },
    )


def record_saved(saved: "Saved") -> None:
    """Count and log what came of a catalog event, and who was not bound as a referrer."""
    count(_OUTCOMES[saved.outcome])
    logger.info("catalog event", extra={"about": saved.name, "outcome": saved.outcome})
    if saved.unbound:
        count(Metric.UNBOUND)
        logger.warning("referrer not bound", extra={"about": saved.name, "reason": saved.unbound})


def tell_taken(connector: str, taken: "HeardOrders") -> None:
    """Count and log what came of a delivery of a connected shop."""
    count(Metric.LEFT_OUT if taken.left_out else Metric.HEARD)
    about = {"connector": connector, "order_id": taken.order, "left_out": taken.left_out}
    logger.info("shop heard", extra=about)


def record_webhooks(outcomes: "Sequence[WebhookOutcome]") -> None:
    """Count what came of deliveries to endpoints, and log what was not taken, and why."""
    attempts = [each.attempt for each in outcomes if each.attempt is not None]
    count(Metric.WEBHOOKS_DELIVERED, sum(each.succeeded for each in attempts))
    count(Metric.WEBHOOKS_FAILED, sum(not each.succeeded for each in attempts))
    for each in outcomes:
        if each.attempt is not None and not each.attempt.succeeded:
            why = {"status": each.attempt.status, "error": each.attempt.error}
            logger.warning("webhook not taken", extra={**_webhook(each.delivery), **why})
        _record_given_up(each.delivery)


def record_retries(done: "RetriedWebhooks") -> None:
    """Count and log which endpoints take nothing, and what was given up meanwhile."""
    count(Metric.WEBHOOKS_DEAD, len(done.dead))
    if done.dead:
        logger.warning("endpoints take nothing", extra={"endpoints": done.dead})
    for delivery in done.given_up:
        _record_given_up(delivery)


def _record_given_up(delivery: WebhookDelivery) -> None:
    if delivery.state == DeliveryState.SET_ASIDE:
        count(Metric.WEBHOOKS_SET_ASIDE)
        why = {"reason": delivery.reason}
        logger.error("webhook set aside", extra={**_webhook(delivery), **why})


def _webhook(delivery: WebhookDelivery) -> dict[str, str]:
    return {"endpoint": delivery.endpoint, "event_id": delivery.event, "webhook_id": delivery.id}


def record_lag(arrived_at: Instant, now: Instant) -> None:
    """Measure how long the oldest command of a batch waited for its settlement."""
    count(Metric.SETTLEMENT_LAG, max(0, now - arrived_at) // 1_000)


def record_published(rows: Sequence[Journal], types: Collection[str] | None) -> None:
    """Count the events that went out, and what members were paid; log what was passed over.

    `types` are those that the bus is told of, None: all.
    """
    events = [event for row in rows for event in row.events if not isinstance(event, Unknown)]
    payouts = [event.amount for event in events if isinstance(event, RebatePaid)]
    count(Metric.PUBLISHED, sum(types is None or event.type in types for event in events))
    count(Metric.PAYOUTS, len(payouts))
    count(Metric.PAID, sum(payouts))
    for row in rows:
        for event in row.events:
            if isinstance(event, Unknown):
                record_unknown(f"row {row.number} of {row.source}", f"not told: {event.type}")


def record_mismatch(error: Exception) -> None:
    """Count and log that a known id came with other content, or a payout that is over was told."""
    count(Metric.MISMATCHES)
    logger.warning("mismatch", extra={"reason": str(error)})


def record_audit(run: AuditRun) -> None:
    """Count an audit that is over and what it found; log each difference."""
    count(Metric.AUDITS)
    count(Metric.AUDIT_DIFFERENCES, len(run.differences))
    for path, message in run.differences:
        logger.error("the books do not add up", extra={"path": path, "difference": message})
    rows = {"rows": run.rows, "unjudged": run.unjudged, "head": run.head}
    logger.info("books audited", extra=rows)


def record_retry(what: str, error: Exception) -> None:
    """Count and log what could not be done now and will be tried again."""
    count(Metric.HANDED_BACK)
    logger.warning("handed back", extra={"what": what, "reason": str(error)})


def record_unknown(kind: str, what: str) -> None:
    """Count and log what is stored and cannot be understood: a later release wrote it."""
    count(Metric.UNKNOWN)
    logger.warning("unknown to this release", extra={"kind": kind, "what": what})


def record_stuck(what: str, error: Exception) -> None:
    """Count and log what the store will never do; somebody has to mend its cause.

    `cause` is its kind: `TooLarge`, `Denied`, or `Impossible` where it is another.
    """
    count(Metric.STUCK)
    said = {"what": what, "cause": type(error).__name__, "reason": str(error)}
    logger.error("stuck", extra=said)


def record_started(run: str, queues: Sequence[QueueId]) -> Sequence[QueueId]:
    """Log which queues a schedule told to do something, and return them."""
    logger.info("scheduled run", extra={"run": run, "queues": queues})
    return queues


def observed(handler: Handler) -> Handler:
    """Name the request in all that is logged meanwhile, and let metrics out at its end."""

    @wraps(handler)
    def run(event: dict[str, Any], context: object) -> Any:  # noqa: ANN401 - as the handler
        logger.append_keys(request_id=getattr(context, "aws_request_id", None))
        try:
            return handler(event, context)
        finally:
            if _metrics.metric_set:
                _metrics.flush_metrics()

    return run
