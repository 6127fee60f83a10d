"""Plays scenario documents on the use cases themselves, over a store in memory."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from local.people_steps import PEOPLE_ACTIONS
from local.wallet_steps import WALLET_ACTIONS, TakenStep
from rebate.bootstrap import App, wire
from rebate.contracts.envelopes import Delivery
from rebate.contracts.events_in import (
    MemberSaved,
    ProductSaved,
    StoreRated,
    StoreSaved,
    StoreVisited,
    parse_event,
)
from rebate.contracts.scenario_steps import Step
from rebate.contracts.settings import merge_patch
from rebate.domain.commands import Complete, Give, Merge, Receive, RefundOrder, Retain
from rebate.domain.errors import Code, Conflict, Rejected
from rebate.domain.names import NO_QUEUE, WHOLE_ORDER, LineId, QueueId
from rebate.domain.times import Instant, instant_of
from rebate.usecases.catalog.save_catalog import CatalogAcceptance
from rebate.usecases.draws.seeds import repeatable_seed
from rebate.usecases.entries.exchange_entry import Wish
from rebate.usecases.money.thaw import thaw_due
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.schedules.settle_due import next_due
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows.inbox import Inbox
from tests.fakes import FakeClock, MemoryStore

FIRST_STEP = "2026-03-01T10:00:00+08:00"


@dataclass
class Player:
    """Plays steps one by one; `settles` False leaves what they cause in the inboxes."""

    document: Mapping[str, Any]
    store: Any = field(default_factory=MemoryStore)
    settles: bool = True
    refusals: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        seed = repeatable_seed(self.document.get("draw_seed", ""))
        self.app: App = wire(self.store, FakeClock(), seed)
        self.at = datetime.fromisoformat(FIRST_STEP) - timedelta(minutes=1)
        self.names = itertools.count(1)
        self.sent: tuple[str | None, str | None] = (None, None)
        """The source and the time of the event that is delivered, where a step says them."""

    def begin(self) -> None:
        in_force = self.app.settings.in_force()
        if in_force.version == 0:
            save_settings(
                self.store, self.app.clock, self.document["settings"], expects=0, by="test"
            )
        members = self.document.get("members", [])
        for member in members:
            detail = {"member_id": member["id"], "level": member.get("level")}
            self.deliver("MemberSaved", {**detail, "rank": member.get("rank")})
        for member in members:
            detail = {"member_id": member["id"], "level": member.get("level")}
            detail["referrer_id"] = member.get("referrer")
            self.deliver("MemberSaved", {**detail, "rank": member.get("rank")})

    def play(self) -> dict[str, Any]:
        self.begin()
        for step in self.document["steps"]:
            self.step(step)
        return self.outcome()

    def outcome(self) -> dict[str, Any]:
        return show_outcome(self.store, self.app.settings.in_force().terms)

    def step(self, step: Mapping[str, Any]) -> None:
        given = step.get("at")
        self.at = datetime.fromisoformat(given) if given else self.at + timedelta(minutes=1)
        self.let_fall_due()
        self._fall_due()
        (kind,) = set(step) - {"at", "refused"}
        action: Callable[[Any], Any] = (
            partial(self._ask, kind)
            if kind in WALLET_ACTIONS or kind in PEOPLE_ACTIONS
            else getattr(self, f"_{kind}")
        )
        try:
            action(step[kind])
        except Rejected as rejected:
            self.refusals.append(rejected.code.value)
        else:
            self.refusals.append(None)
        self._fall_due()

    def _fall_due(self) -> None:
        self.app.holds.release(self.now)
        thaw_due(self.app.wallets, self.now)

    def let_fall_due(self) -> None:
        """Rule 1.6.5.1: what falls due by itself until now, each at its own instant."""
        clock = self.app.clock
        assert isinstance(clock, FakeClock)
        while self.settles and (due := next_due(self.store)) and due[0] <= self.now:
            clock.played, queues = due
            self.app.holds.release(due[0])
            self.settle(queues)
        clock.played = self.now
        self.app.holds.release(self.now)

    @property
    def now(self) -> Instant:
        return instant_of(self.at)

    def deliver(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        source, time = self.sent
        told: Delivery[Any] = Delivery(None, None, parse_event(detail_type, detail), source=source)
        admitted = self.app.door.open().admit(told)
        event = admitted.event
        if isinstance(event, MemberSaved | ProductSaved | StoreSaved):
            at = instant_of(datetime.fromisoformat(time)) if time else None
            catalog = CatalogAcceptance(self.store, self.app.clock, self.app.settings)
            catalog.save(event, at, admitted.sender)
            return
        if isinstance(event, StoreVisited | StoreRated):
            self.app.visits.count(event)
            return
        self.settle(self.app.orders.accept(event, admitted.sender).queues)

    def settle(self, queues: Iterable[QueueId]) -> None:
        while self.settles and queues:
            for queue in queues:
                self.app.settler.settle(queue)
            queues = sorted({row.queue for row in self.store.scan(Inbox) if _is_from_queue(row)})

    def _buy(self, buy: Mapping[str, Any]) -> None:
        level = {"level": buy["level"]} if "level" in buy else {}
        lines = buy.get("lines") or [{**buy, "line": "1"}]
        lines = [{"line": str(number), **line} for number, line in enumerate(lines, 1)]
        detail = {
            "order_id": buy["order"],
            "member": None if buy["member"] is None else {"id": buy["member"], **level},
            "channel": buy.get("channel", "mall"),
            "store_id": buy.get("store"),
            "paid_at": self.at.isoformat(),
            "lines": [self._line(line, buy) for line in lines],
        }
        self.deliver("OrderPaid", detail)

    def _line(self, line: Mapping[str, Any], buy: Mapping[str, Any]) -> dict[str, Any]:
        def of(name: str, default: Any) -> Any:
            return line.get(name, buy.get(name, default))

        return {
            "line_id": line["line"],
            "product_id": of("product", "p1"),
            "supply": of("supply", None),
            "paid": line["paid"],
            "deducted": of("deducted", 0),
            "profit": of("profit", None),
        }

    def _complete(self, order: str) -> None:
        self.deliver("OrderCompleted", {"order_id": order, "completed_at": self.at.isoformat()})

    def _refund(self, refund: Mapping[str, Any]) -> None:
        line = {"line_id": refund.get("line", "1"), "amount": refund["amount"]}
        name = refund.get("id") or f"r{next(self.names)}"
        detail = {"order_id": refund["order"], "refund_id": name, "lines": [line]}
        self.deliver("OrderRefunded", {**detail, "refunded_at": self.at.isoformat()})

    def _event(self, event: Mapping[str, Any]) -> None:
        self.sent = event.get("source"), event.get("time")
        try:
            self.deliver(event["detail-type"], event["detail"])
        finally:
            self.sent = None, None

    def _exchange(self, step: Mapping[str, Any]) -> None:
        self.app.entries.exchange(_wish(step), step["into"], at=self.now)

    def _draw(self, step: Mapping[str, Any]) -> None:
        self.app.entries.draw(_wish(step), at=self.now)

    def _run(self, name: str) -> None:
        if name == "dividend":
            self.app.dividends.run(self.now)
            return
        if name == "levels":
            self.app.levels.fall(self.now)
            return
        self.settle(self.app.scheduler.start(name, self.now))

    def _set(self, patch: Mapping[str, Any]) -> None:
        known = self.app.settings.in_force()
        patched = merge_patch(known.document, patch)
        save_settings(self.store, self.app.clock, patched, expects=known.version, by="test")

    def _ask(self, kind: str, wish: Mapping[str, Any]) -> None:
        read = Step.model_validate({kind: wish})
        name = f"step {next(self.names)}"
        if kind in PEOPLE_ACTIONS:
            PEOPLE_ACTIONS[kind](self.app, name, read.action)
            return
        taken = TakenStep(self.app.wallets, self.now, name)
        WALLET_ACTIONS[kind](taken, read.action)

    def _move(self, step: Mapping[str, Any]) -> None:
        try:
            self.app.stalls.merge(step["queue"])
        except Conflict as conflict:  # nobody else writes: it cannot be asked for as things stand
            raise Rejected(Code.INVALID_REQUEST, str(conflict)) from conflict
        self.settle([step["queue"]])

    def _collect(self, step: Mapping[str, Any]) -> None:
        self.app.holds.collect(step["member"])


def _is_from_queue(row: Inbox) -> bool:
    """Tell whether another queue has told of a contribution, a merge, or of what was merged."""
    command = row.command
    return isinstance(command, Give | Retain | Merge | Receive) or (
        isinstance(command, Complete | RefundOrder) and command.merged_from != NO_QUEUE
    )


def _wish(step: Mapping[str, Any]) -> Wish:
    if "order" in step:
        return Wish.of(step["queue"], step["order"], LineId(step.get("line", WHOLE_ORDER)))
    return Wish(step["queue"], step["entry"])
