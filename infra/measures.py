"""What the functions count (`rebate.adapters.telemetry`), as metrics of CloudWatch."""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms import MINUTES_5, Alarms
from infra.stage import Stage
from rebate.adapters.telemetry import NAME, Metric

LAG_MS_MAX = 5 * 60 * 1000
CONFLICTS_MAX = 100


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

    def ring(self, alarms: Alarms) -> None:
        """Ring when settlement is late, stuck or contended, or what is stored is not right."""
        alarms.ring(
            "lag",
            "settlement",
            self.p99(Metric.SETTLEMENT_LAG),
            at_least=LAG_MS_MAX,
            means="Orders wait longer than five minutes for their settlement.",
        )
        alarms.ring(
            "conflicts",
            "settlement",
            self.total(Metric.CONFLICTS),
            at_least=CONFLICTS_MAX,
            times=3,
            means="Settlers of the same queue keep undoing each other's work.",
        )
        alarms.ring(
            "unknown",
            "rows",
            self.total(Metric.UNKNOWN),
            at_least=1,
            means="Something is stored that this release cannot understand.",
        )
        alarms.ring(
            "stuck",
            "store",
            self.total(Metric.STUCK),
            at_least=1,
            means="The store refuses something for ever: a queue may not go on.",
        )
        alarms.ring(
            "parked",
            "commands",
            self._metric(Metric.PARKED, "Maximum"),
            at_least=1,
            means="Commands could not be carried out, and their queues went on without them.",
        )
        alarms.ring(
            "unclaimed",
            "orders",
            self._metric(Metric.UNCLAIMED, "Maximum"),
            at_least=1,
            times=3,
            means="Completions or refunds have waited for their order for more than a day.",
        )
        alarms.ring(
            "connectors",
            "silent",
            self.total(Metric.CONNECTORS_SILENT),
            at_least=1,
            means="Nothing was heard of a connected shop for a day.",
        )
        alarms.ring(
            "connectors",
            "unread",
            self.total(Metric.CONNECTORS_UNREAD),
            at_least=1,
            means="A connected shop did not answer when it was asked what changed.",
        )
        alarms.ring(
            "dead-letters",
            "kept",
            self.total(Metric.LETTERS_KEPT),
            at_least=1,
            means="Something could not be carried out; it is kept until it is replayed.",
        )
        alarms.ring(
            "webhooks",
            "dead",
            self._metric(Metric.WEBHOOKS_DEAD, "Maximum"),
            at_least=1,
            times=3,
            means="An endpoint of webhooks takes nothing; what it should have had waits for it.",
        )
        alarms.ring(
            "webhooks",
            "set-aside",
            self.total(Metric.WEBHOOKS_SET_ASIDE),
            at_least=1,
            means="Webhooks were given up: nobody took them for three days.",
        )
        alarms.ring(
            "mismatches",
            "requests",
            self.total(Metric.MISMATCHES),
            at_least=1,
            means="A known id came with other content, or a payout that is over was told.",
        )
        alarms.ring(
            "borne",
            "refunds",
            self.total(Metric.TOO_MUCH_BORNE),
            at_least=1,
            means="Refunds leave more to be borne than a day may have: the base plan is paused.",
        )
        alarms.ring(
            "audit",
            "books",
            self._metric(Metric.AUDIT_DIFFERENCES, "Maximum"),
            at_least=1,
            means="An audit found that the books do not add up.",
        )

    def _metric(self, metric: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=self.namespace,
            metric_name=str(metric),
            dimensions_map={"service": NAME},
            statistic=statistic,
            period=MINUTES_5,
        )
