"""What simulations came to, as a page of its own: no script, nothing that is fetched."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from local.simulating import SimulationPlayed
from local.simulation_words import sentences, told
from rebate.contracts.figures import money, percent
from rebate.domain.money import Bps

_HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulation 模拟</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;
color:#1b1b1b;background:#fff}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
td,th{padding:.3rem .6rem;border-bottom:1px solid #ddd;text-align:right}
td:first-child,th:first-child{text-align:left}
svg{width:100%;height:auto;margin:1rem 0}
figcaption{color:#555}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}
td,th{border-color:#444}figcaption{color:#aaa}text{fill:#ccc}}
</style>
"""

_SERIES = (
    ("contributed", "Contributed 提取", "#7aa6d9"),
    ("rebated", "Rebated 返利", "#2f7d4f"),
    ("owed", "Still owed 待返", "#c7682f"),
)
_FIGURES = (
    ("orders", "Orders 订单"),
    ("members", "Members 会员"),
    ("sales", "Sales 销售额"),
    ("contributed", "Contributed 提取"),
    ("rebated", "Rebated 返利"),
    ("commissions", "Commissions 佣金"),
    ("cost_bps", "Cost of sales 占销售额"),
    ("promised", "Promised 权益"),
    ("paid_bps", "Paid of it 已返比例"),
    ("never_bps", "Never paid 永不返还"),
    ("nothing", "Got nothing 分文未得"),
    ("cleared", "Cleared 清零"),
)
_COUNTS = frozenset({"orders", "members", "nothing"})
_HEIGHT, _LEFT, _GAP = 220, 10, 24


def page(played: Sequence[SimulationPlayed]) -> str:
    """Return the page as HTML."""
    parts = [_HEAD, "<h1>Simulation 模拟</h1>"]
    if len(played) > 1:
        parts.append(_beside(played))
    for each in played:
        parts += _case(each, alone=len(played) == 1)
    return "\n".join(parts) + "\n</html>\n"


def _beside(played: Sequence[SimulationPlayed]) -> str:
    rows = "\n".join(escape(line) for line in told(played))
    return f"<pre>{rows}</pre>{_costs(played)}"


def _costs(played: Sequence[SimulationPlayed]) -> str:
    """Draw a bar for each case: what it costs of sales."""
    costs = [each.report["cost_bps"] or 0 for each in played]
    most = max(costs) or 1
    width = 900 // max(1, len(costs))
    bars = "".join(
        _bar(
            place * width + 2,
            cost * 150 // most,
            max(1, width - 4),
            160,
            "#2f7d4f",
            percent(Bps(cost)),
        )
        for place, cost in enumerate(costs)
    )
    caption = "Cost of sales by case 各方案成本占比"
    drawing = f'<svg viewBox="0 0 900 180">{bars}</svg>'
    return f"<figure>{drawing}<figcaption>{caption}</figcaption></figure>"


def _case(played: SimulationPlayed, *, alone: bool) -> Iterator[str]:
    report, currency = played.report, played.case.document["currency"]
    if not alone:
        yield f"<h2>{escape(played.case.name)}</h2>"
    lines = [line for line in sentences(report, currency) if line]
    yield "".join(f"<p>{escape(line)}</p>" for line in lines[:5] if "█" not in line)
    yield _chart(report["by_month"], currency)
    yield _table({"All 合计": report, **report["plans"]}, currency)


def _chart(months: Sequence[Mapping[str, Any]], currency: str) -> str:
    most = max((each[name] for each in months for name, _, _ in _SERIES), default=0)
    if most <= 0:
        return ""
    group = max(12, 880 // len(months))
    width = max(2, group // 4)
    bars = []
    for place, each in enumerate(months):
        left = _LEFT + place * group
        for number, (name, _, colour) in enumerate(_SERIES):
            height = max(0, each[name]) * _HEIGHT // most
            title = f"{each['month']}: {money(each[name], currency)}"
            bars.append(_bar(left + number * width, height, width - 1, _HEIGHT, colour, title))
        if place % max(1, len(months) // 12) == 0:
            bars.append(
                f'<text x="{left}" y="{_HEIGHT + 16}" font-size="10">{each["month"]}</text>'
            )
    keys = ", ".join(f'<span style="color:{colour}">■</span> {name}' for _, name, colour in _SERIES)
    view = f"0 0 {_LEFT + group * len(months)} {_HEIGHT + _GAP}"
    caption = f"By month 按月, {escape(currency)}: {keys}"
    return (
        f'<figure><svg viewBox="{view}" role="img">{"".join(bars)}</svg>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _bar(left: int, height: int, width: int, bottom: int, colour: str, title: str) -> str:
    box = f'x="{left}" y="{bottom - height}" width="{width}" height="{height}"'
    return f'<rect {box} fill="{colour}"><title>{escape(title)}</title></rect>'


def _table(columns: Mapping[str, Mapping[str, Any]], currency: str) -> str:
    heads = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = "".join(
        f"<tr><td>{title}</td>"
        + "".join(f"<td>{_cell(each, name, currency)}</td>" for each in columns.values())
        + "</tr>"
        for name, title in _FIGURES
    )
    waits = "".join(f"<td>{_waits(each['waits'])}</td>" for each in columns.values())
    last = f"<tr><td>Waits: half, 9 of 10 等待天数</td>{waits}</tr>"
    return f"<table><tr><th></th>{heads}</tr>{rows}{last}</table>"


def _cell(figures: Mapping[str, Any], name: str, currency: str) -> str:
    value = figures[name]
    if value is None:
        return "-"
    if name.endswith("_bps"):
        return percent(value)
    return f"{value:,}".replace(",", " ") if name in _COUNTS else money(value, currency)


def _waits(waits: Mapping[str, Any]) -> str:
    if waits["p50_days"] is None:
        return "-"
    return f"{waits['p50_days']} / {waits['p90_days']} d"
