"""Where the engine and the naive model still follow the rules as they were: to be emptied.

Each tells by a document whether it holds something that the rules now say otherwise. Documents for
which any does are not compared; what the kernel makes of them is tested by examples computed by
hand (`test_rules.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any

Document = Mapping[str, Any]


def _on(document: Document, plan: str) -> bool:
    return plan in document["settings"]


def _refunds(document: Document) -> list[Any]:
    return [step["refund"] for step in document["steps"] if "refund" in step] + [
        step["event"] for step in document["steps"] if _is(step, "OrderRefunded")
    ]


def _is(step: Mapping[str, Any], kind: str) -> bool:
    return bool(step.get("event", {}).get("detail-type") == kind)


def _rewards_cut(document: Document) -> bool:
    return _on(document, "order_queue") and bool(_refunds(document))


def _own_reward_back(document: Document) -> bool:
    return _on(document, "red_packet") and bool(_refunds(document))


def _no_contribution(document: Document) -> bool:
    return "queues_only" in str(document["settings"])


def _dividend(document: Document) -> bool:
    return any(step.get("run") == "dividend" for step in document["steps"])


def _aggregated(document: Document) -> bool:
    saved = [step for step in document["steps"] if _is(step, "ProductSaved")]
    supplies = [step["event"]["detail"].get("supply") for step in saved]
    return _on(document, "queue_rebate") and "aggregated" in supplies


def _ranks_change(document: Document) -> bool:
    return any(_is(step, "MemberSaved") for step in document["steps"]) and _on(document, "referral")


def _conceded(document: Document) -> bool:
    saved = any(_is(step, "StoreSaved") for step in document["steps"])
    named = _on(document, "red_packet") or _on(document, "alliance")
    return saved and named and _on(document, "referral")


DIFFERENCES: Mapping[str, Callable[[Document], bool]] = {
    "7a: a partial refund cuts each reward of the order queue": _rewards_cut,
    "1.6.5.1: the own-purchase reward is clawed back": _own_reward_back,
    "1.2.6: a line that only queues makes no contribution, not one of 0": _no_contribution,
    "2.3.1: a dividend closes its period, also without a holder": _dividend,
    "1.4 (2): aggregated goods take no part until they are enabled": _aggregated,
    "2.4: what a store concedes is first what a plan sets for it": _conceded,
    "2.6.2: ranks and levels are those at payment": _ranks_change,
}
"""What the rules say now, and which documents it concerns."""


def comparable(document: Document) -> bool:
    """Tell whether the rules as they were say the same of a document."""
    return not any(concerns(document) for concerns in DIFFERENCES.values())
