"""Made-up real events: a few days of a shop, as EventBridge entries in order of time."""

import json
import random
from datetime import datetime, timedelta

BEGIN = datetime.fromisoformat("2026-03-01T08:00:00+08:00")
SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
    },
}


def entry(kind, at, **detail):
    return {
        "source": "shop.test",
        "detail-type": kind,
        "time": at.isoformat(),
        "detail": detail,
    }


def shop_events(orders, seed="retail"):
    """Return the events of so many orders: payments, completions, some refunds."""
    chance = random.Random(seed)
    entries = []
    at = BEGIN
    for number in range(orders):
        at += timedelta(minutes=chance.randint(0, 40))
        order = f"o{number}"
        lines = [
            {"line_id": str(place), "product_id": f"p{chance.randint(1, 6)}", "paid": amount}
            for place, amount in enumerate(chance.choices(range(1, 20_000), k=chance.randint(1, 5)))
        ]
        entries.append(
            entry(
                "OrderPaid",
                at,
                order_id=order,
                member={"id": f"m{chance.randint(1, 12)}", "level": None},
                channel="mall",
                paid_at=at.isoformat(),
                lines=lines,
            )
        )
        done = at + timedelta(minutes=chance.randint(1, 600))
        completed = {"order_id": order, "completed_at": done.isoformat()}
        entries.append(entry("OrderCompleted", done, **completed))
        if chance.random() < 0.15:
            back = at + timedelta(minutes=chance.randint(1, 900))
            line = chance.choice(lines)
            refunded = [{"line_id": line["line_id"], "amount": -(-line["paid"] // 2)}]
            refund = {"order_id": order, "refund_id": f"r-{order}", "lines": refunded}
            entries.append(entry("OrderRefunded", back, **refund, refunded_at=back.isoformat()))
    return sorted(entries, key=lambda each: each["time"])


def write_lines(file, entries):
    file.write_text("".join(f"{json.dumps(each)}\n" for each in entries), encoding="utf-8")
    return file


def document(settings, entries):
    """Return the same as a scenario, for the model of the rules."""
    events = [{name: each[name] for name in ("detail-type", "detail")} for each in entries]
    return {"settings": settings, "steps": [{"event": event} for event in events]}
