"""Facts of law as data: what triggers them in settings, in both languages (rule 8.7).

None of this is legal advice. A fact is shown where its trigger is met, once its official text was
checked and the day noted: by us, or by an operator who has looked at it.

A text stands on one line, and Chinese texts have Chinese punctuation, hence the exceptions.
"""
# ruff: noqa: E501, RUF001

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from rebate.contracts.law_words import laws_of
from rebate.contracts.notice_texts import Locale
from rebate.contracts.settings.law import LawFactSettings
from rebate.contracts.settings.model import Settings
from rebate.domain.money import WHOLE
from rebate.domain.records import dataclass, replace

NO_ADVICE: Mapping[Locale, str] = {
    "zh-CN": "以下为事实摘录，不构成法律意见。",
    "en": "These are facts, and no legal advice.",
}

_TIMES = 3
"""r above so many times e counts as a high return."""


@dataclass(frozen=True, slots=True)
class LawFact:
    """What a law says, where, and what in settings makes it worth knowing.

    `trigger` is one of `TRIGGERS`. `checked_on` is the day on which the text at `source_url` was
    compared; None: nobody has, so it is not shown where it is triggered.
    """

    id: str
    jurisdiction: str
    subject: Mapping[str, str]
    says: Mapping[str, str]
    source: str
    source_url: str
    trigger: str
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class LawFactShown:
    """A fact in one language; it is shown where it is `triggered` once it was checked."""

    id: str
    jurisdiction: str
    subject: str
    says: str
    source: str
    source_url: str
    trigger: str
    triggered: bool
    checked_on: str | None


@dataclass(frozen=True, slots=True)
class LawFacts:
    """All facts, also those that nobody has checked; `lead` says that they are no advice."""

    facts: tuple[LawFactShown, ...]
    lead: str


def _promises_much(settings: Settings) -> bool:
    """Tell whether entries are promised all they paid, or far more than is given."""
    return any(
        law.promises_bps >= WHOLE or law.promises_bps > _TIMES * law.gives_bps
        for _, law in laws_of(settings)
    )


def _is_on(name: str) -> Callable[[Settings], bool]:
    return lambda settings: name in settings.plans_on()


def _draws(settings: Settings) -> bool:
    plan = settings.plan("queue_rebate")
    return plan is not None and plan.enabled and any(_lotteries(plan))


def _lotteries(plan: object) -> Iterator[bool]:
    """Yield whether the plan or one of its scopes has a lottery."""
    scopes = [plan, *getattr(plan, "products", {}).values()]
    scopes += getattr(plan, "cashier_settings", {}).values()
    for store in getattr(plan, "store_settings", {}).values():
        scopes += [store, *store.products.values()]
    for scope in scopes:
        yield scope.entitlement.lottery is not None


def _withdraws(settings: Settings) -> bool:
    return any(name.startswith("withdraw") for name in settings.wallet.model_fields_set)


def _shows_members(settings: Settings) -> bool:
    plan = settings.plan("queue_rebate")
    return plan is not None and plan.enabled and plan.display.member


def _in_currency(code: str) -> Callable[[Settings], bool]:
    return lambda settings: settings.currency == code


def _rewards_recruiting(settings: Settings) -> bool:
    orders, alliance = settings.plan("order_queue"), settings.plan("alliance")
    first = orders is not None and orders.enabled and orders.referrer_first
    direct = alliance is not None and alliance.enabled and alliance.direct_acceleration_bps
    return settings.currency == "USD" and bool(first or direct)


TRIGGERS: Mapping[str, Callable[[Settings], bool]] = {
    "always": lambda _settings: True,
    "promises_much": _promises_much,
    "referral": _is_on("referral"),
    "lottery": _draws,
    "withdrawals": _withdraws,
    "members_shown": _shows_members,
    "gbp": _in_currency("GBP"),
    "eur": _in_currency("EUR"),
    "usd_recruiting": _rewards_recruiting,
}
"""What in settings makes a fact worth knowing."""

DELIVERED: tuple[LawFact, ...] = (
    LawFact(
        "cn-consumption-rebate-2018",
        "CN",
        {"zh-CN": "消费返利", "en": "Rebates on consumption"},
        {
            "zh-CN": "2018 年 4 月 12 日，六部门提示“消费返利”平台的风险：高额返利难以实现、资金安全无法保障、运营模式存在违法风险。",
            "en": "On 12 April 2018 six Chinese authorities warned of platforms that promise to return much or all of what is spent: such returns can hardly be kept up, the money is not safe, and the model may be illegal.",
        },
        "银保监会等六部门提示，2018-04-12",
        "https://www.gov.cn/",
        "promises_much",
    ),
    LawFact(
        "cn-wechat-2016",
        "CN",
        {"zh-CN": "微信平台规则", "en": "WeChat's rules"},
        {
            "zh-CN": "2016 年 7 月 5 日微信公告：以后来用户的资金支付先前用户高额返利的，永久封号。",
            "en": "WeChat, 5 July 2016: paying high rebates to earlier users out of the money of later ones leads to a permanent ban.",
        },
        "微信公众平台公告，2016-07-05",
        "https://mp.weixin.qq.com/",
        "promises_much",
    ),
    LawFact(
        "cn-pyramid-selling",
        "CN",
        {"zh-CN": "禁止传销", "en": "Pyramid selling"},
        {
            "zh-CN": "《禁止传销条例》第七条禁止以发展人员数量或下线业绩计酬。组织三十人以上且层级三级以上的可追究刑事责任；一百二十人或二百五十万元以上属情节严重。",
            "en": "Art. 7 of the regulation on pyramid selling forbids pay by the number of persons recruited or by what they sell. From 30 persons on 3 levels it may be prosecuted; from 120 persons or 2.5 million yuan it is serious.",
        },
        "禁止传销条例（国务院令第444号）",
        "https://www.gov.cn/",
        "referral",
    ),
    LawFact(
        "cn-prize-maximum",
        "CN",
        {"zh-CN": "抽奖奖品上限", "en": "Highest prize"},
        {
            "zh-CN": "抽奖式有奖销售最高奖的金额不得超过五万元；奖的种类、兑奖条件、奖金金额或奖品等信息须明确。",
            "en": "In promotions with draws the highest prize is at most 50 000 yuan; the kinds of prizes, the conditions and the amounts have to be clear.",
        },
        "福建省市场监督管理局，经营者不得进行有奖销售的情形",
        "http://www.fujian.gov.cn/hdjl/hdjlzsk/sscjdglj/jzzf/ldjg/202211/t20221125_6062404.htm",
        "lottery",
        date(2026, 11, 27),
    ),
    LawFact(
        "cn-prize-odds",
        "CN",
        {"zh-CN": "抽奖公示与记录", "en": "Published odds"},
        {
            "zh-CN": "《规范促销行为暂行规定》（2020 年第 32 号令）第十三条：奖项种类、中奖概率或奖品数量须事先公布，不得作不利变更，并须保留记录。",
            "en": "Order no. 32 of 2020, art. 13: kinds of prizes and their odds or number are published beforehand, never changed for the worse, and records are kept.",
        },
        "规范促销行为暂行规定（市场监管总局令第32号）",
        "https://www.samr.gov.cn/",
        "lottery",
    ),
    LawFact(
        "cn-prize-tax",
        "CN",
        {"zh-CN": "抽奖个人所得税", "en": "Tax on prizes"},
        {
            "zh-CN": "财税〔2011〕50 号：消费后额外抽奖的奖品按偶然所得由企业代扣代缴 20% 个人所得税；折扣和积分不征。",
            "en": "Caishui [2011] no. 50: of prizes of an extra draw after spending 20 % is withheld as occasional income; discounts and points are not taxed.",
        },
        "财税〔2011〕50号",
        "https://www.chinatax.gov.cn/",
        "lottery",
    ),
    LawFact(
        "cn-payment-licence",
        "CN",
        {"zh-CN": "二清", "en": "Holding merchants' money"},
        {
            "zh-CN": "未取得支付业务许可而归集并向商户结算资金的，属“二清”。",
            "en": "To hold merchants' money and pay it out without a licence for payments is forbidden.",
        },
        "非金融机构支付服务管理规定",
        "https://www.pbc.gov.cn/",
        "withdrawals",
    ),
    LawFact(
        "cn-pipl",
        "CN",
        {"zh-CN": "个人信息保护", "en": "Personal information"},
        {
            "zh-CN": "《个人信息保护法》：向他人提供须单独同意（第二十三条），自动化决策须公平透明（第二十四条），金融账户属敏感个人信息（第二十八条），个人可请求删除（第四十七条）。",
            "en": "PIPL: giving personal information to others needs separate consent (art. 23), automated decisions must be fair and plain (24), accounts are sensitive (28), and people may ask for erasure (47).",
        },
        "中华人民共和国个人信息保护法",
        "https://www.npc.gov.cn/",
        "members_shown",
    ),
    LawFact(
        "uk-matrix-2005",
        "UK",
        {"zh-CN": "矩阵计划", "en": "Matrix schemes"},
        {
            "zh-CN": "2005 年英国以非法彩票为由关闭了“矩阵”计划：每 50 名新人出一份礼物时，第 100 位要等 5 000 人。",
            "en": "In 2005 matrix schemes were closed as unlawful lotteries: where 50 newcomers pay for a gift, place 100 waits for 5 000 of them.",
        },
        "Office of Fair Trading, 2005",
        "https://www.gov.uk/",
        "gbp",
    ),
    LawFact(
        "eu-pyramid",
        "EU",
        {"zh-CN": "金字塔促销", "en": "Pyramid promotional schemes"},
        {
            "zh-CN": "2005/29/EC 指令附件一第 14 项：消费者付出对价，其回报主要来自引入其他消费者而非商品销售或消费的促销，在任何情况下均属不公平。欧盟法院 C-515/12：对价多少不限。",
            "en": "Directive 2005/29/EC, annex I no. 14: a scheme in which consumers give consideration for compensation that comes mainly from bringing in others, not from sales, is always unfair. C-515/12: however small the consideration.",
        },
        "Directive 2005/29/EC, annex I no. 14; CJEU C-515/12",
        "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:02005L0029-20220528",
        "eur",
        date(2026, 11, 27),
    ),
    LawFact(
        "eu-price-reductions",
        "EU",
        {"zh-CN": "降价标示", "en": "Price reductions"},
        {
            "zh-CN": "98/6/EC 指令第 6a 条：宣布降价须标示此前 30 天的最低价；“100% 返还”之类的标题应当谨慎。",
            "en": "Directive 98/6/EC, art. 6a: who announces a price reduction shows the lowest price of the 30 days before; titles such as 100 % back need care.",
        },
        "Directive 98/6/EC, art. 6a",
        "https://eur-lex.europa.eu/",
        "eur",
    ),
    LawFact(
        "us-koscot",
        "US",
        {"zh-CN": "Koscot 标准", "en": "The Koscot test"},
        {
            "zh-CN": "美国 Koscot 标准：付费取得销售权，并因招募他人而获得与最终销售无关的回报，即为金字塔骗局；多州的推荐销售法禁止买家须协助销售才得的返利。",
            "en": "By the Koscot test a scheme is a pyramid where people pay for a right to sell and are rewarded for recruiting, apart from sales to users; referral-sales statutes of many states forbid rebates for which the buyer has to help to sell.",
        },
        "FTC, In re Koscot Interplanetary; referral-sales statutes",
        "https://www.ftc.gov/",
        "usd_recruiting",
    ),
)
"""The facts that come with the product."""


def law_facts(settings: Settings, locale: Locale) -> LawFacts:
    """Return all facts in a language, as operators have completed them, and which are triggered."""
    shown = (_shown(fact, settings, locale) for fact in _all(settings))
    return LawFacts(tuple(shown), NO_ADVICE[locale])


def facts_to_show(settings: Settings, locale: Locale) -> tuple[LawFactShown, ...]:
    """Return the facts that settings trigger and whose text was checked."""
    facts = law_facts(settings, locale).facts
    return tuple(fact for fact in facts if fact.triggered and fact.checked_on is not None)


def _all(settings: Settings) -> Iterator[LawFact]:
    delivered = {fact.id: fact for fact in DELIVERED}
    for fact in DELIVERED:
        own = settings.law_facts.get(fact.id)
        yield _completed(fact, own) if own else fact
    for name, own in settings.law_facts.items():
        if name not in delivered:
            yield _completed(LawFact(name, "", {}, {}, "", "", "always"), own)


def _completed(fact: LawFact, own: LawFactSettings) -> LawFact:
    """Return a fact with what an operator says of it, in whatever language that is."""
    said = {name: getattr(own, name) for name in LawFactSettings.model_fields}
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    for name in ("subject", "says"):
        if name in changes:
            changes[name] = {"": changes[name]}
    return replace(fact, **changes)


def _shown(fact: LawFact, settings: Settings, locale: Locale) -> LawFactShown:
    return LawFactShown(
        id=fact.id,
        jurisdiction=fact.jurisdiction,
        subject=_in(fact.subject, locale),
        says=_in(fact.says, locale),
        source=fact.source,
        source_url=fact.source_url,
        trigger=fact.trigger,
        triggered=TRIGGERS[fact.trigger](settings),
        checked_on=fact.checked_on.isoformat() if fact.checked_on else None,
    )


def _in(texts: Mapping[str, str], locale: Locale) -> str:
    return texts.get(locale) or next(iter(texts.values()), "")
