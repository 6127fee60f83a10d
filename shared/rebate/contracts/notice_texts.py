"""What notices say by default, in each language (rule 1.7).

Chinese texts have Chinese punctuation, hence the exception for this module.
"""
# ruff: noqa: RUF001

from collections.abc import Mapping
from typing import Literal

Locale = Literal["zh-CN", "en"]
LOCALES: tuple[Locale, ...] = ("zh-CN", "en")

KINDS: Mapping[str, tuple[str, ...]] = {
    "joined": ("order", "entry"),
    "paid": ("order", "entry", "amount"),
    "completed": ("order", "entry", "paid"),
    "draw_available": ("order", "entry"),
    "drawn": ("order", "entry", "ratio"),
    "draw_missed": ("order", "entry"),
    "exchanged": ("order", "entry", "amount"),
    "converted": ("order", "entry", "amount"),
    "cleared": ("entries", "owed"),
    "paused": ("plan",),
    "resumed": ("plan",),
    "refunded": ("order", "entry", "clawed_back"),
    "withdrawal_approved": ("amount",),
    "withdrawal_rejected": ("amount", "reason"),
    "repurchase_placed": ("order", "origin", "amount"),
    "repurchase_missed": ("order", "amount"),
    "commission_paid": ("amount",),
    "commission_reversed": ("amount",),
    "withdrawal_paid": ("amount", "payout"),
    "withdrawal_failed": ("amount",),
    "transfer_sent": ("amount", "to"),
    "transfer_received": ("amount", "from"),
    "spent": ("order", "amount"),
    "given_back": ("order", "amount"),
    "gift_placed": ("gift", "quantity", "amount"),
    "gift_sent": ("gift", "quantity", "tracking"),
    "gift_done": ("gift", "quantity"),
    "gift_cancelled": ("gift", "quantity", "amount"),
    "credited": ("amount", "reason"),
    "debited": ("amount", "reason"),
    "love_thawed": ("amount",),
    "referrer_bound": (),
    "referrer_removed": (),
    "team_joined": (),
    "level_reached": ("name",),
    "merchant_approved": ("store",),
    "merchant_rejected": ("reason",),
    "level_lost": ("name", "before"),
}
"""The names that a wording of each kind may hold. To members a converted entry is completed."""

DEFAULTS: Mapping[Locale, Mapping[str, str]] = {
    "zh-CN": {
        "joined": "订单 {order} 已进入排队。",
        "paid": "订单 {order} 收到返利 {amount}。",
        "completed": "订单 {order} 的排队已完成，累计获得 {paid}。",
        "draw_available": "订单 {order} 可以抽奖一次，请在获得奖励前抽取。",
        "drawn": "订单 {order} 抽中比例 {ratio}。",
        "draw_missed": "订单 {order} 未抽中，比例不变。",
        "exchanged": "订单 {order} 的待奖励已兑换为 {amount}。",
        "converted": "订单 {order} 的排队已完成，获得 {amount}。",
        "cleared": "排队奖励已按活动规则清零：{entries} 个排队名额结束，共 {owed} 不再发放。",
        "paused": "活动“{plan}”已暂停：新订单仍可排队，暂停期间不发放奖励。",
        "resumed": "活动“{plan}”已恢复，排队位置不变。",
        "refunded": "订单 {order} 已退款，排队权益相应减少，扣回 {clawed_back}。",
        "withdrawal_approved": "提现 {amount} 已通过。",
        "withdrawal_rejected": "提现 {amount} 未通过，金额已退回余额。{reason}",
        "repurchase_placed": "已用奖励复投 {amount}，生成新订单 {order}。",
        "repurchase_missed": "订单 {order} 退出排队，余额不足 {amount}，未进行复投。",
        "commission_paid": "收到推广奖励 {amount}。",
        "commission_reversed": "因订单退款，推广奖励扣回 {amount}。",
        "withdrawal_paid": "提现 {amount} 已打款，到账 {payout}。",
        "withdrawal_failed": "提现 {amount} 打款失败，金额已退回余额，可重新申请。",
        "transfer_sent": "已转赠 {amount} 给 {to}。",
        "transfer_received": "收到 {from} 转赠的 {amount}。",
        "spent": "订单 {order} 抵扣 {amount}。",
        "given_back": "订单 {order} 退回抵扣 {amount}。",
        "gift_placed": "已用 {amount} 兑换礼品 {gift}，共 {quantity} 件。",
        "gift_sent": "礼品 {gift} 已发货。{tracking}",
        "gift_done": "礼品 {gift} 兑换已完成。",
        "gift_cancelled": "礼品 {gift} 兑换已取消，{amount} 已退回。",
        "credited": "钱包入账 {amount}：{reason}",
        "debited": "钱包扣减 {amount}：{reason}",
        "love_thawed": "{amount} 已解冻，可以使用。",
        "referrer_bound": "您已加入推荐人的团队。",
        "referrer_removed": "您已不在推荐人的团队中。",
        "team_joined": "有新成员加入了您的团队。",
        "merchant_approved": "您的商家入驻申请已通过，门店：{store}。",
        "merchant_rejected": "您的商家入驻申请未通过：{reason}。",
        "level_reached": "恭喜，您的等级已升至 {name}，自下一笔订单起生效。",
        "level_lost": "您已不再满足等级 {before} 的条件，当前等级：{name}。",
    },
    "en": {
        "joined": "Order {order} is in line.",
        "paid": "Order {order} received a rebate of {amount}.",
        "completed": "Order {order} has left the line; it received {paid} in all.",
        "draw_available": "Order {order} may be drawn once, before its first rebate.",
        "drawn": "Order {order} drew a ratio of {ratio}.",
        "draw_missed": "The draw of order {order} missed; its ratio stays.",
        "exchanged": "What order {order} was waiting for became {amount}.",
        "converted": "Order {order} has left the line; it received {amount}.",
        "cleared": (
            "The line was cleared by the rules of the plan: {entries} of your entries ended, "
            "and {owed} will not be paid."
        ),
        "paused": "{plan} is paused: orders still join, and nothing is paid meanwhile.",
        "resumed": "{plan} goes on; all places are as they were.",
        "refunded": (
            "Order {order} was refunded: what it may receive falls, and {clawed_back} was taken "
            "back."
        ),
        "withdrawal_approved": "Your withdrawal of {amount} was approved.",
        "withdrawal_rejected": (
            "Your withdrawal of {amount} was declined; the amount is in your balance again. "
            "{reason}"
        ),
        "repurchase_placed": "{amount} of your rewards bought the new order {order}.",
        "repurchase_missed": (
            "Order {order} has left the line; your balance did not cover {amount}, so nothing was "
            "bought again."
        ),
        "commission_paid": "You received a referral reward of {amount}.",
        "commission_reversed": "A refund took back a referral reward of {amount}.",
        "withdrawal_paid": "Your withdrawal of {amount} was paid out: {payout} to your account.",
        "withdrawal_failed": (
            "The payout of your withdrawal of {amount} failed; the amount is in your balance "
            "again, and you may ask anew."
        ),
        "transfer_sent": "You passed {amount} on to {to}.",
        "transfer_received": "{from} passed {amount} on to you.",
        "spent": "{amount} were spent on order {order}.",
        "given_back": "{amount} of order {order} were given back.",
        "gift_placed": "You redeemed the gift {gift} ({quantity}) for {amount}.",
        "gift_sent": "Your gift {gift} was sent. {tracking}",
        "gift_done": "Your gift {gift} has been delivered.",
        "gift_cancelled": "The gift {gift} was cancelled, and {amount} were given back.",
        "credited": "Your wallet was credited with {amount}: {reason}",
        "debited": "Your wallet was debited by {amount}: {reason}",
        "love_thawed": "{amount} can be used now.",
        "referrer_bound": "You have joined your referrer's team.",
        "referrer_removed": "You are no longer in a referrer's team.",
        "team_joined": "Somebody has joined your team.",
        "merchant_approved": "Your application was approved: your store is {store}.",
        "merchant_rejected": "Your application was not approved: {reason}.",
        "level_reached": "You have reached {name}: it counts from your next order on.",
        "level_lost": "The conditions of {before} are not met any more; you are {name} now.",
    },
}

POCKETS: Mapping[Locale, Mapping[str, str]] = {
    "zh-CN": {
        "points": "{} 积分",
        "love": "{} 爱心值",
        "love_frozen": "{} 爱心值（冻结）",
        "voucher": "{} 购物券",
        "pending": "{}（待入账）",
    },
    "en": {
        "points": "{} points",
        "love": "{} love value",
        "love_frozen": "{} love value (frozen)",
        "voucher": "{} in vouchers",
        "pending": "{} (pending)",
    },
}
"""How an amount reads that is not cash."""

PLAN_TITLES: Mapping[Locale, str] = {"zh-CN": "排队返利", "en": "The plan"}
"""What the plan is called where the shop gave it no name."""
