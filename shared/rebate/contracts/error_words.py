"""What each code of a refusal means, and under which status the API answers it."""
# ruff: noqa: RUF001 - Chinese texts have Chinese punctuation

from collections.abc import Mapping
from typing import NamedTuple

from rebate.domain.errors import Code


class ErrorWords(NamedTuple):
    """A status of HTTP, and what a code means in English and in Chinese."""

    status: int
    en: str
    zh: str


REFUSALS: Mapping[Code, ErrorWords] = {
    Code.UNKNOWN_ENTRY: ErrorWords(
        404, "There is no such entry, or application.", "没有这个名额或申请。"
    ),
    Code.ENTRY_NOT_WAITING: ErrorWords(
        409, "The entry is no longer in line.", "该名额已不在排队。"
    ),
    Code.ALREADY_PAID: ErrorWords(
        409, "It was paid already, so it can no longer be drawn.", "已经发放过，不能再抽奖。"
    ),
    Code.ALREADY_DRAWN: ErrorWords(409, "It was drawn already.", "已经抽过奖。"),
    Code.NO_LOTTERY: ErrorWords(
        422, "No lottery decides this entry.", "该名额的比例不由抽奖决定。"
    ),
    Code.EXCHANGE_OFF: ErrorWords(422, "This exchange is not offered.", "没有提供这种兑换。"),
    Code.NOT_YOURS: ErrorWords(
        403, "It is somebody else's, or you decide on your own.", "不是您的，或您在决定自己的事。"
    ),
    Code.INSUFFICIENT_BALANCE: ErrorWords(422, "There is not enough.", "余额不足。"),
    Code.BELOW_MINIMUM: ErrorWords(422, "It is below the lowest amount.", "低于最低金额。"),
    Code.OVER_LIMIT: ErrorWords(
        422, "As many as are allowed in this time were made.", "这段时间内的次数已用完。"
    ),
    Code.TRANSFER_OFF: ErrorWords(422, "This cannot be passed on.", "这种余额不能转赠。"),
    Code.REFUND_EXCEEDS_PAID: ErrorWords(
        422, "A refund of more than was paid: ask the shop.", "退款多于实付：请查问商城。"
    ),
    Code.UNKNOWN_MEMBER: ErrorWords(
        404, "There is no such member, or code.", "没有这名会员或邀请码。"
    ),
    Code.OUT_OF_STOCK: ErrorWords(409, "There is not enough in stock.", "库存不足。"),
    Code.GIFT_CLOSED: ErrorWords(409, "The gift cannot be redeemed now.", "礼品现在不能兑换。"),
    Code.INVALID_REQUEST: ErrorWords(
        422,
        "The request is not valid; `problems` names each field.",
        "请求不合要求；`problems` 指出各字段。",
    ),
    Code.CONFLICTING_EVENT: ErrorWords(
        409,
        "The id is known with other content: nothing changed. Use another id for something new.",
        "该编号已有不同内容：什么都没有改变。新的事情请用新的编号。",
    ),
    Code.INVALID_SETTINGS: ErrorWords(
        422,
        "Settings may not be so; `problems` names each field.",
        "设置不允许如此；`problems` 指出各字段。",
    ),
    Code.NEEDS_ACKNOWLEDGEMENT: ErrorWords(
        422,
        "Settings that take a risk: add what is named to `guards.acknowledged`, if you accept it.",
        "设置有风险：接受的话，把所列内容加入 `guards.acknowledged`。",
    ),
    Code.FORBIDDEN: ErrorWords(403, "The role does not allow it.", "角色不允许。"),
    Code.REFERRER_BOUND: ErrorWords(
        409, "A referrer is settled, or would close a loop.", "推荐人已绑定，或会形成循环。"
    ),
    Code.WRONG_CURRENCY: ErrorWords(
        422, "It is another currency than the shop's.", "不是商城的货币。"
    ),
}
"""Refusals of the rules."""

OTHERS: Mapping[str, ErrorWords] = {
    "invalid_json": ErrorWords(400, "The body is not JSON.", "请求体不是 JSON。"),
    "unauthenticated": ErrorWords(401, "There is no token that is good.", "没有有效的令牌。"),
    "bad_signature": ErrorWords(
        401,
        "The body was not signed with the secret, or too long ago.",
        "签名不符，或时间相差太久。",
    ),
    "unreadable_event": ErrorWords(
        422, "An event lacks a field, or has a wrong one.", "事件缺少字段或字段有误。"
    ),
    "not_found": ErrorWords(404, "There is nothing here.", "这里没有内容。"),
    "conflict": ErrorWords(
        409, "Somebody else was first: read it again.", "别人先改了：请重新读取。"
    ),
    "not_yet": ErrorWords(202, "Received, and carried out shortly.", "已收到，稍后执行。"),
    "unavailable": ErrorWords(503, "Try again after a moment.", "请稍后再试。"),
}
"""What else the API answers."""

WORDS: Mapping[str, ErrorWords] = {
    **{str(code): words for code, words in REFUSALS.items()},
    **OTHERS,
}
"""Those of all codes."""
