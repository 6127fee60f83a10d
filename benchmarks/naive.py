"""The baseline: a mall queue as it is built at first, one transaction an order.

Every order reads the queue's row and the entries at its head, works out who is paid, and writes
everything at once under the condition that the queue's row is as it was read; if somebody else was
quicker it waits a little and starts again. It is exact, and it is what the engine is measured by:
plain attributes, only the rows and reads that are needed, no settings to look up.

It knows Rules 1.2.1 to 1.2.4 with fixed ratios, surplus retained, in one mall queue.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

QUEUE = "mall"
WHOLE = 10_000
ATTEMPTS_MAX = 1_000
PAUSE_SECONDS = 0.005
PAUSE_SECONDS_MAX = 0.2
HEADS = 2
"""Entries read at first; nearly always enough for one order."""

_KEYS = {
    "orders": (("id", "S"),),
    "queues": (("id", "S"),),
    "entries": (("queue", "S"), ("place", "N")),
    "wallets": (("member", "S"),),
    "journal": (("id", "S"),),
}


class Conflicting(Exception):
    """An order's id is known with other content."""


@dataclass(slots=True)
class Head:
    """An entry that is paid by an order, as it is afterwards."""

    place: int
    member: str
    order: str
    line: str
    entitlement: int
    paid: int
    got: int = 0

    @property
    def outstanding(self) -> int:
        """What is still to be paid."""
        return self.entitlement - self.paid


@dataclass(slots=True)
class Mall:
    """Accepts and settles orders of one mall queue, each in one transaction of its own."""

    client: Any
    extraction_bps: int
    entitlement_bps: int
    prefix: str = "naive-"
    conflicts: int = 0
    _random: random.Random = field(default_factory=random.Random)

    def create_tables(self) -> None:
        """Make the tables."""
        for name, keys in _KEYS.items():
            self.client.create_table(
                TableName=self._table(name),
                AttributeDefinitions=[
                    {"AttributeName": key, "AttributeType": kind} for key, kind in keys
                ],
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind}
                    for (key, _), kind in zip(keys, ("HASH", "RANGE"), strict=False)
                ],
                BillingMode="PAY_PER_REQUEST",
            )

    def accept(self, order: Mapping[str, Any]) -> bool:
        """Accept and settle a paid order; False if it was known.

        Raises:
            Conflicting: it was known with other content.
        """
        for attempt in range(ATTEMPTS_MAX):
            if attempt:
                most = min(PAUSE_SECONDS_MAX, PAUSE_SECONDS * 2**attempt)
                time.sleep(self._random.uniform(0, most))
            try:
                self.client.transact_write_items(TransactItems=self._writes(order))
            except ClientError as error:
                reasons = error.response.get("CancellationReasons")
                if error.response["Error"]["Code"] != "TransactionCanceledException":
                    raise
                if reasons and reasons[0]["Code"] == "ConditionalCheckFailed":
                    return self._known(order)
                self.conflicts += 1
            else:
                return True
        raise RuntimeError(f"order {order['order_id']}: {ATTEMPTS_MAX} attempts were not enough")

    def outcome(self) -> dict[str, Any]:
        """Return what queue, wallets and platform came to, in the form of scenarios."""
        queue = self._queue()
        rows = self._all("entries")
        rows.sort(key=lambda row: int(row["place"]["N"]))
        wallets = {
            row["member"]["S"]: {"cash": int(row["cash"]["N"])} for row in self._all("wallets")
        }
        return {
            "wallets": wallets,
            "queues": {QUEUE: {"pool": 0, "entries": [_shown(row) for row in rows]}},
            "platform": {"contributed": queue["contributed"], "retained": queue["retained"]},
        }

    def _writes(self, order: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Read what the order meets, and return the transaction that settles it."""
        queue = self._queue()
        wanted = sum(_share(line["paid"], self.extraction_bps) for line in order["lines"])
        paid, reached = self._pay(queue, wanted)
        retained = wanted - sum(head.got for head in paid)
        earned = [
            (line, _share(line["paid"], self.entitlement_bps))
            for line in order["lines"]
            if _share(line["paid"], self.entitlement_bps)
        ]
        now = {
            "version": queue["version"] + 1,
            "head": reached,
            "next": queue["next"] + len(earned),
            "contributed": queue["contributed"] + wanted,
            "retained": queue["retained"] + retained,
        }
        writes = [self._order_row(order, wanted), self._queue_row(queue, now)]
        for number, (line, entitlement) in enumerate(earned):
            writes.append(self._entry_row(queue["next"] + number, order, line, entitlement))
        writes += [self._paid_row(head) for head in paid]
        writes += self._wallet_rows(paid)
        writes.append(self._journal_row(now["version"], order, wanted, retained, paid))
        return writes

    def _pay(self, queue: Mapping[str, int], amount: int) -> tuple[list[Head], int]:
        """Return the entries that an amount pays, and the first place that waits afterwards."""
        paid: list[Head] = []
        reached = queue["head"]
        while amount and reached < queue["next"]:
            heads = [head for head in self._heads(reached, HEADS) if head.place < queue["next"]]
            if not heads:  # others were quicker, so the queue's version will refuse this
                break
            for head in heads:
                head.got = min(amount, head.outstanding)
                head.paid += head.got
                amount -= head.got
                paid.append(head)
                reached = head.place + (not head.outstanding)
                if not amount:
                    break
        return paid, reached

    def _queue(self) -> dict[str, int]:
        found = self.client.get_item(
            TableName=self._table("queues"), Key={"id": {"S": QUEUE}}, ConsistentRead=True
        ).get("Item", {})
        names = ("version", "head", "next", "contributed", "retained")
        return {name: int(found[name]["N"]) if found else 0 for name in names}

    def _heads(self, start: int, count: int) -> list[Head]:
        found = self.client.query(
            TableName=self._table("entries"),
            KeyConditionExpression="#queue = :queue AND place >= :start",
            ExpressionAttributeNames={"#queue": "queue"},
            ExpressionAttributeValues={":queue": {"S": QUEUE}, ":start": {"N": str(start)}},
            ConsistentRead=True,
            Limit=count,
        )["Items"]
        return [
            Head(
                place=int(row["place"]["N"]),
                member=row["member"]["S"],
                order=row["order"]["S"],
                line=row["line"]["S"],
                entitlement=int(row["entitlement"]["N"]),
                paid=int(row["paid"]["N"]),
            )
            for row in found
        ]

    def _order_row(self, order: Mapping[str, Any], contribution: int) -> dict[str, Any]:
        lines = [
            {"M": {"id": {"S": line["line_id"]}, "paid": _number(line["paid"])}}
            for line in order["lines"]
        ]
        item = {
            "id": {"S": order["order_id"]},
            "digest": {"S": digest(order)},
            "member": {"S": order["member"]["id"]},
            "paid_at": {"S": order["paid_at"]},
            "lines": {"L": lines},
            "contribution": _number(contribution),
            "extraction_bps": _number(self.extraction_bps),
            "entitlement_bps": _number(self.entitlement_bps),
        }
        return self._put("orders", item, "attribute_not_exists(id)")

    def _queue_row(self, before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, Any]:
        item = {"id": {"S": QUEUE}, **{name: _number(value) for name, value in now.items()}}
        if not before["version"]:
            return self._put("queues", item, "attribute_not_exists(id)")
        put = self._put("queues", item, "version = :before")
        put["Put"]["ExpressionAttributeValues"] = {":before": _number(before["version"])}
        return put

    def _entry_row(
        self, place: int, order: Mapping[str, Any], line: Mapping[str, Any], entitlement: int
    ) -> dict[str, Any]:
        item = {
            "queue": {"S": QUEUE},
            "place": _number(place),
            "order": {"S": order["order_id"]},
            "line": {"S": line["line_id"]},
            "member": {"S": order["member"]["id"]},
            "entitlement": _number(entitlement),
            "paid": _number(0),
            "status": {"S": "waiting"},
        }
        return self._put("entries", item)

    def _paid_row(self, head: Head) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table("entries"),
                "Key": {"queue": {"S": QUEUE}, "place": _number(head.place)},
                "UpdateExpression": "SET paid = :paid, #status = :status",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {
                    ":paid": _number(head.paid),
                    ":status": {"S": "waiting" if head.outstanding else "completed"},
                },
            }
        }

    def _wallet_rows(self, paid: list[Head]) -> list[dict[str, Any]]:
        sums: dict[str, int] = {}
        for head in paid:
            sums[head.member] = sums.get(head.member, 0) + head.got
        return [
            {
                "Update": {
                    "TableName": self._table("wallets"),
                    "Key": {"member": {"S": member}},
                    "UpdateExpression": "ADD cash :got, version :one",
                    "ExpressionAttributeValues": {":got": _number(got), ":one": _number(1)},
                }
            }
            for member, got in sums.items()
        ]

    def _journal_row(
        self,
        number: int,
        order: Mapping[str, Any],
        contribution: int,
        retained: int,
        paid: list[Head],
    ) -> dict[str, Any]:
        postings = [("contributed", -contribution, ""), ("retained", retained, "")]
        postings += [(f"wallet/{h.member}", h.got, f"{h.order}/{h.line}") for h in paid]
        item = {
            "id": {"S": f"{QUEUE}#{number}"},
            "order": {"S": order["order_id"]},
            "at": {"S": order["paid_at"]},
            "postings": {
                "L": [
                    {"M": {"account": {"S": a}, "amount": _number(n), "entry": {"S": e}}}
                    for a, n, e in postings
                    if n
                ]
            },
        }
        return self._put("journal", item)

    def _put(self, table: str, item: Mapping[str, Any], condition: str = "") -> dict[str, Any]:
        put = {"TableName": self._table(table), "Item": item}
        return {"Put": put | ({"ConditionExpression": condition} if condition else {})}

    def _known(self, order: Mapping[str, Any]) -> bool:
        found = self.client.get_item(
            TableName=self._table("orders"),
            Key={"id": {"S": order["order_id"]}},
            ConsistentRead=True,
        )["Item"]
        if found["digest"]["S"] != digest(order):
            raise Conflicting(order["order_id"])
        return False

    def _all(self, table: str) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("scan").paginate(
            TableName=self._table(table), ConsistentRead=True
        )
        return [row for page in pages for row in page["Items"]]

    def _table(self, name: str) -> str:
        return f"{self.prefix}{name}"


def _share(amount: int, bps: int) -> int:
    return amount * bps // WHOLE


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def digest(order: Mapping[str, Any]) -> str:
    return sha256(repr(sorted(order.items())).encode()).hexdigest()


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "entry": f"{row['order']['S']}/{row['line']['S']}",
        "member": row["member"]["S"],
        "status": row["status"]["S"],
        "entitlement": int(row["entitlement"]["N"]),
        "paid": int(row["paid"]["N"]),
    }
