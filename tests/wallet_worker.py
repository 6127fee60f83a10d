"""What one process does in `test_wallet_races`: it asks for more than members have."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import wire
from rebate.domain.errors import Rejected, Unavailable
from rebate.domain.names import MemberId, OrderId
from rebate.usecases.money.ledger import WalletLedger
from rebate.usecases.money.redeem_gift import redeem_gift
from rebate.usecases.money.request_withdrawal import request_withdrawal
from rebate.usecases.money.spend import spend
from rebate.usecases.money.transfer import transfer
from tests.worker import PREFIX, REGION

A, B = MemberId("A"), MemberId("B")
ROUNDS = 4
SHARED = "everybody's"
"""The id that all processes use: it counts once."""

Ask = Callable[[WalletLedger, str], object]


ASKS: dict[str, Ask] = {
    "withdraw": lambda ledger, name: request_withdrawal(ledger, name, A, 300, ledger.clock.now()),
    "spend": lambda ledger, name: spend(
        ledger, name, A, "points", 300, OrderId(name), ledger.clock.now(), shop="s"
    ),
    "transfer": lambda ledger, name: transfer(
        ledger, name, A, B, "points", 300, ledger.clock.now()
    ),
    "redeem": lambda ledger, name: redeem_gift(ledger, name, B, "g", 1, ledger.clock.now()),
}


def work(number: int, folder: Path, endpoint: str) -> None:
    """Ask for everything, in an order of one's own; note what was granted."""
    ledger = wire(DynamoStore(PREFIX, REGION, endpoint)).wallets
    chance = Random(number)
    wishes = [(kind, SHARED) for kind in ASKS]
    wishes += [(kind, f"{number}-{turn}") for kind in ASKS for turn in range(ROUNDS)]
    granted = []
    for kind, name in chance.sample(wishes, len(wishes)):
        if _is_granted(ASKS[kind], ledger, name):
            granted.append((kind, name))
    (folder / f"granted-{number}").write_text(json.dumps(granted), encoding="utf-8")


def _is_granted(ask: Ask, ledger: WalletLedger, name: str) -> bool:
    while True:
        try:
            ask(ledger, name)
        except Rejected:
            return False
        except Unavailable:
            continue
        return True
