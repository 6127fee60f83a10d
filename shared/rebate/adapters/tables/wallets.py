"""Wallets: balances that transactions add to, so that queues need not wait for each other."""

from typing import Any

from pynamodb.attributes import NumberAttribute

from rebate.adapters.tables.base import Item, Table
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.domain.wallets import Wallet


class WalletsTable(Table[Wallet]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "wallets"
    kind = Wallet

    cash = NumberAttribute(null=True)
    pending = NumberAttribute(null=True)
    held = NumberAttribute(null=True)
    points = NumberAttribute(null=True)
    love = NumberAttribute(null=True)
    love_frozen = NumberAttribute(null=True)
    voucher = NumberAttribute(null=True)

    @classmethod
    def row(cls, item: Item) -> Wallet:
        """Return the balances of a member; there is no body to decode."""
        numbers = {name: int(value["N"]) for name, value in item.items() if "N" in value}
        balances = {
            pocket: Amount(numbers[pocket]) for pocket in BalanceType if numbers.get(pocket)
        }
        return Wallet(MemberId(item["partition"]["S"]), numbers.get("version", 0), balances)


def additions(amounts: tuple[tuple[BalanceType, Amount], ...]) -> dict[str, Any]:
    """Return the update that adds to balances and counts the change."""
    more: dict[str, int] = {"version": 1, **dict(amounts)}
    return {
        "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in more),
        "ExpressionAttributeNames": {f"#{name}": name for name in more},
        "ExpressionAttributeValues": {f":{name}": {"N": str(n)} for name, n in more.items()},
    }
