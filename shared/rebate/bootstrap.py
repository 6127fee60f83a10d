"""The only place where use cases meet adapters, each when it is first asked for.

So a function imports what its own use cases need: Python code is most of a cold start.
"""

import gc
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING
from uuid import uuid4

from rebate.adapters.background_commit import BackgroundCommit
from rebate.adapters.clock import SystemClock
from rebate.adapters.dynamodb import DynamoStore
from rebate.usecases.draws.seeds import Seeds, random_seed
from rebate.usecases.storage.ports import Clock, CommitRunner, Store, inline

if TYPE_CHECKING:
    from rebate.adapters.connector_accounts import ConnectorAccounts
    from rebate.adapters.connector_work import ConnectorWork
    from rebate.adapters.dead_letters import DeadLetters
    from rebate.adapters.letter_queues import LetterQueues
    from rebate.adapters.publisher import EventBus
    from rebate.adapters.put_off import MessageQueue
    from rebate.adapters.shop_api import ShopApi
    from rebate.adapters.shop_tokens import ShopTokens
    from rebate.adapters.webhook_sender import AddressRules
    from rebate.usecases.audit.outside import Archive, MacKey
    from rebate.usecases.audit.run_audit import ScheduledAudit
    from rebate.usecases.catalog.manage_catalog import StalledQueueActions
    from rebate.usecases.catalog.save_catalog import CatalogAcceptance
    from rebate.usecases.connections.connect_shop import ShopConnections
    from rebate.usecases.entries.exchange_entry import EntryActions
    from rebate.usecases.events.publish_events import Publisher
    from rebate.usecases.letters.replay_letters import ReplayQueues
    from rebate.usecases.money.ledger import WalletLedger
    from rebate.usecases.office.export_jobs import ExportFiles
    from rebate.usecases.office.import_books import BookImport
    from rebate.usecases.orders.accept_order import OrderAcceptance
    from rebate.usecases.orders.admit_event import Door
    from rebate.usecases.orders.early_events import EarlyEvents
    from rebate.usecases.parking.decide_parked import ParkedCommands
    from rebate.usecases.people.desk import PeopleDesk
    from rebate.usecases.people.levels import Levels
    from rebate.usecases.reports.count_visits import StoreVisits
    from rebate.usecases.schedules.missed_runs import DueRuns
    from rebate.usecases.schedules.pay_dividend import DividendPayment
    from rebate.usecases.schedules.release_holds import HoldRelease
    from rebate.usecases.schedules.start_runs import Scheduler
    from rebate.usecases.settings.plan_settings import SettingsPlanning
    from rebate.usecases.settings.save_settings import SettingsReader
    from rebate.usecases.settlement.guard_refunds import RefundGuard
    from rebate.usecases.settlement.settle_queue import Settler
    from rebate.usecases.settlement.settle_together import QueueBatch
    from rebate.usecases.webhooks.deliver_webhooks import WebhookDeliveries
    from rebate.usecases.webhooks.queue_webhooks import WebhookQueue

COLLECTED_EVERY = 20_000
"""New objects after which a function's process looks for cycles: a few megabytes at most."""


class Outside:
    """What a deployment reaches beside its store, as the environment names it.

    `REBATE_SHOP_SECRET_PARAMETER` names an SSM parameter; `REBATE_SHOP_SECRET` is the secret
    itself, and `REBATE_SHOP_KEYS` has those of keys with names, for machines without SSM.
    `REBATE_SHOP_ISSUER` signs the tokens of shops that do not sign themselves, for one of
    `REBATE_SHOP_AUDIENCE`, if that is said.
    `REBATE_CONNECTORS_PARAMETER` and `REBATE_CONNECTORS` are the same for the accounts of
    connectors. A function has what it needs. `REBATE_WEBHOOKS_LOOPBACK` lets webhooks
    go to the machine itself, which only a demonstration should.
    `REBATE_EXPORTS` names the bucket that files of exports lie in for a day.
    `REBATE_INVITE_URL` is where links of invite codes lead.
    `REBATE_ARCHIVE` names the bucket, `REBATE_BOOKS_KEY` the key of KMS that signs the books,
    `REBATE_DRAWS_KEY` that from which the seeds of draws come; on a
    machine without them all are in the folder `REBATE_OUTSIDE`, and without that in this process or
    in a folder that goes with it.
    """

    @property
    def invite_url(self) -> str | None:
        return os.environ.get("REBATE_INVITE_URL")

    @cached_property
    def dead_letters(self) -> "DeadLetters":
        from rebate.adapters.dead_letters import DeadLetterQueue

        return DeadLetterQueue(os.environ.get("REBATE_DEAD_LETTER_QUEUE_URL"), _region())

    @cached_property
    def messages(self) -> "MessageQueue":
        from rebate.adapters.put_off import MessageQueue

        return MessageQueue(os.environ.get("REBATE_INTAKE_QUEUE_URL"), _region())

    @cached_property
    def event_bus(self) -> "EventBus":
        from rebate.adapters.publisher import EventBus

        return EventBus(os.environ.get("REBATE_BUS", ""), _region())

    @cached_property
    def publisher(self) -> "Publisher":
        return self.event_bus

    @cached_property
    def connectors(self) -> "ConnectorAccounts":
        from rebate.adapters.connector_accounts import ConnectorAccounts

        return ConnectorAccounts(
            _region(),
            parameter=os.environ.get("REBATE_CONNECTORS_PARAMETER"),
            text=os.environ.get("REBATE_CONNECTORS"),
        )

    @cached_property
    def connector_work(self) -> "ConnectorWork":
        from rebate.adapters.connector_work import ConnectorWork

        return ConnectorWork(os.environ.get("REBATE_CONNECT_QUEUE_URL"), _region())

    @cached_property
    def archive(self) -> "Archive":
        from rebate.adapters import archive

        if bucket := os.environ.get("REBATE_ARCHIVE"):
            return archive.BucketArchive(bucket, _region())
        folder = os.environ.get("REBATE_OUTSIDE")
        return archive.FolderArchive(Path(folder, "archive")) if folder else archive.MemoryArchive()

    @cached_property
    def books_key(self) -> "MacKey":
        return self._key("books", os.environ.get("REBATE_BOOKS_KEY"))

    @cached_property
    def draws_key(self) -> "MacKey | None":
        of_kms = os.environ.get("REBATE_DRAWS_KEY")
        folder = os.environ.get("REBATE_OUTSIDE")
        return self._key("draws", of_kms) if of_kms or folder else None

    def _key(self, name: str, of_kms: str | None) -> "MacKey":
        from rebate.adapters.signing import KmsKey, SecretKey, key_in

        if of_kms:
            return KmsKey(of_kms, _region())
        folder = os.environ.get("REBATE_OUTSIDE")
        return key_in(Path(folder, f"{name}.key")) if folder else SecretKey(token_bytes(32))

    @cached_property
    def export_files(self) -> "ExportFiles":
        from rebate.adapters import export_files
        from rebate.adapters.signing import key_in

        if bucket := os.environ.get("REBATE_EXPORTS"):
            return export_files.BucketFiles(bucket, _region())
        folder = Path(os.environ.get("REBATE_OUTSIDE") or self._own_folder)
        return export_files.FolderFiles(folder / "exports", key_in(folder / "exports.key"))

    @cached_property
    def _own_folder(self) -> str:
        import atexit
        import shutil
        from tempfile import mkdtemp

        folder = mkdtemp(prefix="rebate-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder

    @cached_property
    def webhook_queue(self) -> "WebhookQueue":
        from rebate.adapters.webhook_queue import SqsWebhookQueue

        return SqsWebhookQueue(os.environ.get("REBATE_WEBHOOK_QUEUE_URL"), _region())

    @cached_property
    def webhook_rules(self) -> "AddressRules":
        from rebate.adapters.webhook_sender import AddressRules

        return AddressRules(loopback=os.environ.get("REBATE_WEBHOOKS_LOOPBACK") == "allowed")

    @cached_property
    def letter_queues(self) -> "LetterQueues":
        from rebate.adapters.letter_queues import LetterQueues

        return LetterQueues(os.environ.get("REBATE_LETTER_QUEUES", ""), _region())

    @cached_property
    def replay_queues(self) -> "ReplayQueues":
        from rebate.adapters.letter_queues import SqsReplayQueues

        return SqsReplayQueues(os.environ.get("REBATE_REPLAY_QUEUES", ""), _region())

    def shop_api(self, key: str) -> "ShopApi":
        """Return what reads a connector's shop; raises Unavailable where nothing says how."""
        from rebate.adapters.shop_api import shop_api

        return shop_api(key, self.connectors(key))

    @cached_property
    def shop_tokens(self) -> "ShopTokens":
        from rebate.adapters.shop_tokens import ShopTokens

        audience = os.environ.get("REBATE_SHOP_AUDIENCE", "").split()
        return ShopTokens(os.environ.get("REBATE_SHOP_ISSUER"), audience)

    @cached_property
    def shop_secrets(self) -> Callable[[str], tuple[bytes, ...]]:
        from rebate.adapters.shop_secrets import ShopSecrets

        return ShopSecrets(
            _region(),
            parameter=os.environ.get("REBATE_SHOP_SECRET_PARAMETER"),
            text=os.environ.get("REBATE_SHOP_SECRET"),
            keys=os.environ.get("REBATE_SHOP_KEYS"),
        )


@dataclass
class App:
    """All use cases of one deployment; `make_seed` makes the secret of a day's draws.

    Without it the key of draws does, and where there is none, secrets are drawn and stored.

    `aside`: how a settler's commit is under way while it decides the next.
    """

    store: Store
    clock: Clock
    make_seed: Callable[[str], bytes] | None = None
    aside: CommitRunner = inline
    outside: Outside = field(default_factory=Outside)

    @cached_property
    def settings(self) -> "SettingsReader":
        from rebate.usecases.settings.save_settings import SettingsReader

        return SettingsReader(self.store, _tell_unknown)

    @cached_property
    def seeds(self) -> Seeds:
        key = self.outside.draws_key if self.make_seed is None else None
        if key is None:
            return Seeds(self.store, self.clock, self.make_seed or random_seed)
        make = partial(_secret_of_day, key)
        return Seeds(self.store, self.clock, make, derived=True)

    @cached_property
    def orders(self) -> "OrderAcceptance":
        from rebate.usecases.orders.accept_order import OrderAcceptance

        return OrderAcceptance(self.store, self.clock, self.settings, self.seeds)

    @cached_property
    def door(self) -> "Door":
        from rebate.usecases.orders.admit_event import Door

        return Door(self.settings)

    @cached_property
    def early(self) -> "EarlyEvents":
        from rebate.usecases.orders.early_events import EarlyEvents

        return EarlyEvents(self.store, self.clock, self.settings)

    @cached_property
    def settler(self) -> "Settler":
        from rebate.usecases.settlement.pay_commissions import CommissionPayment
        from rebate.usecases.settlement.settle_queue import Settler

        return Settler(
            self.store,
            self.clock,
            self.settings,
            CommissionPayment(self.store, self.clock, self.settings),
            name=str(uuid4()),
            pause=_jitter,
            aside=self.aside,
        )

    @cached_property
    def queues(self) -> "QueueBatch":
        from rebate.usecases.settlement.settle_together import QueueBatch

        return QueueBatch(self.settler)

    @cached_property
    def planning(self) -> "SettingsPlanning":
        from rebate.usecases.settings.plan_settings import SettingsPlanning

        return SettingsPlanning(self.store, self.clock)

    @cached_property
    def parked(self) -> "ParkedCommands":
        from rebate.usecases.parking.decide_parked import ParkedCommands

        return ParkedCommands(self.store, self.clock)

    @cached_property
    def refund_guard(self) -> "RefundGuard":
        from rebate.usecases.settlement.guard_refunds import RefundGuard

        return RefundGuard(self.store, self.clock, self.settings)

    @cached_property
    def scheduler(self) -> "Scheduler":
        from rebate.usecases.schedules.start_runs import Scheduler

        return Scheduler(self.store, self.clock, self.settings)

    @cached_property
    def due_runs(self) -> "DueRuns":
        from rebate.usecases.schedules.missed_runs import DueRuns

        return DueRuns(self.store, self.settings)

    @cached_property
    def audit(self) -> "ScheduledAudit":
        from rebate.usecases.audit.run_audit import ScheduledAudit

        outside = self.outside
        return ScheduledAudit(
            self.store, self.clock, self.settings, outside.books_key, outside.archive
        )

    @cached_property
    def entries(self) -> "EntryActions":
        from rebate.usecases.entries.exchange_entry import EntryActions

        return EntryActions(
            self.store, self.clock, self.settings, self.settler, self.seeds, pause=_jitter
        )

    @cached_property
    def wallets(self) -> "WalletLedger":
        from rebate.usecases.money.ledger import WalletLedger

        return WalletLedger(self.store, self.clock, self.settings, pause=_jitter)

    @cached_property
    def people(self) -> "PeopleDesk":
        from rebate.usecases.people.desk import PeopleDesk

        return PeopleDesk(self.store, self.clock, self.settings, pause=_jitter)

    @cached_property
    def levels(self) -> "Levels":
        from rebate.usecases.people.levels import Levels

        return Levels(self.store, self.clock, self.settings)

    @cached_property
    def dividends(self) -> "DividendPayment":
        from rebate.usecases.schedules.pay_dividend import DividendPayment

        return DividendPayment(self.store, self.clock, self.settings)

    @cached_property
    def holds(self) -> "HoldRelease":
        from rebate.usecases.schedules.release_holds import HoldRelease

        return HoldRelease(self.store, self.clock)

    @cached_property
    def visits(self) -> "StoreVisits":
        """Counts visits and ratings of stores."""
        from rebate.usecases.reports.count_visits import StoreVisits

        return StoreVisits(self.store, self.settings)

    @cached_property
    def catalog(self) -> "CatalogAcceptance":
        from rebate.usecases.catalog.save_catalog import CatalogAcceptance

        return CatalogAcceptance(self.store, self.clock, self.settings)

    @cached_property
    def imports(self) -> "BookImport":
        from rebate.usecases.office.import_books import BookImport

        return BookImport(self.store, self.clock, self.settings, self.catalog)

    @cached_property
    def connections(self) -> "ShopConnections":
        from rebate.usecases.connections.connect_shop import ShopConnections

        return ShopConnections(self.store, self.clock, self.outside.connector_work, pause=_jitter)

    @cached_property
    def webhooks(self) -> "WebhookDeliveries":
        from rebate.adapters.webhook_sender import TIMEOUT_SECONDS, HttpWebhookSender
        from rebate.usecases.webhooks.deliver_webhooks import WebhookDeliveries

        seconds = float(os.environ.get("REBATE_WEBHOOK_SECONDS", TIMEOUT_SECONDS))
        sender = HttpWebhookSender(self.clock, self.outside.webhook_rules, timeout=seconds)
        return WebhookDeliveries(
            self.store, self.clock, self.outside.webhook_queue, sender, jitter=random.random
        )

    @cached_property
    def stalls(self) -> "StalledQueueActions":
        from rebate.usecases.catalog.manage_catalog import StalledQueueActions

        return StalledQueueActions(self.store, self.clock, self.settings, self.settler)


def wire(
    store: Store,
    clock: Clock | None = None,
    make_seed: Callable[[str], bytes] | None = None,
    aside: CommitRunner = inline,
    outside: Outside | None = None,
) -> App:
    """Return the use cases on a store."""
    return App(store, clock or SystemClock(), make_seed, aside, outside or Outside())


_installed: list[App] = []


@contextmanager
def installed(use_cases: App) -> Iterator[None]:
    """Let `app` return these use cases while the block lasts: a deployment within this process."""
    app.cache_clear()
    _installed.append(use_cases)
    try:
        yield
    finally:
        _installed.remove(use_cases)
        app.cache_clear()


@cache
def app() -> App:
    """Return the use cases that are installed, else of the deployment that the environment names.

    `REBATE_TABLE_PREFIX` stands before every table's name; `REBATE_DYNAMODB_ENDPOINT` names an
    engine other than AWS's.
    """
    if _installed:
        return _installed[-1]
    prefix = os.environ["REBATE_TABLE_PREFIX"]
    endpoint = os.environ.get("REBATE_DYNAMODB_ENDPOINT")
    store = DynamoStore(prefix, os.environ["AWS_REGION"], endpoint)
    collect_rarely()
    return wire(store, aside=BackgroundCommit(store.on_commit))


def collect_rarely() -> None:
    """Let cycles of objects be looked for rarely.

    Rows go as soon as nobody has them, and cycles are few. At Python's own pace the collector walks
    through the rows of a batch again and again.
    """
    gc.set_threshold(COLLECTED_EVERY)


def _tell_unknown(kind: str, what: str) -> None:
    from rebate.adapters.telemetry import record_unknown

    record_unknown(kind, what)


def _region() -> str:
    return os.environ.get("AWS_REGION", "")


def _secret_of_day(key: "MacKey", name: str) -> bytes:
    return key.sign(f"draws of {name}".encode())


def _jitter(attempt: int) -> None:
    """Wait a random while, longer with every attempt, up to half a second."""
    time.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))  # noqa: S311 - no secret
