"""What of AWS itself is watched: the clock, the bus, the account's room, and its bill."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.alarms import MINUTES_5, Alarms
from infra.rebate_function import RebateFunction
from infra.stage import Stage

FULL_PERCENT = 80
"""How much of the account's concurrency may be in use before somebody asks for more."""

METRICS_MAX = 10
"""How many metrics one alarm may add up."""


def watch(
    scope: Construct, alarms: Alarms, *, stage: Stage, sweep: RebateFunction, rules: Sequence[str]
) -> None:
    """Ring when the platform does not do its part; `rules` are the names of the bus's rules.

    Whatever a function could not carry out becomes a letter and rings as one, so functions have no
    alarms for errors of their own. `sweep` stands for all that the clock has to start.
    """
    alarms.ring_without(
        "schedules",
        "stopped",
        sweep.function.metric_invocations(period=Duration.minutes(stage.sweep_minutes * 3)),
        means="The clock has not started the sweep for three times as long as it should take.",
    )
    alarms.ring(
        "schedules",
        "failed",
        _counted("AWS/Scheduler", "TargetErrorCount", ScheduleGroup=stage.prefix),
        at_least=1,
        times=3,
        means="The clock cannot start a function.",
    )
    assert len(rules) <= METRICS_MAX, "one alarm adds up no more"
    failed = {
        f"m{number}": _counted(
            "AWS/Events", "FailedInvocations", RuleName=rule, EventBusName=stage.prefix
        )
        for number, rule in enumerate(rules)
    }
    alarms.ring(
        "rules",
        "failed",
        cloudwatch.MathExpression(
            expression=" + ".join(f"FILL({name}, 0)" for name in failed),
            using_metrics=failed,
            period=MINUTES_5,
        ),
        at_least=1,
        means="The bus could not hand events to a queue; it tries for a day.",
    )
    alarms.ring(
        "throttles",
        "account",
        _counted("AWS/Lambda", "Throttles"),
        at_least=1,
        times=3,
        means="Functions of this account are called more often at a time than they may run.",
    )
    alarms.ring(
        "throttles",
        "room",
        cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name="ConcurrentExecutions",
            statistic="Maximum",
            period=MINUTES_5,
        ),
        at_least=stage.account_concurrency * FULL_PERCENT // 100,
        means=f"{FULL_PERCENT} % of what the account may run at a time is running.",
    )
    if stage.monthly_dollars:
        _budget(scope, stage, stage.monthly_dollars)


def _counted(namespace: str, name: str, **dimensions: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dimensions or None,
        statistic="Sum",
        period=MINUTES_5,
    )


def _budget(scope: Construct, stage: Stage, dollars: int) -> None:
    """Tell the stage's addresses by mail when what its tags cost nears what it may."""
    told = [
        budgets.CfnBudget.SubscriberProperty(address=address, subscription_type="EMAIL")
        for address in stage.alarm_emails
    ]
    budgets.CfnBudget(
        scope,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=stage.prefix,
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
            cost_filters={"TagKeyValue": [f"user:stage${stage.name}"]},
        ),
        notifications_with_subscribers=[
            budgets.CfnBudget.NotificationWithSubscribersProperty(
                notification=budgets.CfnBudget.NotificationProperty(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                ),
                subscribers=told,
            )
            for kind, percent in (("ACTUAL", 80), ("FORECASTED", 100))
        ],
    )
