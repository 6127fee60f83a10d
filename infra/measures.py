"""What the functions count (`rebate.adapters.telemetry`), as metrics of CloudWatch."""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.alarms import MINUTES_5, Alarms
from rebate.adapters.telemetry import NAME, Metric

NAMESPACE = "Rebate"
LAG_MS_MAX = 5 * 60 * 1000
CONFLICTS_MAX = 100


def total(metric: Metric) -> cloudwatch.Metric:
    """Return how much of a metric there was, in steps of five minutes."""
    return _metric(metric, "Sum")


def p99(metric: Metric) -> cloudwatch.Metric:
    """Return what all but one in a hundred stay below."""
    return _metric(metric, "p99")


def ring(alarms: Alarms) -> None:
    """Ring when settlement is late, or settlers stand in each other's way."""
    alarms.ring(
        "lag",
        "settlement",
        p99(Metric.SETTLEMENT_LAG),
        at_least=LAG_MS_MAX,
        means="Orders wait longer than five minutes for their settlement.",
    )
    alarms.ring(
        "conflicts",
        "settlement",
        total(Metric.CONFLICTS),
        at_least=CONFLICTS_MAX,
        times=3,
        means="Settlers of the same queue keep undoing each other's work.",
    )


def _metric(metric: Metric, statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=metric.value,
        dimensions_map={"service": NAME},
        statistic=statistic,
        period=MINUTES_5,
    )
