/** The trace of an order: which rule of which scope gave each ratio, what it gave and got. */

import { el, facts, row, table } from "../dom.js";
import { accountParts } from "../ids.js";
import {
  accountName,
  channelName,
  count,
  decisionName,
  moment,
  movementName,
  outcomeName,
  percent,
  queueName,
  reasonName,
  rewardName,
  ruleName,
  scopeName,
  statusName,
  t,
} from "../language.js";
import { failure, to } from "../page.js";
import { theShop } from "./shop.js";

export async function showOrder({ id }, ask) {
  const heading = [el("h1", {}, t("operator.orders")), search(id)];
  if (!id) return [...heading, el("p", { class: "quiet" }, t("operator.find_lead"))];
  const found = Promise.all([theShop(ask), ask("GET", "order", { query: { id } })]);
  return [
    ...heading,
    ...(await found.then(
      ([shop, trace]) => shown(trace, shop),
      (error) => [failure(error)],
    )),
  ];
}

function shown(trace, { said, counted }) {
  return [
    el("h2", {}, t("operator.order", { order: trace.order_id })),
    about(trace),
    el("h2", {}, t("operator.lines")),
    el(
      "div",
      { class: "cards" },
      trace.lines.map((line) => priced(line, said)),
    ),
    trace.refunds.length > 0 && refunds(trace.refunds, said),
    el("h2", {}, t("operator.tickets")),
    trace.tickets.length > 0
      ? gaveAndGot(trace.tickets, said)
      : el("p", { class: "quiet" }, t("none")),
    el("h2", {}, t("operator.journal")),
    trace.journal.length > 0
      ? trace.journal.map((entry) => movement(entry, said, counted))
      : el("p", { class: "quiet" }, t("operator.journal_empty")),
  ]
    .flat()
    .filter(Boolean);
}

function search(id) {
  const input = el("input", {
    id: "order",
    name: "id",
    value: id ?? "",
    required: true,
    autocomplete: "off",
    spellcheck: "false",
  });
  const find = (event) => {
    event.preventDefault();
    location.hash = to("order", { id: input.value.trim() });
  };
  return el(
    "form",
    { role: "search", submit: find },
    el("label", { for: "order" }, t("operator.order_id")),
    el("div", { class: "row" }, input, el("button", { class: "primary" }, t("operator.find"))),
  );
}

function about(trace) {
  const origin = trace.repurchase_of;
  return facts(
    [
      [t("operator.member"), trace.member],
      [t("operator.level"), trace.level],
      [t("operator.referrer"), trace.referrer],
      [t("operator.channel"), channelName(trace.channel)],
      [t("operator.store"), trace.store_id],
      [t("operator.paid_at"), trace.paid_at && moment(trace.paid_at)],
      [t("operator.completed_at"), trace.completed_at && moment(trace.completed_at)],
      [t("operator.settings_version"), t("operator.version", { n: trace.settings_version })],
      [
        t("operator.repurchase_of"),
        origin && el("a", { href: to("order", { id: origin }) }, origin),
      ],
    ],
    { class: "facts tiles" },
  );
}

function priced(line, said) {
  return el(
    "article",
    { class: "card" },
    el(
      "h3",
      {},
      t("operator.line", { line: line.line_id }),
      line.product_id && ` · ${line.product_id}`,
    ),
    facts([
      [t("operator.quantity"), count(line.quantity)],
      [t("operator.line_paid"), said(line.paid)],
      [t("operator.deducted"), line.deducted ? said(line.deducted) : null],
      [t("operator.refunded"), line.refunded ? said(line.refunded) : null],
      [t("operator.profit"), said(line.profit)],
      [
        t("operator.queue"),
        line.queue && el("a", { href: to("queue", { queue: line.queue }) }, queueName(line.queue)),
      ],
      [
        t("operator.extraction"),
        line.extraction_bps === null ? null : percent(line.extraction_bps),
      ],
      [t("operator.ratio"), line.entitlement_bps === null ? null : percent(line.entitlement_bps)],
      [t("operator.no_entry"), line.no_entry_because && reasonName(line.no_entry_because)],
    ]),
    line.decided_by !== null &&
      el(
        "div",
        {},
        el("h4", {}, t("operator.steps")),
        el(
          "ol",
          { class: "steps" },
          line.passed_over.map(({ rule, scope, outcome }) =>
            el(
              "li",
              {},
              t("decision", { rule: ruleName(rule), scope: scopeName(scope) }),
              ": ",
              outcomeName(outcome),
            ),
          ),
          el(
            "li",
            { class: "decided" },
            decisionName(line.decided_by),
            ": ",
            t("operator.gave", { ratio: percent(line.entitlement_bps ?? 0) }),
          ),
        ),
      ),
  );
}

function refunds(all, said) {
  const { whole } = table(
    t("operator.refunds"),
    [t("operator.refund"), t("operator.refunded_at"), t("operator.amounts"), t("operator.status")],
    all.map(({ refund_id, refunded_at, amounts, refused }) =>
      row([
        refund_id,
        moment(refunded_at),
        Object.entries(amounts)
          .map(([line, amount]) => `${t("operator.line", { line })}: ${said(amount)}`)
          .join("; "),
        refused === null ? t("operator.accepted") : t("operator.refused", { why: refused }),
      ]),
    ),
  );
  return [el("h2", {}, t("operator.refunds")), whole];
}

function gaveAndGot(tickets, said) {
  const heads = [
    t("operator.queue"),
    t("operator.gives"),
    [t("operator.retained"), "number"],
    t("operator.entry"),
    t("operator.status"),
    [t("operator.entitlement"), "number"],
    [t("operator.paid_out"), "number"],
    [t("operator.place"), "number"],
    [t("operator.ahead"), "number"],
  ];
  return table(
    t("operator.tickets"),
    heads,
    tickets.flatMap((ticket) =>
      ticket.contributions.map((given) => gaveAndGotRow(ticket, given, said)),
    ),
  ).whole;
}

function gaveAndGotRow({ queue, contributions, entries }, given, said) {
  const entry = entries.find(
    ({ line_id }) => contributions.length === 1 || line_id === given.line_id,
  );
  const gives = given.settled
    .map((amount) => said(amount) ?? t("operator.not_settled"))
    .join(" + ");
  return row(
    [
      el("a", { href: to("queue", { queue }) }, queueName(queue)),
      gives,
      [said(given.retained), "number"],
      entry ? entry.entry : t("operator.no_entry"),
      entry && el("span", { class: `badge ${entry.status}` }, statusName(entry.status)),
      [
        entry && (said(entry.entitlement) ?? t("operator.by_rewards", { n: count(entry.rewards) })),
        "number",
      ],
      [entry && said(entry.paid), "number"],
      [entry?.place && count(entry.place), "number"],
      [entry && said(entry.ahead), "number"],
    ].map((cell) => (Array.isArray(cell) ? [cell[0] ?? "", cell[1]] : (cell ?? ""))),
  );
}

function movement({ source, number, at, kind, order_id, line_id, postings }, said, counted) {
  const cause = order_id && [
    el("a", { href: to("order", { id: order_id }) }, order_id),
    line_id && ` · ${t("operator.line", { line: line_id })}`,
  ];
  const heads = [
    t("operator.account"),
    [t("operator.amount"), "number"],
    t("operator.entry"),
    t("operator.reward"),
  ];
  return el(
    "details",
    {},
    el(
      "summary",
      {},
      movementName(kind),
      " · ",
      queueName(source),
      " · ",
      t("operator.postings", { n: count(postings.length) }),
      " · ",
      moment(at),
    ),
    facts([
      [t("operator.source"), `${source} #${number}`],
      [t("operator.cause"), cause || null],
    ]),
    table(
      t("operator.journal"),
      heads,
      postings.map(({ account, amount, entry, reason }) =>
        row([
          el("span", { title: account }, accountName(account)),
          [posted(account, amount, said, counted), "number"],
          entry ?? "",
          reason ? rewardName(reason) : "",
        ]),
      ),
    ).whole,
  );
}

/**
 * Return a posting's amount: wallets, and what was issued for them, may be in an asset other than
 * money.
 */
function posted(account, amount, said, counted) {
  const { kind, part } = accountParts(account);
  return ["wallet", "issued"].includes(kind) ? counted(amount, part) : said(amount);
}
