/** For everybody: commitments and seeds by day, and any draw computed again in this browser. */

import { useState } from "react";
import { percent } from "../../shared/format";
import { useAnswer } from "../../shared/hooks";
import type { Ask } from "../../shared/api";
import { t } from "../../shared/i18n";
import { oddsScopeName } from "../../shared/names";
import { told } from "../../shared/told";
import type { Draws as Shown } from "../../shared/types";
import { commitmentOf, drawnRatio, luckOf } from "../luck";
import { Languages } from "../parts/languages";
import { OddsTable } from "../parts/draw";

export function Draws({ ask }: { ask: Ask }) {
  const answer = useAnswer<Shown>((signal) => ask("GET", "draws", { signal }), []);
  return (
    <main>
      <h1>{t("draws.title")}</h1>
      <Languages />
      <p>{t("draws.lead")}</p>
      {answer.error !== null && (
        <p className="failure" role="alert">
          {told(answer.error).text}{" "}
          <button type="button" onClick={answer.reload}>
            {t("again")}
          </button>
        </p>
      )}
      {answer.data && <Again draws={answer.data} />}
      {answer.data?.days.map(({ day, commitment, seed, late, mixed_with }) => (
        <article key={day} className="card">
          <h2>{day}</h2>
          <p className="quiet">{t("draws.commitment")}</p>
          <p className="hash">{commitment}</p>
          <p className="quiet">{t("draws.seed")}</p>
          <p className="hash">{seed ?? t("draws.seed_later")}</p>
          {mixed_with !== null && <p className="quiet">{t("draws.mixed")}</p>}
          {mixed_with !== null && <p className="hash">{mixed_with}</p>}
          {late && <p>{t("draws.late")}</p>}
        </article>
      ))}
      {answer.data?.days.length === 0 && <p>{t("draws.none")}</p>}
      {Object.entries(answer.data?.odds ?? {}).map(([scope, odds]) => (
        <section key={scope}>
          <h2>{t("draws.odds_of", { scope: oddsScopeName(scope) })}</h2>
          <OddsTable odds={odds} />
        </section>
      ))}
    </main>
  );
}

function Again({ draws }: { draws: Shown }) {
  const open = draws.days.filter(({ seed }) => seed !== null);
  const scopes = Object.keys(draws.odds);
  const [day, setDay] = useState(open[0]?.day ?? "");
  const [entry, setEntry] = useState("");
  const [scope, setScope] = useState(scopes[0] ?? "");
  const [said, setSaid] = useState("");
  const chosen = open.find((each) => each.day === day);
  const odds = draws.odds[scope];
  if (!chosen?.seed || !odds) return null;
  const { seed, commitment, mixed_with } = chosen;
  const compute = async (event: Event) => {
    event.preventDefault();
    const isKept = (await commitmentOf(seed)) === commitment;
    const ratio = drawnRatio(odds, await luckOf(seed, entry.trim(), mixed_with));
    const result = ratio === null ? t("member.odds_miss") : percent(ratio);
    setSaid(`${t(isKept ? "draw.kept" : "draw.broken")} ${t("draws.draws", { result })}`);
  };
  return (
    <form className="card" onSubmit={compute as never}>
      <h2>{t("draws.again")}</h2>
      <label>
        {t("draws.day")}
        <select value={day} onChange={(event) => setDay(event.currentTarget.value)}>
          {open.map((each) => (
            <option key={each.day}>{each.day}</option>
          ))}
        </select>
      </label>
      <label>
        {t("draws.odds")}
        <select value={scope} onChange={(event) => setScope(event.currentTarget.value)}>
          {scopes.map((each) => (
            <option key={each} value={each}>
              {oddsScopeName(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("member.entry")}
        <input value={entry} required onInput={(event) => setEntry(event.currentTarget.value)} />
      </label>
      <button type="submit" className="primary">
        {t("draws.compute")}
      </button>
      <p role="status">{said}</p>
    </form>
  );
}
