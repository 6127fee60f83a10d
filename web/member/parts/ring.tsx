/** How much of an entry is paid, as a ring with the figure inside. */

import { percent } from "../../shared/format";
import { t } from "../../shared/i18n";

const AROUND = 2 * Math.PI * 42;

export function Ring({ bps }: { bps: number }) {
  const done = Math.min(bps, 10_000);
  const drawn = `${(AROUND * done) / 10_000} ${AROUND}`;
  return (
    <svg className="ring" viewBox="0 0 100 100" role="img" aria-label={t("member.progress_is", { share: percent(done) })}>
      <circle cx="50" cy="50" r="42" />
      <circle cx="50" cy="50" r="42" className="done" stroke-dasharray={drawn} />
      <text x="50" y="57">{percent(done, 0)}</text>
    </svg>
  );
}
