"""What works: the bus, the functions and what starts them, the API, alarms, the dashboard."""

from collections.abc import Mapping, Sequence

from aws_cdk import AssetHashType, Duration, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import runtime
from infra.alarms import Alarms
from infra.api import Api
from infra.bus import NamedBus
from infra.connect import Connect
from infra.dashboard import Dashboard
from infra.data_stack import DataStack
from infra.exports import Exports
from infra.intake import BATCH, Intake
from infra.letters import Letters, replay_to
from infra.measures import Measures
from infra.packages import Package, Packages
from infra.rebate_function import Deployment, RebateFunction
from infra.schedule import Schedules, starts_of
from infra.sign_in import TOKEN_FUNCTION
from infra.stage import Stage
from infra.stream_consumer import StreamConsumer
from infra.tables import ring_for_tables, stream_of
from infra.watch import watch
from infra.webhooks import Webhooks
from rebate.usecases.orders.accept_together import BATCH_MAX

INTAKES: Mapping[str, tuple[str, ...]] = {
    "on_order_paid": ("OrderPaid",),
    "on_order_completed": ("OrderCompleted",),
    "on_order_refunded": ("OrderRefunded",),
    "on_catalog_saved": (
        *("MemberSaved", "ProductSaved", "StoreSaved"),
        *("StoreVisited", "StoreRated"),
    ),
}
"""Which function gets which events."""

BATCHES: Mapping[str, int] = {"on_order_paid": BATCH_MAX, "on_order_completed": BATCH_MAX}
"""Where a second's wait pays: orders that are accepted together cost half as much time."""

CLOCKED_SECONDS = {
    "scheduled_clear": 300,
    "scheduled_payouts": 300,
    "scheduled_sweep": 300,
    "scheduled_draws": 60,
    "scheduled_connect": 600,
    "scheduled_audit": 900,
    "scheduled_webhooks": 300,
    "scheduled_letters": 300,
    "scheduled_exports": 900,
}
"""How long the functions may take that the clock starts."""

SETTLED_AT_ONCE = 10
"""Batches of a shard of the inbox's stream that are settled at a time: the most that Lambda has."""

DRAWS = ("api", "on_order_paid", "scheduled_draws")
"""Which functions may know the seeds of coming days: they draw, or commit to what is drawn."""

HOURS_TRIED = 20
SECONDS_A_TRY = 9
"""How long the publisher waits for a bus that does not answer: three times three seconds."""


class ServiceStack(Stack):
    """Everything of a stage but its tables; no money is lost when it goes."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: Stage,
        data: DataStack,
        packages: Packages,
        env: Environment,
    ) -> None:
        """Compose the stack of a stage."""
        super().__init__(
            scope,
            stage.prefix,
            env=env,
            description=f"Queue rebate, {stage.name}: everything but the tables",
        )
        self.add_stack_dependency(data, "functions use its tables, the API its accounts")
        self._stage = stage
        self._bus = NamedBus(self, "Bus", stage=stage)
        measures = Measures(stage)
        self._deployment = Deployment(
            stage=stage,
            code=_asset(packages.code),
            layer=_layer(self, packages.layer),
            alarms=Alarms(self, "Alarms", stage=stage),
            metrics=measures.namespace,
        )
        self._functions: list[RebateFunction] = []
        intakes = self._take_events()
        self._settle()
        publisher = self._tell()
        clocked = self._start_by_the_clock()
        data.archive.signs_books(clocked["scheduled_audit"])
        self._webhooks = Webhooks(
            self,
            "Webhooks",
            delivers=self._function("deliver_webhooks", seconds=60),
            queues=(publisher, clocked["scheduled_webhooks"]),
        )
        hears = self._connect(clocked["scheduled_connect"])
        self.api = self._answer(data, hears, intakes)
        self._exports.kept_by(clocked["scheduled_exports"])
        Letters(self, "Letters", keeps=clocked["scheduled_letters"], functions=self._functions)
        data.archive.publishes_draws(clocked["scheduled_draws"])
        for function in self._functions:
            if function.name in DRAWS:
                data.archive.draws(function)
        self._name_members(data)
        measures.ring(self._deployment.alarms, stage)
        ring_for_tables(self._deployment.alarms, prefix=stage.table_prefix)
        watch(
            self,
            self._deployment.alarms,
            stage=stage,
            sweep=clocked["scheduled_sweep"],
            rules=[each.full_name for each in self._functions if each.name in INTAKES],
        )
        Dashboard(
            self,
            "Dashboard",
            name=stage.prefix,
            alarms=self._deployment.alarms,
            measures=measures,
            intakes=intakes,
            functions=self._functions,
            api=self.api,
        )

    def _take_events(self) -> list[Intake]:
        return [
            Intake(
                self,
                f"{name}_intake",
                bus=self._bus,
                function=self._function(name, seconds=30),
                detail_types=detail_types,
                batch=BATCHES.get(name, BATCH),
            )
            for name, detail_types in INTAKES.items()
        ]

    def _settle(self) -> None:
        """A ring that fails is soon given up: the sweep rings again."""
        StreamConsumer(
            self,
            "settle_tail",
            stream_arn=stream_of(self, self._stage.table_prefix, "inbox"),
            function=self._function("settle", seconds=120),
            batch=100,
            tries=10,
            patience=Duration.hours(1),
            at_once=SETTLED_AT_ONCE,
        )

    def _tell(self) -> RebateFunction:
        """Nobody else tells what is given up here, so that takes an outage of most of a day.

        The stream keeps a row for 24 hours; what was given up by then can still be read there.
        """
        bus = self._bus.bus
        publisher = self._function(
            "publish_events", seconds=60, environment={"REBATE_BUS": bus.event_bus_name}
        )
        publisher.may(["events:PutEvents"], bus.event_bus_arn, sid="Publish")
        for function in (publisher, self._function("notify_members", seconds=60)):
            StreamConsumer(
                self,
                f"{function.name}_tail",
                stream_arn=stream_of(self, self._stage.table_prefix, "journal"),
                function=function,
                batch=100,
                tries=HOURS_TRIED * 3600 // SECONDS_A_TRY,
                patience=Duration.hours(HOURS_TRIED),
            )
        return publisher

    def _start_by_the_clock(self) -> Mapping[str, RebateFunction]:
        functions = {
            name: self._function(name, seconds=seconds, is_clocked=True)
            for name, seconds in CLOCKED_SECONDS.items()
        }
        sweep = functions["scheduled_sweep"]
        sweep.sets_aside(sweep.dead_letters)
        schedules = Schedules(self, "Schedules", name=self._stage.prefix)
        for start in starts_of(self._stage):
            schedules.add(start, functions[start.function])
        return functions

    def _connect(self, looks: RebateFunction) -> RebateFunction:
        """Connect shops on other platforms; return who hears them."""
        hears = self._function("on_shop_webhook", seconds=29, is_asked=True)
        carries_on = self._function("connect_orders", seconds=150)
        self._connected = Connect(
            self,
            "Connect",
            stage=self._stage,
            bus=self._bus,
            hears=hears,
            carries_on=carries_on,
            looks=looks,
        )
        return hears

    def _answer(self, data: DataStack, hears: RebateFunction, intakes: Sequence[Intake]) -> Api:
        function = self._function("api", seconds=29, is_asked=True)
        paid = next(each for each in self._functions if each.name == "on_order_paid")
        function.sets_aside(paid.dead_letters)
        self._webhooks.open_to(function)
        self._exports = Exports(self, "Exports")
        self._exports.shown_by(function)
        queues = (*intakes, self._connected.queue, self._webhooks.queue)
        replay_to(function, {each.name: each.queue for each in queues})
        return Api(
            self, "Api", stage=self._stage, function=function, hears=hears, sign_in=data.sign_in
        )

    def _name_members(self, data: DataStack) -> None:
        """Let the pools ask who is which member before they make tokens, within five seconds."""
        if data.sign_in is None:
            return
        operators = data.sign_in.operators.pool.user_pool_id
        function = self._function(
            TOKEN_FUNCTION,
            seconds=4,
            environment={"REBATE_OPERATOR_POOL": operators},
            is_asked=True,
        )
        function.ring_on_errors()
        function.function.add_permission(
            "Pools",
            principal=iam.ServicePrincipal("cognito-idp.amazonaws.com"),
            source_account=self.account,
        )

    def _function(
        self,
        name: str,
        *,
        seconds: int,
        environment: Mapping[str, str] | None = None,
        is_asked: bool = False,
        is_clocked: bool = False,
    ) -> RebateFunction:
        made = RebateFunction(
            self,
            name,
            deployment=self._deployment,
            timeout=Duration.seconds(seconds),
            environment=environment,
            is_asked=is_asked,
            is_clocked=is_clocked,
        )
        self._functions.append(made)
        return made


def _asset(package: Package) -> lambda_.Code:
    return lambda_.Code.from_asset(
        str(package.folder), asset_hash=package.digest, asset_hash_type=AssetHashType.CUSTOM
    )


def _layer(scope: Construct, package: Package) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        "Dependencies",
        description=f"What requirements-lambda.lock names, for Python {runtime.PYTHON} on arm64",
        code=_asset(package),
        compatible_architectures=[lambda_.Architecture.ARM_64],
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
    )
