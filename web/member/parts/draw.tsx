/** A draw: odds as "1 in 3", the result, and how to check it oneself. */

import { percent } from "../../shared/format";
import { useAct, useAnswer } from "../../shared/hooks";
import { t } from "../../shared/i18n";
import type { Entry, EntryDraw, Odds } from "../../shared/types";
import { checked } from "../luck";
import { useMine } from "../session";
import { Failure } from "./failure";
import { Sheet } from "./sheet";

export function Draw({ entry, close }: { entry: Entry; close: () => void }) {
  const { ask } = useMine();
  const { queue, entry: id } = entry;
  const answer = useAnswer<EntryDraw>(
    (signal) => ask("GET", "me/entries/draw", { query: { queue, entry: id }, signal }),
    [queue, id],
  );
  const { isBusy, error, act } = useAct();
  const go = async () => {
    const body = { queue, entry: id };
    if (await act(() => ask("POST", "me/entries/draw", { body }))) answer.reload();
  };
  const seen = answer.data;
  return (
    <Sheet
      title={t("member.draw_title", { order: entry.order_id })}
      close={close}
      {...(seen?.drawn ? { closing: t("close") } : {})}
      act={
        seen?.may_draw && (
          <button type="button" className="primary" disabled={isBusy} onClick={() => void go()}>
            {t("member.draw_now")}
          </button>
        )
      }
    >
      {answer.error !== null && <Failure error={answer.error} again={answer.reload} />}
      {seen && (
        <>
          {seen.drawn ? (
            <p className="reveal" role="status">
              {t("draw.result", { ratio: percent(seen.ratio_bps) })}
            </p>
          ) : (
            <p>
              {t("member.draw_lead")} {t("draw.now", { ratio: percent(seen.ratio_bps) })}
            </p>
          )}
          <OddsTable odds={seen.odds} />
          {seen.drawn && <Check seen={seen} />}
        </>
      )}
      {error !== null && <Failure error={error} />}
    </Sheet>
  );
}

export function OddsTable({ odds }: { odds: Odds }) {
  const { prizes, low_bps, high_bps, miss_weight, total_weight } = odds;
  const rows: [string, number][] = prizes.map(({ bps, weight }) => [percent(bps), weight]);
  if (low_bps !== null && high_bps !== null)
    rows.push([
      t("member.odds_range", { low: percent(low_bps), high: percent(high_bps) }),
      total_weight - miss_weight,
    ]);
  if (miss_weight) rows.push([t("member.odds_miss"), miss_weight]);
  return (
    <table>
      <caption className="unseen">{t("member.odds")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("member.odds_ratio")}</th>
          <th scope="col">{t("member.odds_chance")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([what, weight]) => (
          <tr key={what}>
            <td>{what}</td>
            <td>{oneIn(weight, total_weight)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** "1 in 3", and the exact share beside it where that is not exact. */
function oneIn(weight: number, whole: number): string {
  const times = whole / weight;
  const share = percent((weight * 10_000) / whole, 4);
  return Number.isInteger(times)
    ? t("draw.one_in", { n: times })
    : t("draw.about_one_in", { n: times.toFixed(1), share });
}

function Check({ seen }: { seen: EntryDraw }) {
  const answer = useAnswer(() => checked(seen), [seen.entry, seen.seed]);
  return (
    <section className="check">
      <h3>{t("draw.check")}</h3>
      {seen.seed === null ? (
        <p>{t("draw.seed_later", { day: seen.seed_day ?? "" })}</p>
      ) : (
        answer.data && (
          <p role="status">
            {t(answer.data.isKept ? "draw.kept" : "draw.broken")}{" "}
            {t(answer.data.isRight ? "draw.right" : "draw.wrong", {
              ratio: answer.data.ratio === null ? t("member.odds_miss") : percent(answer.data.ratio),
            })}
          </p>
        )
      )}
      <p className="hash">{seen.commitment}</p>
    </section>
  );
}
