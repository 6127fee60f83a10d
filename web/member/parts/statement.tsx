/** Every movement by day, what each day came to, found by kind of balance and days; as a file, too. */

import { useLocation, useSearch } from "wouter";
import { clock, day } from "../../shared/format";
import { useAct, usePages } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import { assetName, movementName, queueName, rewardName } from "../../shared/names";
import { saveFile } from "../../shared/save-file";
import type { StatementLine, StatementPage } from "../../shared/types";
import { useMine } from "../session";
import { isEarned } from "./earned";
import { Failure } from "./failure";
import { LongList } from "./list";

const ASSETS = ["", "cash", "pending", "held", "points", "love", "love_frozen", "voucher"];
const FILTERS = ["asset", "from", "to"] as const;

export function Statement({ turn }: { turn: number }) {
  const { ask } = useMine();
  const [, go] = useLocation();
  const query = new URLSearchParams(useSearch());
  const wanted = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""])) as Record<
    (typeof FILTERS)[number],
    string
  >;
  const pages = usePages<StatementLine>(
    async (after) => {
      const page = await ask<StatementPage>("GET", "me/statement", { query: { ...wanted, after } });
      return { rows: page.lines, next: page.next };
    },
    [turn, wanted],
  );
  const file = useAct();
  const set = (name: string, value: string) => {
    if (value) query.set(name, value);
    else query.delete(name);
    go(query.size ? `/wallet?${query}` : "/wallet", { replace: true });
  };
  const save = async () => saveFile("statement.csv", await wholeFile(), "text/csv");
  const wholeFile = async () => {
    const parts: string[] = [];
    let after: string | null = null;
    do {
      const part: string = await ask("GET", "me/statement", {
        query: { ...wanted, format: "csv", after },
        heard: (headers) => {
          after = headers.get("X-Rebate-Next");
        },
      });
      parts.push(parts.length === 0 ? `\ufeff${part.replace(/^\ufeff/, "")}` : withoutHead(part));
    } while (after);
    return parts.join("");
  };
  return (
    <section className="statement">
      <h2>{t("member.statement")}</h2>
      <div className="row filter">
        <label>
          {t("wallet.filter")}
          <select value={wanted.asset} onChange={(event) => set("asset", event.currentTarget.value)}>
            {ASSETS.map((each) => (
              <option key={each} value={each}>
                {each ? assetName(each) : t("wallet.all")}
              </option>
            ))}
          </select>
        </label>
        {(["from", "to"] as const).map((name) => (
          <label key={name}>
            {t(`wallet.${name}`)}
            <input
              type="date"
              value={wanted[name]}
              onChange={(event) => set(name, event.currentTarget.value)}
            />
          </label>
        ))}
      </div>
      <div className="row">
        <button type="button" disabled={file.isBusy} onClick={() => void file.act(save)}>
          {t("wallet.csv")}
        </button>
        <button type="button" onClick={() => print()}>
          {t("print")}
        </button>
      </div>
      {file.error !== null && <Failure error={file.error} />}
      {pages.error !== null && <Failure error={pages.error} again={pages.reload} />}
      {pages.isLoading && pages.rows.length === 0 && pages.error === null && <span className="skeleton wide" />}
      {!pages.isLoading && pages.rows.length === 0 && pages.error === null && (
        <p>{t("member.no_movements")}</p>
      )}
      <LongList
        key={JSON.stringify(wanted)}
        className="movements"
        rows={pages.rows}
        keyOf={(line) => `${line.source} ${line.at} ${pages.rows.indexOf(line)}`}
        more={pages.hasMore && !pages.isLoading ? pages.more : undefined}
        show={(line, at) => (
          <Line line={line} rows={pages.rows} at={at} isWhole={!pages.hasMore} />
        )}
      />
    </section>
  );
}

const withoutHead = (csv: string): string => csv.slice(csv.indexOf("\n") + 1);

interface LineProps {
  line: StatementLine;
  rows: readonly StatementLine[];
  at: number;
  isWhole: boolean;
}

function Line({ line, rows, at, isWhole }: LineProps) {
  const { balance } = useMine();
  const today = day(line.at);
  const before = rows[at - 1];
  return (
    <>
      {(!before || day(before.at) !== today) && (
        <h3>
          <span>{today}</span>
          <DayEarned rows={rows} at={at} today={today} isWhole={isWhole} />
        </h3>
      )}
      <span>
        {line.reason ? rewardName(line.reason) : movementName(line.kind)} · {assetName(line.asset)}
      </span>
      <span className={`number ${line.amount < 0 ? "out" : "in"}`}>
        {line.amount > 0 && "+"}
        {balance(line.amount, line.asset)}
      </span>
      <span className="quiet">
        {[
          clock(line.at),
          line.entry !== null && line.source !== "" && queueName(line.source),
          line.order_id && t("member.from_order", { order: line.order_id }),
          line.counterpart,
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
      <span className="quiet number">
        {t("wallet.left", { amount: balance(line.balance, line.asset) })}
      </span>
    </>
  );
}

/** What a day came to, once all of it is here. */
function DayEarned({ rows, at, today, isWhole }: Omit<LineProps, "line"> & { today: string }) {
  const { money } = useMine();
  let sum = 0;
  let next = at;
  for (; next < rows.length && day(rows[next]!.at) === today; next++)
    if (isEarned(rows[next]!)) sum += rows[next]!.amount;
  if ((next === rows.length && !isWhole) || sum === 0) return null;
  return <span className="quiet">{t("wallet.earned", { amount: money(sum) })}</span>;
}
