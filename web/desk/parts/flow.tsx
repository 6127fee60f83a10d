/** Bars that lie side by side: where money came from and went. Amounts below zero take no room. */

import { t } from "../../shared/i18n";

export interface Part {
  name: string;
  amount: number;
}

export function Bars({
  rows,
  money,
}: {
  rows: readonly (readonly Part[])[];
  money: (minor: number) => string;
}) {
  const whole = Math.max(
    1,
    ...rows.map((row) => row.reduce((sum, { amount }) => sum + Math.max(amount, 0), 0)),
  );
  return (
    <div className="bars">
      {rows.map((row) => (
        <ul key={row.map(({ name }) => name).join()}>
          {row
            .filter(({ amount }) => amount !== 0)
            .map(({ name, amount }) => (
              <li
                key={name}
                className={`part ${name}`}
                style={{ flexBasis: `${(Math.max(amount, 0) * 100) / whole}%` }}
              >
                <span>
                  {t(`figure.${name}`)} <b className="number">{money(amount)}</b>
                </span>
              </li>
            ))}
        </ul>
      ))}
    </div>
  );
}

interface Sums {
  contributed: number;
  borne: number;
  retained: number;
  clawed_back: number;
  pool: number;
}

/** What a queue took in, and where it went: both sides are equal, as its books are. */
export function flowOf({ contributed, borne, retained, clawed_back, pool }: Sums): Part[][] {
  const paid = contributed + borne - retained - clawed_back - pool;
  return [
    [
      { name: "contributed", amount: contributed },
      { name: "borne", amount: borne },
    ],
    [
      { name: "paid", amount: paid },
      { name: "retained", amount: retained },
      { name: "clawed_back", amount: clawed_back },
      { name: "pool", amount: pool },
    ],
  ];
}
