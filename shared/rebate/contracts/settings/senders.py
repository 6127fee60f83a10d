"""Settings of senders: who speaks for them, and what they may tell (rule 0.13)."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from rebate.contracts.problems import Problem
from rebate.contracts.scalars import Amount, Id, PositiveCount
from rebate.contracts.settings.fields import setting
from rebate.contracts.validation import Strict

EventType = Literal[
    "OrderPaid",
    "OrderCompleted",
    "OrderRefunded",
    "MemberSaved",
    "ProductSaved",
    "StoreSaved",
    "StoreVisited",
    "StoreRated",
]
PREFIX_CHARS_MAX = 32
KEY_CHARS_MAX = 64
_KEY = re.compile(r"[A-Za-z0-9_.-]+")


def check_key(text: str) -> str:
    """Return the id of a key if it can name a parameter of SSM; raises `key`."""
    if _KEY.fullmatch(text):
        return text
    raise PydanticCustomError("key", "must be made of letters, digits, `_`, `.` and `-`")


Key = Annotated[
    str,
    Field(
        strict=True,
        max_length=KEY_CHARS_MAX,
        json_schema_extra={"minLength": 1, "pattern": f"^{_KEY.pattern}$"},
    ),
    AfterValidator(check_key),
]
"""The id of a key with which a shop signs; also a part of the name under which its secret lies."""
Prefix = Annotated[Id, Field(max_length=PREFIX_CHARS_MAX)]


class SenderSettings(Strict):
    """One sender: a shop, or a service of one, whose orders nobody else may speak for."""

    sources: tuple[Id, ...] = setting(
        "Sources",
        "事件来源",
        "0.13",
        example=["shop.a"],
        default=(),
        note="The bus's `source` of its events. A source that none names is a sender by itself; "
        "a sender without sources and keys is the source of its name.",
    )
    keys: tuple[Key, ...] = setting(
        "Keys",
        "签名密钥",
        "0.13",
        example=["k1"],
        default=(),
        note="Ids of the keys with which it signs over HTTP; each has a secret of its own. "
        "`default` is the key of signatures that name none.",
    )
    prefix: Prefix | None = setting(
        "Prefix",
        "编号前缀",
        "0.13",
        example="a-",
        note="Put before its order, refund, member, product and store ids, with which they are "
        "kept, shown and asked for. It cannot change once the sender has an order.",
    )
    members: Literal["prefixed", "shared"] = setting(
        "Members",
        "会员编号",
        "0.13",
        example="prefixed",
        default="prefixed",
        note="`shared`: ids of members stay as they were sent.",
    )
    types: tuple[EventType, ...] | None = setting(
        "Types of events", "事件类型", "0.13", example=["OrderPaid"], note="Absent: all."
    )
    stores: tuple[Id, ...] | None = setting(
        "Stores",
        "门店",
        "0.13",
        example=["W"],
        note="Stores that its orders may be made in. Absent: all.",
    )
    order_max: Amount | None = setting(
        "Highest amount of an order",
        "单笔订单上限",
        "0.13",
        example=10000000,
        note="Minor units; a higher order is refused.",
    )
    orders_per_minute: PositiveCount | None = setting(
        "Orders a minute",
        "每分钟订单数",
        "0.13",
        example=600,
        note="What comes faster is settled later, and never refused.",
    )


def sender_problems(senders: Mapping[str, SenderSettings]) -> Iterator[Problem]:
    """Yield where two senders would be spoken for by the same source or key, or a name misleads."""
    for kind in ("sources", "keys"):
        owners: dict[str, str] = {}
        for name, sender in senders.items():
            for number, each in enumerate(getattr(sender, kind)):
                path = f"senders.{name}.{kind}[{number}]"
                if each in owners:
                    yield Problem(path, f"speaks for {owners[each]} already")
                elif kind == "sources" and each != name and each in senders:
                    yield Problem(path, "is the name of another sender, so it would be misread")
                owners.setdefault(each, name)
    yield from _same_prefixes(senders)


def _same_prefixes(senders: Mapping[str, SenderSettings]) -> Iterator[Problem]:
    """Yield where two prefixes could make the same id of two: one begins with the other."""
    prefixed = {name: sender.prefix for name, sender in senders.items() if sender.prefix}
    for name, prefix in prefixed.items():
        for other, its in prefixed.items():
            if name != other and prefix.startswith(its) and (prefix != its or name > other):
                message = f"begins as the prefix of {other} does, so ids could be mistaken"
                yield Problem(f"senders.{name}.prefix", message)
