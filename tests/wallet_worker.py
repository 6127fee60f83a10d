"""What one process does in `test_wallet_races`: it asks for more than there is."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import App, wire
from rebate.domain.errors import Mismatch, Rejected, Unavailable
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId, StoreId
from rebate.usecases.identity.use_link import use_link
from rebate.usecases.merchants.apply import own_application
from rebate.usecases.merchants.decide_application import Decider, approve
from rebate.usecases.merchants.rights import change_staff
from rebate.usecases.money.decide_withdrawal import decide_withdrawal
from rebate.usecases.money.redeem_gift import redeem_gift
from rebate.usecases.money.request_withdrawal import request_withdrawal
from rebate.usecases.money.spend import spend
from rebate.usecases.money.transfer import transfer
from rebate.usecases.people.bind_referrer import bind_referrer
from tests.worker import PREFIX, REGION

A, B = MemberId("A"), MemberId("B")
LINKED, BOUND = MemberId("linked"), MemberId("bound")
MERCHANTS = (MemberId("M1"), MemberId("M2"))
OWNERS = (MemberId("O1"), MemberId("O2"))
STORE, OWNED = StoreId("W"), StoreId("owned")
LINK_CODE = "AAAAAAAAAA"
PAYOUT = "decided by all"
ROUNDS = 4
SHARED = "everybody's"
"""The id that all processes use: it counts once."""

Ask = Callable[[App, str], object]


def _withdraw(app: App, name: str) -> object:
    return request_withdrawal(app.wallets, name, A, Amount(300), app.clock.now())


def _spend(app: App, name: str) -> object:
    order = OrderId(name)
    return spend(app.wallets, name, A, "points", Amount(300), order, app.clock.now(), shop="s")


def _transfer(app: App, name: str) -> object:
    return transfer(app.wallets, name, A, B, "points", Amount(300), app.clock.now())


def _redeem(app: App, name: str) -> object:
    return redeem_gift(app.wallets, name, B, "g", 1, app.clock.now())


def _link(app: App, name: str) -> object:
    """Use the one code of a member as another account."""
    return use_link(app.wallets, f"account {name}", LINK_CODE, is_verified=True)


def _bind(app: App, name: str) -> object:
    """Be bound to another referrer, who did not buy either."""
    return bind_referrer(app.people, BOUND, MemberId(f"referrer {name}"))


def _approve(app: App, name: str) -> object:
    """Approve one of two applications, to a store of its own or to one that both want."""
    merchant = MERCHANTS[len(name) % len(MERCHANTS)]
    asked = own_application(app.people, merchant)
    return approve(app.people, asked.id, STORE, Decider(f"operator {name}"))


def _decide(app: App, name: str) -> object:
    """Approve, or reject: what was decided first holds."""
    by, approves = f"operator {name}", name.endswith("0")
    decided = decide_withdrawal(app.wallets, PAYOUT, approve=approves, by=by)
    assert decided.approved is approves
    return decided


def _depose(app: App, name: str) -> object:
    """Take the other owner's right away."""
    by, other = OWNERS if name.endswith(("0", "2")) else OWNERS[::-1]
    return change_staff(app.people, OWNED, by, other, None)


ASKS: dict[str, Ask] = {
    "withdraw": _withdraw,
    "spend": _spend,
    "transfer": _transfer,
    "redeem": _redeem,
    "link": _link,
    "bind": _bind,
    "approve": _approve,
    "decide": _decide,
    "depose": _depose,
}


def work(number: int, folder: Path, endpoint: str) -> None:
    """Ask for everything, in an order of one's own; note what was granted."""
    app = wire(DynamoStore(PREFIX, REGION, endpoint))
    chance = Random(number)
    wishes = [(kind, SHARED) for kind in ASKS]
    wishes += [(kind, f"{number}-{turn}") for kind in ASKS for turn in range(ROUNDS)]
    granted = []
    for kind, name in chance.sample(wishes, len(wishes)):
        if _is_granted(ASKS[kind], app, name):
            granted.append((kind, name))
    (folder / f"granted-{number}").write_text(json.dumps(granted), encoding="utf-8")


def _is_granted(ask: Ask, app: App, name: str) -> bool:
    while True:
        try:
            ask(app, name)
        except (Rejected, Mismatch):
            return False
        except Unavailable:
            continue
        return True
