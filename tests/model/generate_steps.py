"""The steps of random scenarios: each function writes one (or few) into a `Story`."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from . import generate_settings as make
from .arithmetic import proportionally_left
from .clock import FIRST_STEP, instant

MEMBERS = ("A", "B", "C", "D")
SWITCHES = (
    {"surplus": "carry"},
    {"surplus": "retain"},
    {"self_funding": True},
    {"self_funding": False},
    {"extraction_bps": 4321},
    {"entitlement": {"fixed_bps": 7777}},
)
QUEUES = {
    "mall": ("shared", "per_product"),
    "stores": ("shared", "per_store"),
    "cashiers": ("shared", "per_cashier"),
}
AMOUNTS = st.one_of(st.integers(1, 30), st.integers(100, 3000))
REPURCHASED_AMOUNTS = st.integers(300, 3000)  # tiny ones make chains of thousands of repurchases


class Story:
    """What the generator must remember while it writes steps."""

    def __init__(self, draw: Any, settings: dict, on: set[str]) -> None:
        self.draw = draw
        self.settings = settings
        self.plans = [name for name in settings if name in make.PLANS]
        self.on = on
        self.now: datetime = instant(FIRST_STEP) - timedelta(minutes=1)
        self.orders: list[dict] = []
        self.steps: list[dict] = []
        self.refunds = 0
        self.withdrawals: list[str] = []
        self.queues = dict(settings.get("queue_rebate", {}))
        self.joined: list[tuple[str, dict, dict]] = []

    def add(self, step: dict, at: datetime | None = None) -> None:
        """Write a step at the next minute or, with the feature `times`, some time later."""
        gaps = [timedelta(minutes=1)]
        if "times" in self.on:
            gaps += [timedelta(hours=5), timedelta(days=1), timedelta(days=3)]
        self.now = at or self.now + self.draw(st.sampled_from(gaps))
        self.steps.append({**step, "at": self.now.isoformat()})


def buy(story: Story, at: datetime | None = None) -> None:
    draw, on = story.draw, story.on
    buyers = (*MEMBERS, *MEMBERS, None) if "guests" in on else MEMBERS
    order: dict[str, Any] = {
        "order": f"o{len(story.orders) + 1}",
        "member": draw(st.sampled_from(buyers)),
    }
    if "stores" in on:
        channel = draw(st.sampled_from(("mall", "mall", "store", "cashier")))
        if channel != "mall":
            order.update(channel=channel, store=draw(st.sampled_from(make.STORES)))
    if "levels" in on and order["member"] and draw(st.integers(0, 3)) == 0:
        order["level"] = draw(st.sampled_from((*make.LEVELS, None)))
    count = draw(st.integers(1, 3)) if "multi_line" in on and draw(st.booleans()) else 1
    rows = [line(story, order, number) for number in range(1, count + 1)]
    if count == 1 and draw(st.booleans()):
        rows[0].pop("line")
        story.add({"buy": {**order, **rows[0]}}, at)
        rows[0]["line"] = "1"
    else:
        story.add({"buy": {**order, "lines": rows}}, at)
    story.joined += [(likely_queue(story.queues, order, row), order, row) for row in rows]
    left = {row["line"]: row["paid"] for row in rows}
    story.orders.append(
        {"id": order["order"], "buy": order, "rows": rows, "left": left, "completed": False}
    )
    story.orders[-1]["step"] = story.steps[-1]


def line(story: Story, order: dict, number: int) -> dict:
    draw, on = story.draw, story.on
    amounts = REPURCHASED_AMOUNTS if "order_queue" in story.plans else AMOUNTS
    row: dict = {"line": str(number), "paid": draw(amounts)}
    if draw(st.booleans()):
        row["product"] = draw(st.sampled_from(make.PRODUCTS))
    if "deducted" in on and draw(st.integers(0, 3)) == 0:
        row["deducted"] = draw(st.integers(0, 50))
    if "cumulative" in on and order.get("channel") is None:
        make.pick(draw, row, "supply", ("self", "supplier", "aggregated"))
    if "union" in story.plans and draw(st.booleans()):
        row["profit"] = draw(st.integers(-row["paid"] // 4, row["paid"]))
    return row


def complete(story: Story) -> None:
    open_orders = [order for order in story.orders if not order["completed"]]
    if open_orders:
        order = story.draw(st.sampled_from(open_orders))
        order["completed"] = True
        story.add({"complete": order["id"]})


def refund(story: Story) -> None:
    draw = story.draw
    if not story.orders:
        return
    order = draw(st.sampled_from(story.orders))
    line_id = draw(st.sampled_from(sorted(order["left"])))
    left = order["left"][line_id]
    too_much = "refusals" in story.on and draw(st.integers(0, 7)) == 0
    if left == 0 and not too_much:
        return
    amount = left + 1 if too_much else draw(st.one_of(st.just(left), st.integers(1, left)))
    if not too_much:
        order["left"][line_id] -= amount
    story.refunds += 1
    detail = {"order": order["id"], "line": line_id, "amount": amount, "id": f"r{story.refunds}"}
    story.add({"refund": detail})


def refund_as_shops_do(story: Story) -> None:
    """Rule 1.6.6: an amount without lines; or lines of 0, and lines named twice."""
    draw = story.draw
    if not story.orders:
        return
    order = draw(st.sampled_from(story.orders))
    left = order["left"]
    total = sum(left.values())
    if total == 0:
        return
    story.refunds += 1
    detail: dict[str, Any] = {"order_id": order["id"], "refund_id": f"r{story.refunds}"}
    amount = draw(st.one_of(st.just(total), st.integers(1, total)))
    if draw(st.booleans()):
        detail["amount"] = amount
        parts = proportionally_left(list(left.values()), amount)
        order["left"] = dict(zip(left, parts, strict=True))
    else:
        line_id = draw(st.sampled_from([name for name in left if left[name]]))
        first = draw(st.integers(0, left[line_id]))
        second = (
            draw(st.integers(0 if first else 1, left[line_id] - first))
            if first < left[line_id]
            else 0
        )
        left[line_id] -= first + second
        free = draw(st.sampled_from(sorted(left)))
        rows = [(line_id, first), (free, 0), (line_id, second)]
        detail["lines"] = [{"line_id": name, "amount": amount} for name, amount in rows]
    story.add({"event": {"detail-type": "OrderRefunded", "detail": detail}})
    detail["refunded_at"] = story.now.isoformat()


def lower_exits(story: Story) -> None:
    """Rule 4.3: N lowered or raised while entries wait."""
    exits = story.draw(st.integers(1, 4))
    if exits > 1 or story.settings["order_queue"]["reward_bps"] < 10_000:
        story.add({"set": {"order_queue": {"rewards_to_exit": exits}}})


def set_cap(story: Story) -> None:
    """Rule 8.4: a cap set or lifted counts what the day has paid already."""
    most = story.draw(st.sampled_from((None, 0, 100, 900, 5000)))
    story.add({"set": {"guards": {"rebates_per_day": most}}})


def pause(story: Story) -> None:
    story.add({"set": {"queue_rebate": {"paused": story.draw(st.booleans())}}})


def switch(story: Story) -> None:
    story.add({"set": {"queue_rebate": story.draw(st.sampled_from(SWITCHES))}})


def switch_queues(story: Story) -> None:
    """Rule 1.4.1: queues put apart or together, which is acknowledged where entries wait."""
    name = story.draw(st.sampled_from(sorted(QUEUES)))
    to = story.draw(st.sampled_from(QUEUES[name]))
    accepted = {"acknowledged": [f"queue_rebate.{name}={to}"]}
    story.queues[name] = to
    story.add({"set": {"queue_rebate": {name: to}, "guards": accepted}})


def move(story: Story) -> None:
    """Rules 1.4.1 and 1.5.5: what waits in a queue that is stalled, or is not, is to go on."""
    queues = sorted({*(queue for queue, *_ in story.joined), "product/p1"})
    stalled = [queue for queue, *line in story.joined if likely_queue(story.queues, *line) != queue]
    often = [*queues, *(stalled * 4)]
    story.add({"move": {"queue": story.draw(st.sampled_from(often))}})


def some_entry(story: Story) -> dict | None:
    """An entry's likely name: {"queue", "entry"}; now and then one that does not exist."""
    if not story.orders:
        return None
    order = story.draw(st.sampled_from(story.orders))
    row = story.draw(st.sampled_from(order["rows"]))
    queue = likely_queue(story.settings.get("queue_rebate", {}), order["buy"], row)
    if story.draw(st.integers(0, 9)) == 0:
        queue = story.draw(st.sampled_from(["mall", "product/p1", "stores", "nowhere"]))
    return {"queue": queue, "entry": f"{order['id']}/{row['line']}"}


def likely_queue(plan: dict, order: dict, row: dict) -> str:
    """The queue of a line under some settings of the plan."""
    channel, store = order.get("channel", "mall"), order.get("store")
    if channel == "mall":
        return (
            f"product/{row.get('product', 'p1')}" if plan.get("mall") == "per_product" else "mall"
        )
    if plan.get(f"{channel}s") == "shared":
        return f"{channel}s"
    return f"{channel}/{store}"


def exchange(story: Story) -> None:
    entry = some_entry(story)
    if entry is not None:
        into = story.draw(st.sampled_from(["points", "love", "voucher"]))
        story.add({"exchange": {**entry, "into": into}})


def draw_prize(story: Story) -> None:
    entry = some_entry(story)
    if entry is not None:
        story.add({"draw": entry})


def clear(story: Story) -> None:
    story.add({"run": "clear"})


def run(story: Story) -> None:
    kinds = {"red_packet": "average", "union": "union"}
    if "dividend" in story.on:
        kinds["referral"] = "dividend"
    fitting = [kind for plan, kind in kinds.items() if plan in story.plans]
    if fitting:
        story.add({"run": story.draw(st.sampled_from(fitting))})


def save_product(story: Story) -> None:
    draw = story.draw
    detail = {
        "product_id": draw(st.sampled_from(make.PRODUCTS)),
        "name": "a product",
        "store_id": None,
    }
    make.pick(draw, detail, "supply", ("self", "supplier", "aggregated"))
    make.pick(draw, detail, "on_sale", (True, False))
    make.pick(draw, detail, "margin_bps", (None, 1234, 4000))
    story.add({"event": {"detail-type": "ProductSaved", "detail": detail}})
    if draw(st.booleans()) and "queue_rebate" in story.plans:
        story.add({"set": {"queue_rebate": {"new_products": draw(st.booleans())}}})


def save_member(story: Story) -> None:
    draw = story.draw
    detail: dict[str, Any] = {"member_id": draw(st.sampled_from(MEMBERS)), "nickname": "somebody"}
    make.pick(draw, detail, "level", (*make.LEVELS, None))
    make.pick(draw, detail, "rank", ("captain", "director", None))
    make.pick(draw, detail, "referrer_id", (*MEMBERS, None))
    story.add({"event": {"detail-type": "MemberSaved", "detail": detail}})


def repeat(story: Story) -> None:
    """The same order again, word for word: a no-op, where its level does not depend on now."""
    may_change = "members" in story.on
    fixed = [order for order in story.orders if not may_change or "level" in order["buy"]]
    if fixed:
        order = story.draw(st.sampled_from(fixed))
        now = story.now
        story.steps.append(dict(order["step"]))
        story.now = now


def contradict(story: Story) -> None:
    """A known order id with another amount: refused."""
    if story.orders:
        order = story.draw(st.sampled_from(story.orders))
        changed = {**order["buy"], "paid": 99_999}
        story.add({"buy": changed}, instant(order["step"]["at"]))
        story.now = max(instant(step["at"]) for step in story.steps)


def early(story: Story) -> None:
    """A completion, a refund or both, and then the order that they are about."""
    draw = story.draw
    order_id = f"o{len(story.orders) + 1}"
    paid_at = story.now + timedelta(minutes=5)
    kinds = draw(st.sampled_from([["c"], ["r"], ["c", "r"], ["r", "c"]]))
    hours = draw(st.lists(st.integers(1, 30), min_size=2, max_size=2))
    amount = draw(st.integers(1, 40))
    for kind, later in zip(kinds, hours, strict=False):
        at = (paid_at + timedelta(hours=later)).isoformat()
        if kind == "c":
            completion = {"order_id": order_id, "completed_at": at}
            story.add({"event": {"detail-type": "OrderCompleted", "detail": completion}})
        else:
            story.refunds += 1
            detail = {"order_id": order_id, "refund_id": f"r{story.refunds}", "refunded_at": at}
            rows = [{"line_id": "1", "amount": amount}]
            story.add(
                {"event": {"detail-type": "OrderRefunded", "detail": {**detail, "lines": rows}}}
            )
    buy(story, max(paid_at, story.now))
    order = story.orders[-1]
    order["completed"] = "c" in kinds
    if "r" in kinds and order["left"]["1"] >= amount:
        order["left"]["1"] -= amount


def withdraw(story: Story) -> None:
    draw = story.draw
    name = f"w{len(story.withdrawals) + 1}"
    story.withdrawals.append(name)
    wish = {"member": draw(st.sampled_from(MEMBERS)), "amount": draw(AMOUNTS), "id": name}
    story.add({"withdraw": wish})


def decide(story: Story) -> None:
    if not story.withdrawals:
        return
    draw = story.draw
    told = draw(
        st.sampled_from(
            (
                {"approve": True},
                {"approve": True, "by": "x"},
                {"approve": False},
                {"paid": "b1"},
                {"failed": True},
                {"failed": True, "paid": "b1"},
            )
        )
    )
    story.add({"decide": {"id": draw(st.sampled_from(story.withdrawals)), **told}})


def adjust(story: Story) -> None:
    """Something to spend, or a debt."""
    draw = story.draw
    assets = ("cash", "points", "love", "love_frozen", "voucher")
    wish = {"member": draw(st.sampled_from(MEMBERS)), "asset": draw(st.sampled_from(assets))}
    wish |= {"amount": draw(st.integers(-20, 400)), "reason": "generated"}
    wish |= {"id": f"a{draw(st.integers(1, 4))}", "by": draw(st.sampled_from("xy"))}
    if draw(st.booleans()):
        wish["below_zero"] = True
    if draw(st.integers(0, 5)) == 0:
        wish["approve"] = False
    story.add({"adjust": wish})


def spend(story: Story) -> None:
    draw = story.draw
    wish = {"member": draw(st.sampled_from(MEMBERS)), "order": "o1"}
    wish |= {"asset": draw(st.sampled_from(("points", "love", "voucher")))}
    name = f"s{draw(st.integers(1, 3))}"
    story.add({"spend": {**wish, "amount": draw(st.integers(0, 200)), "id": name}})


def give_back(story: Story) -> None:
    draw = story.draw
    names = {"id": f"b{draw(st.integers(1, 3))}", "spend": f"s{draw(st.integers(1, 3))}"}
    story.add({"give_back": {**names, "amount": draw(st.integers(0, 100))}})


def redeem(story: Story) -> None:
    """A gift is offered, had, or on its way."""
    draw = story.draw
    match draw(st.integers(0, 3)):
        case 0:
            price = {draw(st.sampled_from(("points", "love"))): draw(st.integers(1, 60))}
            offer = {"id": "g1", "price": price, "stock": draw(st.sampled_from((None, 1, 3)))}
            story.add({"gift": {**offer, "limit": draw(st.sampled_from((None, 1, 2)))}})
        case 1:
            state = draw(st.sampled_from(("sent", "done", "cancelled")))
            story.add({"gift_state": {"id": f"r{draw(st.integers(1, 3))}", "state": state}})
        case _:
            wish = {"member": draw(st.sampled_from(MEMBERS)), "gift": "g1"}
            wish |= {"id": f"r{draw(st.integers(1, 3))}", "quantity": draw(st.integers(0, 2))}
            story.add({"redeem": wish})


def thaw(story: Story) -> None:
    draw = story.draw
    wish = {"member": draw(st.sampled_from(MEMBERS)), "id": f"t{draw(st.integers(1, 3))}"}
    if draw(st.booleans()):
        wish["amount"] = draw(st.integers(0, 100))
    story.add({"thaw": wish})


def transfer(story: Story) -> None:
    draw = story.draw
    giver, taker = draw(st.permutations(MEMBERS))[:2]
    wish = {"from": giver, "to": taker, "asset": draw(st.sampled_from(("points", "love")))}
    story.add({"transfer": {**wish, "amount": draw(st.integers(1, 300))}})
