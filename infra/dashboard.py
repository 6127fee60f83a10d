"""One page that tells whether a stage is well: what comes in, what is settled, what is stuck."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.alarms import Alarms
from infra.api import Api
from infra.intake import Intake
from infra.measures import Measures
from infra.rebate_function import RebateFunction
from rebate.adapters.telemetry import Metric

WIDTH = 8


class Dashboard(Construct):
    """The dashboard of a stage."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        alarms: Alarms,
        measures: Measures,
        intakes: Sequence[Intake],
        functions: Sequence[RebateFunction],
        api: Api,
    ) -> None:
        """Draw the figures of a stage, its alarms first."""
        super().__init__(scope, id_)
        cloudwatch.Dashboard(
            self,
            "Page",
            dashboard_name=name,
            default_interval=Duration.hours(12),
            widgets=[
                [cloudwatch.AlarmStatusWidget(alarms=alarms.all, title="Alarms", width=24)],
                _events(measures, intakes),
                _settlement(measures),
                _money(measures),
                _platform(functions, api),
            ],
        )


def _events(measures: Measures, intakes: Sequence[Intake]) -> list[cloudwatch.IWidget]:
    outcomes = (Metric.ACCEPTED, Metric.DUPLICATES, Metric.KEPT, Metric.SAVED)
    return [
        _graph("Events carried out", [measures.total(each) for each in outcomes]),
        _graph("Events waiting", [each.waiting for each in intakes]),
        _graph(
            "Set aside, handed back, stuck",
            [
                measures.total(each)
                for each in (Metric.DEAD_LETTERS, Metric.HANDED_BACK, Metric.STUCK)
            ],
        ),
    ]


def _settlement(measures: Measures) -> list[cloudwatch.IWidget]:
    return [
        _graph("Commands settled", [measures.total(Metric.SETTLED)]),
        _graph("Lag of settlement, p99 (ms)", [measures.p99(Metric.SETTLEMENT_LAG)]),
        _graph("Conflicts between settlers", [measures.total(Metric.CONFLICTS)]),
    ]


def _money(measures: Measures) -> list[cloudwatch.IWidget]:
    return [
        _graph("Paid (minor units)", [measures.total(Metric.PAID)]),
        _graph("Payouts", [measures.total(Metric.PAYOUTS)]),
        _graph(
            "Events published, and told by webhooks",
            [
                measures.total(each)
                for each in (Metric.PUBLISHED, Metric.WEBHOOKS_DELIVERED, Metric.WEBHOOKS_FAILED)
            ],
        ),
    ]


def _platform(functions: Sequence[RebateFunction], api: Api) -> list[cloudwatch.IWidget]:
    answers = [
        api.api.metric_count(statistic="Sum"),
        api.api.metric_client_error(statistic="Sum"),
        api.api.metric_server_error(statistic="Sum"),
    ]
    durations = [
        each.function.metric_duration(statistic="p95", label=each.name) for each in functions
    ]
    at_a_time = [
        each.function.metric("ConcurrentExecutions", statistic="Maximum", label=each.name)
        for each in functions
    ]
    return [
        _graph("Duration, p95 (ms)", durations),
        _graph("Running at a time", at_a_time),
        _graph("Answers of the API", answers),
    ]


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=WIDTH)
