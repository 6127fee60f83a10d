"""What members are told of a line, in facts and without dates (rule 8.7)."""

from rebate.domain.money import Amount, Bps
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What a line was paid in the last days that are over, and what stands ahead of a member.

    `ahead` is what those lack who stand before the member's first waiting entry; null: none waits.
    `ever_paid_bps` is the largest share of all promises that can ever be paid at the ratios in
    force; null where rewards are counted, or orders give of a profit of which nothing is known.
    `text` says the same in sentences.
    """

    queue: str
    paid_7_days: Amount
    paid_30_days: Amount
    ahead: Amount | None
    ever_paid_bps: Bps | None
    text: tuple[str, ...]
