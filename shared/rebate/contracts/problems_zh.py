"""What is wrong with settings, and what of them has to be acknowledged, in Chinese.

As `phrases_zh`: each English message with its places, and `{0:id}` is never translated.
"""
# ruff: noqa: E501, RUF001

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    # what has to be acknowledged, or stands in the way
    "{}, so guards.acknowledged must hold {}": "{0}，因此 guards.acknowledged 须包含 {1:id}",
    "an order by {} gives back up to {} ({})": "{0}的订单最多返还 {1}（{2:id}）",
    "an order by {} gives back up to {} ({}), more than its margin of {}": (
        "{0}的订单最多返还 {1}（{2:id}），超过其毛利率 {3}"
    ),
    "an order by {} gives back up to {} ({}), more than {}": (
        "{0}的订单最多返还 {1}（{2:id}），超过 {3}"
    ),
    "{}, more than its margin of {}": "{0}，超过其毛利率 {1}",
    "{}, more than {}": "{0}，超过 {1}",
    "is 0, and rebates can be withdrawn before the order that earned them is refunded": (
        "为 0，返利可能在其订单退款之前就被提现"
    ),
    "pays on {} levels; paying on three or more is treated as pyramid selling in China": (
        "按 {0} 级计酬；在中国，三级及以上按传销处理"
    ),
    "leaves {} entries that lack {} in {} queues that nothing joins any more": (
        "使 {2} 个队列不再有订单进入，其中 {0} 个名额待奖励共 {1}"
    ),
    "changes from {} to {} while {}": "由 {0:id} 改为 {1:id}，而{2}",
    "cannot change from {} to {} while {}": "不能由 {0:id} 改为 {1:id}：{2}",
    "cannot change from {}: the sender has orders with it": "不能改变 {0:id}：该发送方已有使用它的订单",
    "{} has orders as a sender by itself: name the sender {}": (
        "{0:id} 本身已是有订单的发送方：请将发送方命名为 {1:id}"
    ),
    "entries wait ({})": "有名额在等待（{0:id}）",
    "wallets hold something (of {})": "钱包有余额（{0:id}）",
    "orders wait to be settled": "有订单等待结算",
    "entries wait ({}), {}": "有名额在等待（{0:id}），{1}",
    "wallets hold something (of {}), {}": "钱包有余额（{0:id}），{1}",
    # what is wrong with a field
    "settings must be an object, not {}": "设置必须是对象，而不是 {0:id}",
    "{} promises what nobody can know: a date, or a full return": "{0:id} 承诺了无法预知的内容：日期或全额返还",
    "is required": "必填",
    "is required for this report": "此报表必填",
    "is not told by this report": "此报表不区分该项",
    "must end earlier: there are more than {} orders": "须更早结束：订单超过 {0} 笔",
    "must be from `from` on, and at most {} days in all": "不能早于 from，且总共最多 {0} 天",
    "is required in a plan that is on": "方案开启时必填",
    "unknown field": "未知字段",
    "unknown field; valid are {}": "未知字段；可用的有 {0:id}",
    "must be a whole number, not {}": "必须是整数，而不是 {0:id}",
    "must be a number, not {}": "必须是数字，而不是 {0:id}",
    "must be true or false, not {}": "必须是 true 或 false，而不是 {0:id}",
    "must be text, not {}": "必须是文本，而不是 {0:id}",
    "must be text that can be written as UTF-8": "必须是可用 UTF-8 表示的文本",
    "must not be empty": "不能为空",
    "must have at most {} characters": "最多 {0} 个字符",
    "must have at most {} bytes of UTF-8": "UTF-8 编码最多 {0} 字节",
    "must be at least {}, not {}": "不能小于 {0:id}，现为 {1:id}",
    "must be at most {}, not {}": "不能大于 {0:id}，现为 {1:id}",
    "must have at most {} parts, not {}": "最多 {0:id} 项，现为 {1:id} 项",
    "must have at most {} bytes as JSON, not {}": "按 JSON 最多 {0:id} 字节，现为 {1:id} 字节",
    "must be an object, not {}": "必须是对象，而不是 {0:id}",
    "must be a list, not {}": "必须是列表，而不是 {0:id}",
    "must be {}, not {}": "必须是 {0:id}，而不是 {1:id}",
    "must not hold control characters": "不能包含控制字符",
    "must not hold control characters, nor others that have no shape: {}": (
        "不能包含控制字符或不可见字符：{0:id}"
    ),
    "must not begin or end with a space, nor hold two in a row": "首尾不能有空格，也不能有连续空格",
    "must lie in the years {} to {}": "年份必须在 {0:id} 至 {1:id} 之间",
    "must be an ISO 8601 time with an offset, such as {}, not {}": (
        "必须是带时区偏移的 ISO 8601 时间，例如 {0:id}，而不是 {1:id}"
    ),
    'must be a time of day "HH:MM", not {}': "必须是“HH:MM”格式的时刻，而不是 {0:id}",
    "must be an IANA timezone such as Asia/Shanghai, not {}": (
        "必须是 IANA 时区，例如 Asia/Shanghai，而不是 {0:id}"
    ),
    "must be a day such as 2026-03-01, not {}": "必须是日期，例如 2026-03-01，而不是 {0:id}",
    "must be a currency of ISO 4217 such as CNY, not {}": "必须是 ISO 4217 货币，例如 CNY，而不是 {0:id}",
    "must be made of letters, digits, `_`, `.` and `-`": "只能包含字母、数字、`_`、`.` 和 `-`",
    "must be at most 64 letters, digits, dots, dashes or underscores, not {}": (
        "最多 64 个字母、数字、点、短横或下划线，而不是 {0:id}"
    ),
    'must not be "rebate": our own events come from there': "不能是“rebate”：那是本系统自己的事件来源",
    "must sum to at most 10000, not {}": "合计最多 10000，现为 {0}",
    "must sum to 10000, not {}": "合计必须为 10000，现为 {0}",
    "must be at least min_paid, {}": "不能小于 min_paid（{0}）",
    "must name one at least, or be left out for all": "至少填写一项；不填表示全部",
    "must be at least 2 where reward_bps is 10000 or more, or a chain of repurchases might not "
    "end": "reward_bps 达到 10000 时至少为 2，否则复投链可能没有尽头",
    'must be 0 unless {} is "completed": nothing is settled by completion': (
        "必须为 0，除非 {0:id} 为“completed”：否则没有按完成结算的内容"
    ),
    "must have a place for cash or points": "至少要有一个现金或积分名额",
    "needs queue_rebate.exchange.points_bps": "需要设置 queue_rebate.exchange.points_bps",
    "must be at least the floor for stores, {}": "不能低于门店下限 {0}",
    "must be at most the ceiling for stores, {}": "不能高于门店上限 {0}",
    "must be the lowest and then the highest ratio": "须先填最低比例，再填最高比例",
    "must have at least one prize": "至少要有一个奖品",
    "must be at most high_bps, {}": "不能大于 high_bps（{0}）",
    'goes only with "every": "week"': "只能与 every 为“week”一起使用",
    'goes only with "every": "month"': "只能与 every 为“month”一起使用",
    'goes only with "split": "weight"': "只能与 split 为“weight”一起使用",
    'must name a queue, or be "all"': "须指定队列，或填“all”",
    "must be at most its ceiling, {}": "不能大于其上限 {0}",
    "must be after from": "必须晚于 from",
    "must name a weekday, or be left out for all": "须指定星期；不填表示每天",
    "must be an id of this plan's queues or a kind: {}": "必须是本方案的队列编号或类型：{0:id}",
    "stands in the list twice": "在列表中出现了两次",
    "speaks for {} already": "已属于发送方 {0:id}",
    "is the name of another sender, so it would be misread": "是另一发送方的名称，会被误认",
    "begins as the prefix of {} does, so ids could be mistaken": (
        "与 {0:id} 的前缀开头相同，编号可能混淆"
    ),
    # what is wrong with a request
    "this is too large to be stored; asking again will not help": "内容过大，无法保存；重试没有用",
    "the service lacks a right that this needs; an operator has to mend that": (
        "服务缺少所需的权限，须由运维人员处理"
    ),
    "this cannot be stored or read as it is; asking again will not help": (
        "内容无法按原样保存或读取；重试也不会成功"
    ),
    "there is nothing here": "这里什么都没有",
    "there is no {} {}": "没有 {0:id} {1:id}",
    "the body is not JSON: {}": "请求内容不是 JSON：{0:id}",
    "{}, with the prefix {}": "{0}（含前缀 {1:id}）",
    "is no parameter of this": "不是此处的参数",
    "must stand in the query once": "在查询中只能出现一次",
    "must not be empty; leave it out instead": "不能为空；不需要时请省略",
    "is required in the query": "查询中必填",
    "must be a whole number from {} on, not {}": "必须是不小于 {0:id} 的整数，而不是 {1:id}",
    "must be the `next` of a page, of at most {} bytes": "必须是某一页的 next，最多 {0:id} 字节",
    "must be a text of at most {} characters": "必须是最多 {0:id} 个字符的文本",
    "must be a day such as 2026-03-01 or an instant with an offset, not {}": (
        "必须是日期（例如 2026-03-01）或带时区偏移的时间，而不是 {0:id}"
    ),
    "must begin with https:// and be an address of the public internet": (
        "必须以 https:// 开头，并且是公网地址"
    ),
    "is required, or order and line instead": "必填，或改填 order 和 line",
    "is required, or code instead": "必填，或改填 code",
    "is required, or since instead": "必填，或改填 since",
    "is required for what was paid": "已付款的必填",
    "goes only with order": "只能与 order 一起使用",
    "goes only with part": "只能与 part 一起使用",
    "goes only with since": "只能与 since 一起使用",
    "goes only with one letter": "只能用于单条",
    "goes only without stock": "只能在不填 stock 时使用",
    "must be after starts_at": "必须晚于 starts_at",
    "must name exactly one of {}": "必须且只能填写其中一项：{0:id}",
    "must be an address of ASCII characters, without spaces": "必须是不含空格的 ASCII 地址",
    "must be an address that begins with https://": "必须是以 https:// 开头的地址",
    "must name nobody: receivers check the signature": "不能包含用户名：接收方应验证签名",
    "must have no fragment, which is never sent": "不能包含从不发送的片段（# 之后的部分）",
    "must be new, retire, or whsec_ and 24 to 64 bytes in base64": (
        "必须是 new、retire，或 whsec_ 加 24 至 64 字节的 base64"
    ),
}
