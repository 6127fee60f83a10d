"""A thin client of the rebate API: send events as a shop, look as an operator.

    shop = Shop("https://…", secret="…", key="k1")
    shop.send("OrderPaid", {"order_id": "o-1", …})

The whole API is described by `GET /v1/openapi.json`; `call` of a client asks anything of it.
"""

from rebate_client.client import Client, Operator, Refused, Shop, Unanswered
from rebate_client.shapes import Balances, EventTaken, LinkOffered, Problem, Receipt

__all__ = [
    "Balances",
    "Client",
    "EventTaken",
    "LinkOffered",
    "Operator",
    "Problem",
    "Receipt",
    "Refused",
    "Shop",
    "Unanswered",
]
