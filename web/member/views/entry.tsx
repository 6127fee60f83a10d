/** One entry: ring, place, the line around me, who paid me, why this ratio; draw and exchange. */

import { useState } from "react";
import { useSearch } from "wouter";
import { count, moment, percent } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName, decisionName, queueName, rewardName, statusName } from "../../shared/names";
import type { Entry, Progress, StatementLine, StatementPage } from "../../shared/types";
import { Draw } from "../parts/draw";
import { Exchange } from "../parts/exchange";
import { Failure } from "../parts/failure";
import { movedSince } from "../parts/moved";
import { useOpen } from "../parts/open";
import { Page } from "../parts/page";
import { Ring } from "../parts/ring";
import { type Mine, useMine } from "../session";

const AROUND = 5;
const PAGES_READ = 20;

export function EntryView() {
  const mine = useMine();
  const query = new URLSearchParams(useSearch());
  const entry = mine.entries.find(
    (each) => each.entry === query.get("entry") && (each.queue ?? "") === (query.get("queue") ?? ""),
  );
  return (
    <Page
      title={entry?.queue ? queueName(entry.queue) : t("member.some_queue")}
      up={{ href: "/line", title: t("tab.line") }}
      isBusy={!mine.isWhole}
    >
      {mine.error !== null && <Failure error={mine.error} again={mine.reload} />}
      {entry && <Shown entry={entry} />}
      {!entry && !mine.isWhole && mine.error === null && <span className="skeleton wide" />}
      {!entry && mine.isWhole && <p role="alert">{t("error.unknown_entry")}</p>}
    </Page>
  );
}

function Shown({ entry }: { entry: Entry }) {
  const mine = useMine();
  const [open, setOpen, shut] = useOpen();
  const canExchange = Object.keys(entry.exchange).length > 0;
  const close = () => {
    shut();
    mine.reload();
  };
  return (
    <>
      <p>
        {t("member.order", { order: entry.order_id })}{" "}
        {entry.line_id !== null && t("member.line", { line: entry.line_id })}{" "}
        <span className={`badge ${entry.status}`}>{statusName(entry.status)}</span>
      </p>
      {entry.progress_bps !== null && <Ring bps={entry.progress_bps} />}
      <Facts entry={entry} mine={mine} />
      <div className="row">
        {entry.may_draw && (
          <button type="button" className="primary" onClick={() => setOpen("draw")}>
            {t("member.draw")}
          </button>
        )}
        {entry.drawn && (
          <button type="button" onClick={() => setOpen("draw")}>
            {t("draw.check")}
          </button>
        )}
        {canExchange && (
          <button type="button" onClick={() => setOpen("exchange")}>
            {mine.titles.exchange ?? t("member.exchange")}
          </button>
        )}
      </div>
      {open === "draw" && <Draw entry={entry} close={close} />}
      {open === "exchange" && canExchange && <Exchange entry={entry} close={close} />}
      {entry.place !== null && entry.queue !== null && <Around entry={entry} queue={entry.queue} />}
      <PaidBy entry={entry} />
      <Why entry={entry} />
    </>
  );
}

function Facts({ entry, mine }: { entry: Entry; mine: Mine }) {
  const amount = (minor: number | null) => (minor === null ? null : mine.money(minor));
  const facts: [string, string | null][] = [
    [
      t("member.place"),
      entry.place === null ? null : t("member.place_n", { n: count(entry.place) }),
    ],
    [t("member.moved"), movedSince(entry)],
    [t("member.entitlement"), amount(entry.entitlement)],
    [t("member.earned"), amount(entry.paid)],
    [t("member.waiting"), entry.place === null ? null : amount(entry.waiting)],
    [
      t("member.ahead"),
      entry.entitlement === null || entry.place === null ? null : amount(entry.ahead),
    ],
    [
      t("member.rewards"),
      entry.entitlement === null ? t("member.rewards_n", { n: count(entry.rewards) }) : null,
    ],
    [
      t("member.became"),
      entry.conversion &&
        `${mine.balance(entry.conversion.amount, entry.conversion.pocket)} ${assetName(entry.conversion.pocket)}`,
    ],
    [t("member.merged_into"), entry.merged_into && queueName(entry.merged_into)],
    [t("member.merged_from"), entry.merged_from && queueName(entry.merged_from)],
  ];
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== null)
        .map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The line around me: five before, five after, as far as the shop shows it. */
function Around({ entry, queue }: { entry: Entry; queue: string }) {
  const { ask, money } = useMine();
  const place = entry.place ?? 1;
  const answer = useAnswer<Progress>(
    (signal) => ask("GET", "me/queue", { query: { id: queue, around: entry.entry }, signal }),
    [queue, entry.entry, place],
  );
  const line = answer.data?.line.filter((each) => Math.abs(each.place - place) <= AROUND) ?? [];
  return (
    <section>
      <h2>{t("member.around")}</h2>
      {answer.error !== null && <Failure error={answer.error} again={answer.reload} />}
      {answer.data && line.length === 0 && <p className="quiet">{t("member.line_empty")}</p>}
      <ol className="people">
        {line.map((each) => (
          <li key={each.place} className={each.place === place ? "mine" : ""}>
            <span className="place">{count(each.place)}</span>
            <Avatar of={each.person} />
            <span>
              {each.person?.nickname ?? t("member.somebody")}{" "}
              {each.mine && <span className="badge">{t("member.mine")}</span>}
            </span>
            {each.waiting !== null && each.waiting > 0 && (
              <span className="number">{money(each.waiting)}</span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Avatar({ of }: { of: Progress["line"][number]["person"] }) {
  if (!of?.avatar_url)
    return (
      <span className="avatar" aria-hidden="true">
        {[...(of?.nickname ?? t("member.somebody"))][0]}
      </span>
    );
  return <img className="avatar" src={of.avatar_url} alt="" referrerPolicy="no-referrer" loading="lazy" />;
}

/** Who paid me: the statement, as far as it is about this entry. */
function PaidBy({ entry }: { entry: Entry }) {
  const mine = useMine();
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("member.trace_paid")}</summary>
      {isOpen && <Payments entry={entry} mine={mine} />}
    </details>
  );
}

function Payments({ entry, mine }: { entry: Entry; mine: Mine }) {
  const answer = useAnswer<StatementLine[]>(
    (signal) => paymentsOf(mine, entry, signal),
    [entry.queue, entry.entry, entry.paid],
  );
  return (
    <>
      {answer.error !== null && <Failure error={answer.error} again={answer.reload} />}
      {answer.data?.length === 0 && <p className="quiet">{t("member.trace_empty")}</p>}
      <ul className="movements">
        {answer.data?.map((line, at) => (
          <li key={at}>
            <span>{line.reason ? rewardName(line.reason) : t("member.reward")}</span>
            <span className="number">{mine.balance(line.amount, line.asset)}</span>
            <span className="quiet">
              {line.order_id && t("member.from_order", { order: line.order_id })} · {moment(line.at)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

async function paymentsOf(
  { ask }: Mine,
  { queue, entry }: Entry,
  signal: AbortSignal,
): Promise<StatementLine[]> {
  const found: StatementLine[] = [];
  let after: string | null = null;
  for (let page = 0; page < PAGES_READ; page++) {
    const query = { queue, entry, after };
    const read: StatementPage = await ask("GET", "me/statement", { query, signal });
    found.push(...read.lines);
    after = read.next;
    if (after === null) break;
  }
  return found;
}

function Why({ entry }: { entry: Entry }) {
  if (entry.ratio_bps === null) return null;
  const decided = entry.decided_by === null ? t("member.by_plan") : decisionName(entry.decided_by);
  return (
    <details>
      <summary>{t("member.why_ratio")}</summary>
      <p>
        {t("member.ratio_is", { ratio: percent(entry.ratio_bps), decided })}{" "}
        {entry.drawn && t("member.drawn")}
      </p>
      <p className="quiet">
        {t("member.paid_at")}: {moment(entry.paid_at)} · {t("member.completed_at")}:{" "}
        {entry.completed_at === null ? t("member.not_completed") : moment(entry.completed_at)}
      </p>
    </details>
  );
}
