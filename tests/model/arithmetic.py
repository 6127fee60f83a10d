"""Rules 0.2 and 0.3: shares and splits of integer amounts."""


def share(amount: int, bps: int) -> int:
    """Rule 0.3: always rounded down."""
    return amount * bps // 10_000


def split(amount: int, shares_bps: list[int]) -> list[int]:
    """Deal `amount` by shares; where they fall short of 100 %, what they leave is dealt to nobody.

    Units lost to rounding go one each to the receivers in order; a share of 0 receives nothing.
    """
    parts = [share(amount, bps) for bps in shares_bps]
    left_over = share(amount, sum(shares_bps)) - sum(parts)
    for index, bps in enumerate(shares_bps):
        if left_over > 0 and bps > 0:
            parts[index] += 1
            left_over -= 1
    assert left_over == 0
    return parts


def split_equally(amount: int, receivers: int) -> list[int]:
    """Rule 0.3 with equal shares."""
    parts = [amount // receivers] * receivers
    for index in range(amount % receivers):
        parts[index] += 1
    return parts


def proportionally_left(paid: list[int], amount: int) -> list[int]:
    """Rule 1.6.6: what is left where an amount is split in proportion, leftover units in order."""
    total = sum(paid)
    parts = [amount * each // total if total else 0 for each in paid]
    over = amount - sum(parts)
    for index, each in enumerate(paid):
        if over > 0 and parts[index] < each:
            parts[index] += 1
            over -= 1
    return [each - part for each, part in zip(paid, parts, strict=True)]
