"""The pure engine alone: orders a second of `decide`, by how many it decides at a time."""

import cProfile
import pstats
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.orders import batched, one_line_orders
from benchmarks.results import Line as Figures
from benchmarks.results import Options, say
from benchmarks.stage import SETTINGS
from rebate.contracts.settings import parse_settings
from rebate.domain.commands import Join, Keyed
from rebate.domain.engine import Decision, decide
from rebate.domain.loaded_state import LoadedState, Window
from rebate.domain.money import Bps
from rebate.domain.names import LineId, MemberId, OrderId, QueueId, TicketKey
from rebate.domain.place_index import Node, NodeKey, nodes_above, update
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket, TicketLine
from rebate.domain.times import Instant
from rebate.usecases.settings.terms import terms_of
from rebate.usecases.settlement.plan_of import shown_plan_of

QUEUE = QueueId("mall")
BATCHES = (1, 10, 100)
ORDERS, ORDERS_QUICK = 30_000, 3_000
WAITING = 10_000
"""Tickets in line before the first order that is measured."""

HEADS = 40
"""Tickets from the head of the line that every decision is given; a hundred orders pay ten."""

ROOM = 10_000
"""Rows that a decision may write: more than any batch needs, so that none is cut short."""

SLOWEST = 8
"""Functions that the profile names."""


def run(options: Options) -> Iterator[Figures]:
    """Yield a line a batch size, then one a function that takes the most time of its own."""
    count = ORDERS_QUICK if options.quick else ORDERS
    for batch in BATCHES:
        say(f"engine: {count} orders, {batch} at a time")
        yield {"bench": "engine", "case": f"{batch} at a time", **_measured(count, batch)}
    yield from _profiled(count)


@dataclass(slots=True)
class Shop:
    """A queue in memory: what a shell would load and store."""

    plan = shown_plan_of(QUEUE, terms_of(parse_settings(SETTINGS)))
    queue: Queue = field(default_factory=lambda: Queue(QUEUE))
    tickets: dict[TicketKey, Ticket] = field(default_factory=dict)
    line: list[TicketKey] = field(default_factory=list)
    nodes: dict[NodeKey, Node] = field(default_factory=dict)
    head: int = 0

    def load(self, orders: list[Ticket]) -> tuple[LoadedState, list[Keyed]]:
        """Return what a decision about these orders needs."""
        heads = self.line[self.head : self.head + HEADS]
        state = LoadedState(line=Window(0, self.tickets[heads[-1]].place if heads else None, HEADS))
        state.keep(self.tickets[key] for key in heads)
        state.keep(orders)
        return state, [
            Keyed(f"{ticket.paid_at:020d}", Join(ticket.paid_at, ticket.order, ticket.member))
            for ticket in orders
        ]

    def store(self, decision: Decision) -> None:
        """Keep what was decided, and the index of places with it."""
        keys = [
            key
            for change in decision.changes
            for key in nodes_above(decision.queue, change.after.place or 0)
        ]
        known = {key: self.nodes[key] for key in keys if key in self.nodes}
        self.queue, written = update(decision.queue, known, decision.changes)
        self.nodes.update({node.key: node for node in written})
        for change in decision.changes:
            key = change.after.key
            self.tickets[key] = change.after
            if change.before is None or not change.before.joined:
                self.line.append(key)
        while self.tickets[self.line[self.head]].first_waiting() is None:
            self.head += 1


def _measured(count: int, batch: int) -> Figures:
    shop, deciding, storing = _shop(), 0.0, 0.0
    for orders in batched(list(_tickets(count, "measured")), batch):
        state, commands = shop.load(list(orders))
        began = time.process_time()
        decision = decide(shop.queue, state, commands, shop.plan, ROOM)
        decided = time.process_time()
        assert isinstance(decision, Decision), f"{decision} was not loaded"
        assert decision.done == len(orders), "not all were decided"
        shop.store(decision)
        deciding += decided - began
        storing += time.process_time() - decided
    return {
        "orders": count,
        "batch": batch,
        "orders_per_second": round(count / deciding),
        "microseconds_per_order": round(1e6 * deciding / count, 1),
        "index_microseconds_per_order": round(1e6 * storing / count, 1),
    }


def _profiled(count: int) -> Iterator[Figures]:
    shop, profile = _shop(), cProfile.Profile()
    for orders in batched(list(_tickets(count // 3, "profiled")), BATCHES[-1]):
        state, commands = shop.load(list(orders))
        profile.enable()
        decision = decide(shop.queue, state, commands, shop.plan, ROOM)
        profile.disable()
        assert isinstance(decision, Decision), f"{decision} was not loaded"
        shop.store(decision)
    stats = pstats.Stats(profile)
    rows = stats.stats.items()  # type: ignore[attr-defined]
    whole = sum(own for _, (_, _, own, _, _) in rows)
    slowest = sorted(rows, key=lambda row: -row[1][2])[:SLOWEST]
    for (file, _, name), (_, calls, own, _, _) in slowest:
        yield {
            "bench": "engine",
            "case": f"profile of {BATCHES[-1]} at a time",
            "function": name if file == "~" else f"{Path(file).stem}.{name}",
            "calls_per_order": round(calls / (count // 3), 1),
            "of_all_time": round(own / whole, 3),
        }


def _shop() -> Shop:
    shop = Shop()
    for orders in batched(list(_tickets(WAITING, "waiting")), BATCHES[-1]):
        state, commands = shop.load(list(orders))
        decision = decide(shop.queue, state, commands, shop.plan, ROOM)
        assert isinstance(decision, Decision), f"{decision} was not loaded"
        shop.store(decision)
    return shop


def _tickets(count: int, name: str) -> Iterator[Ticket]:
    """Yield tickets that were accepted and not settled yet."""
    random = Random(name)
    for number, order in enumerate(one_line_orders(count)):
        paid = order["lines"][0]["paid"]
        yield Ticket(
            queue=QUEUE,
            order=OrderId(f"{name}-{number}"),
            member=MemberId(f"m{random.randrange(max(1, count // 5))}"),
            lines=(
                TicketLine(
                    LineId("1"),
                    paid,
                    paid,
                    contribution_bps=Bps(1_000),
                    entitlement_bps=Bps(10_000),
                ),
            ),
            paid_at=Instant(number),
        )
