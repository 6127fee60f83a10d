"""Scenario documents played by the kernel, as the naive model plays them."""

from datetime import datetime, timedelta
from typing import Any

from rebate.contracts.events_in import digest, parse_event
from rebate.contracts.settings import InvalidSettings, merge_patch, parse_settings
from rebate.domain.errors import Code
from rebate.domain.times import Instant, instant_of
from rebate.simulation import catalog, queue_rebate
from rebate.simulation.kernel import Kernel, order_of
from rebate.simulation.outcome import check_books, outcome_of
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed

FIRST_STEP = "2026-03-01T10:00:00+08:00"


class Played:
    """A document's outcome and the refusal of each step."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.settings = document["settings"]
        seed = repeatable_seed(document.get("draw_seed", ""))
        self.kernel = Kernel(SimulationRules(self.settings), seed, changes=True)
        self.at = datetime.fromisoformat(FIRST_STEP) - timedelta(minutes=1)
        self.paid: dict[str, str] = {}
        self.refusals: list[str | None] = []
        for member in document.get("members", []):
            detail = {"member_id": member["id"], **member}
            catalog.save_member(self.kernel.world, detail, self.now)
        for member in document.get("members", []):
            catalog.bind(self.kernel.world, member["id"], member.get("referrer"))
        for number, step in enumerate(document["steps"]):
            given = step.get("at")
            self.at = datetime.fromisoformat(given) if given else self.at + timedelta(minutes=1)
            self.kernel.world.arrive(self.now)
            kind = next(key for key in step if key not in ("at", "refused"))
            self.number = number
            refusal = getattr(self, f"_{kind}")(step[kind])
            self.kernel.world.arrive(self.now)
            self.refusals.append(None if refusal is None else str(refusal.value))
            check_books(self.kernel.world)
        self.outcome = outcome_of(self.kernel.world)

    @property
    def now(self) -> Instant:
        return instant_of(self.at)

    def _buy(self, buy: dict[str, Any]) -> Code | None:
        lines = buy.get("lines") or [{**buy, "line": "1"}]
        member: dict[str, Any] | None = {"id": buy["member"]}
        if buy["member"] is None:
            member = None
        elif "level" in buy:
            member = {"id": buy["member"], "level": buy["level"]}
        else:
            level = self.kernel.world.member(buy["member"]).level
            member = {"id": buy["member"], "level": level}
        return self._paid(
            {
                "order_id": buy["order"],
                "member": member,
                "channel": buy.get("channel", "mall"),
                "store_id": buy.get("store"),
                "paid_at": self.at.isoformat(),
                "lines": [self._line(buy, line, n) for n, line in enumerate(lines, start=1)],
            }
        )

    def _line(self, buy: dict[str, Any], line: dict[str, Any], number: int) -> dict[str, Any]:
        return {
            "line_id": str(line.get("line", number)),
            "product_id": line.get("product", buy.get("product", "p1")),
            "supply": line.get("supply", buy.get("supply")),
            "paid": line["paid"],
            "deducted": line.get("deducted", 0),
            "profit": line.get("profit"),
        }

    def _paid(self, detail: dict[str, Any]) -> Code | None:
        guest = {**detail, "member": detail["member"] or {"id": "guest"}}
        content = digest(parse_event("OrderPaid", guest))
        known = self.paid.get(detail["order_id"])
        if known is not None:
            return None if known == content else Code.CONFLICTING_EVENT
        self.paid[detail["order_id"]] = content
        at = instant_of(datetime.fromisoformat(detail["paid_at"]))
        self.kernel.pay(order_of(self.kernel.world, detail, at))
        return None

    def _complete(self, order: str) -> Code | None:
        return self.kernel.complete(order, self.now)

    def _refund(self, refund: dict[str, Any]) -> Code | None:
        detail = {
            "order_id": refund["order"],
            "refund_id": refund.get("id", f"step {self.number}"),
            "lines": [{"line_id": refund.get("line", "1"), "amount": refund["amount"]}],
        }
        return self.kernel.refund(detail, self.now)

    def _event(self, event: dict[str, Any]) -> Code | None:
        kind, detail = event["detail-type"], event["detail"]
        if kind == "OrderPaid":
            return self._paid(detail)
        if kind == "OrderCompleted":
            at = instant_of(datetime.fromisoformat(detail["completed_at"]))
            return self.kernel.complete(detail["order_id"], at)
        if kind == "OrderRefunded":
            at = instant_of(datetime.fromisoformat(detail["refunded_at"]))
            return self.kernel.refund(detail, at)
        at = instant_of(datetime.fromisoformat(event["time"])) if event.get("time") else self.now
        return self.kernel.save(kind, detail, at)

    def _run(self, name: str) -> Code | None:
        self.kernel.run(name, self.now)
        return None

    def _set(self, patch: dict[str, Any]) -> Code | None:
        changed = merge_patch(self.settings, patch)
        try:
            parse_settings(changed)
        except InvalidSettings as invalid:
            return Code(invalid.code)
        self.settings = changed
        self.kernel.change(SimulationRules(changed))
        return None

    def _exchange(self, wish: dict[str, Any]) -> Code | None:
        return queue_rebate.exchange(self.kernel.world, wish["queue"], wish["entry"], wish["into"])

    def _draw(self, wish: dict[str, Any]) -> Code | None:
        return queue_rebate.draw(self.kernel.world, wish["queue"], wish["entry"])
