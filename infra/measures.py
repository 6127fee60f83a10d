"""What the functions count (`rebate.adapters.telemetry`), as metrics of CloudWatch."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms import MINUTES_5, Alarms
from infra.stage import Stage
from rebate.adapters.telemetry import NAME, Metric

LAG_MS_MAX = 5 * 60 * 1000
CONFLICTS_MAX = 100
DAY = Duration.days(1)


@dataclass(frozen=True, slots=True)
class Watched:
    """A metric that rings, how it is named, and from how much on, `times` five minutes in a row."""

    kind: str
    subject: str
    metric: Metric
    means: str
    statistic: str = "Sum"
    at_least: float = 1
    times: int = 1


WATCHED = (
    Watched(
        "lag",
        "settlement",
        Metric.SETTLEMENT_LAG,
        "Orders wait longer than five minutes for their settlement.",
        statistic="p99",
        at_least=LAG_MS_MAX,
    ),
    Watched(
        "conflicts",
        "settlement",
        Metric.CONFLICTS,
        "Settlers of the same queue keep undoing each other's work.",
        at_least=CONFLICTS_MAX,
        times=3,
    ),
    Watched(
        "unknown",
        "rows",
        Metric.UNKNOWN,
        "Something is stored that this release cannot understand.",
    ),
    Watched(
        "stuck",
        "store",
        Metric.STUCK,
        "The store refuses something for ever: a queue may not go on.",
    ),
    Watched(
        "parked",
        "commands",
        Metric.PARKED,
        "Commands could not be carried out, and their queues went on without them.",
        statistic="Maximum",
    ),
    Watched(
        "unclaimed",
        "orders",
        Metric.UNCLAIMED,
        "Completions or refunds have waited for their order for more than a day.",
        statistic="Maximum",
        times=3,
    ),
    Watched(
        "connectors",
        "silent",
        Metric.CONNECTORS_SILENT,
        "Nothing was heard of a connected shop for a day.",
    ),
    Watched(
        "connectors",
        "unread",
        Metric.CONNECTORS_UNREAD,
        "A connected shop did not answer when it was asked what changed.",
    ),
    Watched(
        "dead-letters",
        "kept",
        Metric.LETTERS_KEPT,
        "Something could not be carried out; it is kept until it is replayed.",
    ),
    Watched(
        "webhooks",
        "dead",
        Metric.WEBHOOKS_DEAD,
        "An endpoint of webhooks takes nothing; what it should have had waits for it.",
        statistic="Maximum",
        times=3,
    ),
    Watched(
        "webhooks",
        "set-aside",
        Metric.WEBHOOKS_SET_ASIDE,
        "Webhooks were given up: nobody took them for three days.",
    ),
    Watched(
        "mismatches",
        "requests",
        Metric.MISMATCHES,
        "A known id came with other content, or a payout that is over was told.",
    ),
    Watched(
        "borne",
        "refunds",
        Metric.TOO_MUCH_BORNE,
        "Refunds leave more to be borne than a day may have: the base plan is paused.",
    ),
    Watched(
        "audit",
        "books",
        Metric.AUDIT_DIFFERENCES,
        "An audit found that the books do not add up.",
        statistic="Maximum",
    ),
)
"""What rings where settlement is late, stuck or contended, or what is stored is not right."""


class Measures:
    """The metrics of a stage."""

    def __init__(self, stage: Stage) -> None:
        """Name them: functions of several stages in an account must not add theirs up."""
        self.namespace = f"Rebate/{stage.name}"

    def total(self, metric: Metric) -> cloudwatch.Metric:
        """Return how much of a metric there was, in steps of five minutes."""
        return self._metric(metric, "Sum")

    def p99(self, metric: Metric) -> cloudwatch.Metric:
        """Return what all but one in a hundred stay below."""
        return self._metric(metric, "p99")

    def ring(self, alarms: Alarms, stage: Stage) -> None:
        """Ring for all of `WATCHED`, and where nothing comes that should."""
        for each in WATCHED:
            alarms.ring(
                each.kind,
                each.subject,
                self._metric(each.metric, each.statistic),
                at_least=each.at_least,
                means=each.means,
                times=each.times,
            )
        alarms.ring_without(
            "audit",
            "missing",
            self._metric(Metric.AUDITS, "Sum", DAY),
            means="No audit of the books was finished for a day.",
        )
        if stage.quiet_minutes:
            alarms.ring_without(
                "quiet",
                "orders",
                self._metric(Metric.ACCEPTED, "Sum", Duration.minutes(stage.quiet_minutes)),
                means=f"No order was accepted for {stage.quiet_minutes} minutes.",
            )

    def _metric(
        self, metric: str, statistic: str, period: Duration = MINUTES_5
    ) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=self.namespace,
            metric_name=str(metric),
            dimensions_map={"service": NAME},
            statistic=statistic,
            period=period,
        )
