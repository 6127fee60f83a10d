"""What operators are told, in Chinese: each English sentence with its places (rules 8.4, 8.6).

Chinese texts have Chinese punctuation, and stand on one line, hence the exceptions for this module. `{0:id}` is a place
that is never translated, because it holds what somebody else has named.
"""
# ruff: noqa: E501, RUF001

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # plans as a whole
    "on: {}; off: {}.": "已开启：{0}；未开启：{1}。",
    "Amounts are in {}; days begin at midnight in {}.": "金额币种 {0:id}；每天从 {1:id} 的零点开始。",
    # queue rebate
    "When an order is {}, {} of what was paid goes to earlier entries; its own entry is promised "
    "{}.": "订单{0}时，实付的 {1} 发给前面的排队名额；自己的名额可得权益 {2}。",
    "{}: A lottery of {} may replace the fixed ratio by {} to {}.": (
        "{0}：抽奖（{1}）可将固定比例改为 {2} 至 {3}。"
    ),
    "A lottery of {} may replace the fixed ratio by {} to {}.": (
        "抽奖（{0}）可将固定比例改为 {1} 至 {2}。"
    ),
    "Only entries whose order has completed are paid, by place.": (
        "只有订单已完成的名额可获奖励，按排队先后。"
    ),
    "Entries are paid strictly by place, whether or not their order has completed.": (
        "严格按排队先后发放奖励，不论其订单是否完成。"
    ),
    "Self-funding: an order at the head is paid from its own contribution.": (
        "自筹：排在最前的订单可由自己的提取获得奖励。"
    ),
    "What finds no payable entry stays with the platform.": "没有可发放名额时，余额归平台。",
    "What finds no payable entry is kept in the pool for the next contribution.": (
        "没有可发放名额时，余额留在奖池，并入下一次提取。"
    ),
    "Orders with deductions contribute and earn no entry.": "使用抵扣的订单只提取，不获得排队名额。",
    "PAUSED: orders join, nothing is paid, and contributions stay with the platform.": (
        "已暂停：订单照常排队，不发放奖励，提取归平台。"
    ),
    "{} takes no part.": "{0}不参与。",
    "{} contributes {} and earns no entry.": "{0}提取 {1}，不获得排队名额。",
    "{} earns {} and contributes nothing: all of it is paid by others.": (
        "{0}可得权益 {1} 而不提取：全部由他人的订单支付。"
    ),
    "What waits may be exchanged into: {}.": "待奖励可兑换为：{0}。",
    "Random return: of every {} entries {} become points at once and {} wait for cash.": (
        "随机返：每 {0} 个名额中 {1} 个立即转为积分，{2} 个排队等待现金。"
    ),
    "Clearing {} ends all that waits in {}, unpaid.": "清零（{0}）：{1}中的待奖励全部作废，不再发放。",
    "A line below {} earns no entry.": "实付低于 {0} 的订单行不获得排队名额。",
    "An entry is promised at most {}.": "每个名额的权益最高 {0}。",
    "Only purchases inside the set times earn an entry; all contribute.": (
        "只有在奖励时间段内购买才获得排队名额；所有订单都提取。"
    ),
    "A person earns at most {} entries a day.": "每人每天最多 {0} 个排队名额。",
    "A person earns at most {} entries in all.": "每人累计最多 {0} 个排队名额。",
    "Rebates stay pending until {} days after the order completed.": (
        "奖励在订单完成 {0} 天后才入账，此前为待入账。"
    ),
    # what can ever be paid
    "{}: at most {} of all that is promised can ever be paid ({}); the rest, {}, waits for ever.": (
        "{0}：所有权益中最多只有 {1} 可能被支付（{2:id}）；其余 {3} 将永远等待。"
    ),
    "At most {} of all that is promised can ever be paid ({}); the rest, {}, waits for ever.": (
        "所有权益中最多只有 {0} 可能被支付（{1:id}）；其余 {2} 将永远等待。"
    ),
    "{}: orders give as much as they are promised ({}); what waits is paid only as far as later "
    "orders come.": "{0}：订单提取不低于其权益（{1:id}）；待奖励仍要等后续订单到来才会支付。",
    "Orders give as much as they are promised ({}); what waits is paid only as far as later orders "
    "come.": "订单提取不低于其权益（{0:id}）；待奖励仍要等后续订单到来才会支付。",
    # other plans
    "When an order is {}, {} of it goes to one waiting entry.": (
        "订单{0}时，金额的 {1} 发给一个排队名额。"
    ),
    "The oldest waiting entry of the buyer's referrer comes first, then the head.": (
        "先发给购买者推荐人最早的名额，其次发给队首。"
    ),
    "An entry leaves after {} rewards, so each entry that leaves needs {} later orders: of a "
    "number of orders at most one in {} can ever leave.": (
        "名额获得 {0} 次奖励后出队，因此每个出队名额需要 {1} 个后续订单：所有订单中最多 {2} 分之一能够出队。"
    ),
    "On leaving, the amount of the member's order is taken from the member's cash for a forced "
    "repurchase, if the cash covers it.": "出队时，若现金足够，将从会员现金中扣除原订单金额进行复投。",
    "When an order is {}, {} of it (a merchant's own concession where there is one) is split over "
    "{} heads: {}.": "订单{0}时，金额的 {1}（商家另有让利比例的按其比例）分给 {2} 个名额：{3}。",
    "An entry leaves when it has got {} of its order.": "名额累计获得其订单金额的 {0} 后出队。",
    "The shares leave {} of every contribution to nobody.": "分配比例之外，每次提取的 {0} 不分给任何人。",
    "Orders below {} take no part.": "低于 {0} 的订单不参与。",
    "Orders above {} take no part.": "高于 {0} 的订单不参与。",
    "Only orders by {} take part.": "只有{0}的订单参与。",
    "Only orders of these products take part: {}.": "只有以下商品的订单参与：{0:id}。",
    "A member takes part up to {} times a {}.": "每位会员每{1}最多参与 {0} 次。",
    "Each store's concession is split: {} to the buyer at payment, {} to the line, {} equally to "
    "all that wait, once a {}.": (
        "各门店的让利分为：{0} 在付款时返给购买者，{1} 发给排队名额，{2} 每{3}平均分给所有等待的名额。"
    ),
    "{} of each order's profit goes to the day's pool; an order may get back {} of what was paid, "
    "in order of purchase.": (
        "每笔订单利润的 {0} 进入当日奖池；订单按购买先后可得实付金额的 {1}。"
    ),
    "A line of which neither order nor product names a profit or margin gives nothing.": (
        "订单和商品都没有给出利润或毛利率的行，不进入奖池。"
    ),
    "At most {} is paid a day.": "每天最多发放 {0}。",
    "When an order is {}, {} of it goes to the buyer's referrer and {} to the referrer's referrer, "
    "in cash.": "订单{0}时，金额的 {1} 以现金发给购买者的推荐人，{2} 发给推荐人的推荐人。",
    "Team ranks get the difference to what was paid below them: {}.": "团队级差：{0:id}。",
    "Once a {} {} of the turnover is split among the members of rank {}.": (
        "每{0}将营业额的 {1} 分给等级为 {2:id} 的会员。"
    ),
    "Who brought a store in gets {} of {}.": "招商人获得{1}的 {0}。",
    "All that together comes to at most {} of an order.": "以上合计不超过订单金额的 {0}。",
    "WARNING: rewards go up {} levels. In China paying on three or more levels is treated as "
    "pyramid selling; this was acknowledged and is on record.": (
        "警告：奖励达 {0} 级。在中国，三级及以上计酬按传销处理；此项已经确认并记录在案。"
    ),
    "Rewards go up {} level{}. In China even two levels are no safe harbour: have it checked.": (
        "奖励向上 {0} 级。在中国，即使两级也并非安全：请咨询法律意见。"
    ),
    "Rewards go up {} level. In China even two levels are no safe harbour: have it checked.": (
        "奖励向上 {0} 级。在中国，即使两级也并非安全：请咨询法律意见。"
    ),
    # wallet and guards
    "Withdrawals from {}, {}, fee {}.": "提现：最低 {0}，{1}，手续费 {2}。",
    "up to {} times a day": "每天最多 {0} 次",
    "Members may pass on: {}, up to {} times a day.": "会员可转赠：{0}，每天最多 {1} 次。",
    "Members may pass on: {}.": "会员可转赠：{0}。",
    "A lottery prize is worth at most {}.": "抽奖奖品价值最高 {0}。",
    "Two operators approve withdrawals above {}.": "超过 {0} 的提现需两名管理员审核。",
    "Frozen love value thaws after {} days.": "冻结的爱心值在 {0} 天后解冻。",
    "Two operators approve adjustments above {}, in points and the like as well.": (
        "超过 {0} 的调整需两名管理员审核，积分等同样如此。"
    ),
    "No cap on rebates, neither a day nor as a share of revenue.": (
        "返利没有上限：既无每日上限，也无营收占比上限。"
    ),
    "At most {} of rebates are paid a day.": "每天最多发放返利 {0}。",
    "At most {} of the revenue is paid back.": "返利最多占营收的 {0}。",
    "Acknowledged risks: {}.": "已确认的风险：{0:id}。",
    # the law of the queue
    "{}: {}: all that is promised can be paid, as later orders come.": (
        "{0}：{1:id}：随着后续订单到来，全部权益都可以支付。"
    ),
    "{}: no margin is known, so what follows takes all that is paid for profit: it is the best that "
    "can be.": "{0}：不知道毛利率，以下按全部实付额都是利润来算，实际只会更差。",
    "{}: {}: orders give nothing to it, so nothing of it is ever paid.": (
        "{0}：{1:id}：订单不提取，因此权益永远不会被支付。"
    ),
    "{}: {}: who joins is paid in full when all sales so far have grown to {} times what they were "
    "then.": "{0}：{1:id}：累计销售额增长到入队时的 {2} 倍，名额才会付清。",
    "{}: at steady sales who joins when the queue is {} days old waits {} days.": (
        "{0}：销售平稳时，在队列开始第 {1:or} 天入队的要等 {2:or} 天。"
    ),
    "{}: where sales grow by {} % a month everybody waits {} months.": (
        "{0}：销售每月增长 {1:or}% 时，每个人都要等 {2:or} 个月。"
    ),
    "{}: at most {} of all that is promised is ever paid; when sales stop, {} of it is lost at "
    "once.": "{0}：全部权益中最多只有 {1} 会被支付；一旦销售停止，其中 {2} 立即落空。",
    "{}: it costs {} of sales, whatever is promised. The nearest setting under which all can be "
    "paid promises {} at the same cost, or gives {}.": (
        "{0}：无论权益多少，成本都是销售额的 {1}。最接近且能全部支付的设置：权益改为 {2}（成本不变），"
        "或提取改为 {3}。"
    ),
    # what members are told of a line
    "This line was paid {} in the last 7 days and {} in the last 30 days.": "本队列最近 7 天发放 {0}，最近 30 天发放 {1}。",
    "Those ahead of your first waiting entry still lack {}.": "排在您最早的等待名额之前的待奖励共 {0}。",
    "At the ratios in force at most {} of all that is promised can ever be paid.": "按现行比例，全部权益中最多只有 {0} 可能被支付。",
    # reports
    "An order counts in each plan in which it takes part.": "一笔订单在其参与的每个方案中各计一次。",
    "Orders of guests are nobody's and not counted.": "访客订单不属于任何会员，未计入。",
    "The plan was never switched on.": "该方案从未开启。",
    "The plan was switched on after these days.": "该方案在所选日期之后才开启。",
    "As of {}.": "截至 {0:id}。",
    "Switched on on {}; before that only plans that were on are counted.": "于 {0:id} 开启；此前只统计当时已开启的方案。",
    "Only queues of the store's own are told by month.": "按月份只统计该门店自己的队列。",
    "Nothing is withheld by the engine; entries whose draw missed are included.": "系统不代扣；未抽中的名额也计算在内。",
    "Settled orders are to move to a cheaper place after {} days: this release leaves them where "
    "they are.": "已结算订单应在 {0} 天后移到更便宜的存储：本版本仍留在原处。",
    "prize_tax_bps is not set.": "未设置 prize_tax_bps。",
    "There are many queues: sums are made every hour, and no futures are told.": "队列较多：合计每小时更新一次，不给出预计。",
    "The futures are those of lines that serve who waits before who comes later, at the pace of the last 30 days.": "预计按先到先得的队列和最近 30 天的速度计算。",
    "Where a plan counts rewards, what they will be is not known and not counted.": "按次数计奖励的方案，其未来奖励金额未知，未计入。",
    # costs
    "An order by {} gives back at most {} of what is paid for it, over all plans together.": (
        "{0}的订单在所有方案中合计最多返还实付的 {1}。"
    ),
    "An order by {} gives back at most {} of what is paid for it, over all plans together: {} of a "
    "margin of {}.": "{0}的订单在所有方案中合计最多返还实付的 {1}，即毛利率 {3} 的 {2}。",
    # changes and those in line
    "{} is set to {}; it was {}.": "{0}：由 {2} 改为 {1}。",
    "{}: {} entries wait and lack {}; what they were promised stays as it is.": (
        "{0}：{1} 个名额在等待，待奖励 {2}；已承诺的权益不变。"
    ),
    "{}: at the pace of the last {} days all who wait are paid in {} days; with these settings in "
    "{} days.": "{0}：按最近 {1} 天的速度，等待的名额全部付清需 {2} 天；按新设置需 {3} 天。",
    "{}: with these settings nobody in line is paid any more.": "{0}：按新设置，排队中的名额不再获得支付。",
    "{}: no day has been seen yet, so nothing can be said of how long they wait.": (
        "{0}：尚无完整一天的数据，无法估计等待时间。"
    ),
    "{}: the clearing of {} ends all of it, unpaid.": "{0}：{1:id} 的清零将使其全部作废，不再发放。",
    "Members read “{}”. Only common promises of dates and full returns are found: "
    "have somebody else read it.": "会员看到“{0:id}”。系统只能发现常见的日期承诺和全额返还承诺，请由另一人复核文字。",
    "{}: while the plan is paused nothing of it is paid.": "{0}：方案暂停期间不发放。",
    "{}: entries whose order has not completed are held and passed over.": (
        "{0}：订单未完成的名额暂不发放，会被越过。"
    ),
    "{}: those with {} rewards or more leave before the next reward is given.": (
        "{0}：已获 {1} 次及以上奖励的名额在下次发放前出队。"
    ),
    "{}: nothing joins it any more; what waits there is stalled until it is merged, exchanged or "
    "cleared.": "{0}：不再有订单进入；其中等待的名额停滞，直到合并、兑换或清零。",
    # parts of sentences
    "every day at {}": "每天 {0:id}",
    "every {} at {}": "每{0} {1:id}",
    "on day {} of every month at {}": "每月 {0} 日 {1:id}",
    "once at {}": "一次，{0:id}",
    "without a daily limit": "不限每日次数",
    "{} at {}, {}": "{0} {1}，{2}",
    "{} at {}": "{0} {1}",
    "Level {}": "等级 {0:id}",
    "Product {}": "商品 {0:id}",
    "Store {}": "门店 {0:id}",
    "Cash desk {}": "收银台 {0:id}",
    "Store {}, product {}": "门店 {0:id} 的商品 {1:id}",
    "At store {}": "门店 {0:id}",
    "At merchant {}": "商家 {0:id}",
    "At the default margin, {}": "按默认毛利率 {0}",
    "Spend of the last {} days": "最近 {0} 天累计消费",
    "{}: Spend of the last {} days": "{0}，最近 {1} 天累计消费",
    "{}: Level {}": "{0}，等级 {1:id}",
    "{}: Highest prize": "{0}，最高奖品",
    "product/{}": "商品队列 {0:id}",
    "store/{}": "门店队列 {0:id}",
    "cashier/{}": "收银台队列 {0:id}",
    "red_packet/{}": "门店红包 {0:id}",
}
WORDS: Mapping[str, str] = {
    "paid": "付款",
    "completed": "完成",
    "prizes": "固定奖品",
    "a range": "区间",
    "Highest prize": "最高奖品",
    "points": "积分",
    "love value": "爱心值",
    "love": "爱心值",
    "vouchers": "购物券",
    "nothing": "无",
    "none": "无",
    "all queues": "所有队列",
    "day": "天",
    "week": "周",
    "month": "月",
    "Monday": "周一",
    "Tuesday": "周二",
    "Wednesday": "周三",
    "Thursday": "周四",
    "Friday": "周五",
    "Saturday": "周六",
    "Sunday": "周日",
    "what the store concedes": "门店让利",
    "its turnover": "门店营业额",
    "mall": "商城",
    "store": "门店",
    "cashier": "收银台",
    "product": "商品队列",
    "stores": "所有门店",
    "cashiers": "所有收银台",
    "queue_rebate": "排队返利",
    "order_queue": "订单排队",
    "red_packet": "订单排队领红包",
    "referral": "分销",
    "alliance": "异业联盟",
    "union": "工会排队",
    "before": "开启前",
    "after": "开启后",
    "on": "开启",
    "off": "关闭",
    "not set": "未设置",
    "never": "永不",
}
