/** What the pages of merchants share: how they begin, figures, and ratios as they are typed. */

import { Input } from "antd";
import type { ReactNode } from "react";
import { clock, zoneName } from "../shared/format";
import { t } from "../shared/i18n";

export function Head({ title, at }: { title: string; at?: Date | null }) {
  return (
    <>
      <h1>{title}</h1>
      {at && <p className="quiet">{t("as_of", { time: clock(at), zone: zoneName() })}</p>}
    </>
  );
}

export function Figures({ children }: { children: ReactNode }) {
  return <dl className="merchant-figures">{children}</dl>;
}

export function Figure({ title, value, note }: { title: string; value: ReactNode; note?: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{value}</dd>
      {note && <dd className="quiet note">{note}</dd>}
    </div>
  );
}

interface FieldProps {
  label: string;
  value: string;
  change: (value: string) => void;
  note?: string | undefined;
  isWrong?: boolean;
  isNumber?: boolean;
  isDisabled?: boolean;
}

export function Field({ label, value, change, note, isWrong, isNumber, isDisabled }: FieldProps) {
  return (
    <label className="field">
      {label}
      <Input
        value={value}
        maxLength={500}
        disabled={isDisabled ?? false}
        {...(isNumber ? { inputMode: "decimal" as const } : {})}
        {...(isWrong ? { status: "error" as const } : {})}
        aria-invalid={isWrong ?? false}
        onChange={(event) => change(event.target.value)}
      />
      {note && <span className="quiet">{note}</span>}
    </label>
  );
}

const HUNDREDTHS_OF_A_PERCENT = 100;

/** Return a percentage as it is typed, in basis points; null where it is none. */
export function bpsOf(typed: string): number | null {
  const text = typed.trim().replace("%", "");
  if (!/^\d+(\.\d{1,2})?$/.test(text)) return null;
  return Math.round(Number(text) * HUNDREDTHS_OF_A_PERCENT);
}

export const typedBps = (bps: number | null): string =>
  bps === null ? "" : String(bps / HUNDREDTHS_OF_A_PERCENT);
