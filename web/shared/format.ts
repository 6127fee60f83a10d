/** Amounts, ratios and instants as people of a language write them. */

import { locale } from "./i18n";

const HUNDREDTHS = 2;
const MONEY = new Set(["cash", "pending", "held"]);

let decimals: Record<string, number> = {};
let zone: string | undefined;

/** Take over how many decimals currencies have where it is not two, as the API counts them. */
export function countIn(table: Record<string, number>): void {
  decimals = table;
}

/** Show instants in the shop's timezone from now on. */
export function tellTimeIn(timezone: string | undefined): void {
  zone = timezone;
}

/** Return what people call the shop's timezone: "China Standard Time". */
export function zoneName(): string {
  const format = new Intl.DateTimeFormat(locale(), { timeZone: zone, timeZoneName: "long" });
  const part = format.formatToParts().find(({ type }) => type === "timeZoneName");
  return part?.value ?? timezone();
}

/** Return a day of the shop's as `2026-03-02`: today's, or one so many days ago. */
export function shopDay(daysAgo = 0): string {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
  const today = new Date(`${format.format(new Date())}T00:00:00Z`);
  today.setUTCDate(today.getUTCDate() - daysAgo);
  return today.toISOString().slice(0, 10);
}

/** Return a day that is given as `2026-03-02`. */
export function calendarDay(iso: string): string {
  const format = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" });
  return format.format(new Date(`${iso}T00:00:00Z`));
}

export const timezone = (): string => zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

export const decimalsOf = (currency: string): number => decimals[currency] ?? HUNDREDTHS;

/** Return whole minor units as a decimal number in text, exactly: (-1205, 2) is "-12.05". */
export function decimal(minor: number, digits: number): string {
  const whole = String(Math.abs(minor)).padStart(digits + 1, "0");
  const sign = minor < 0 ? "-" : "";
  return digits ? `${sign}${whole.slice(0, -digits)}.${whole.slice(-digits)}` : sign + whole;
}

/** Return what was typed as minor units, exactly; null where it is no amount of the currency. */
export function minorOf(typed: string, digits: number): number | null {
  const found = /^(-?)(\d+)(?:\.(\d*))?$/.exec(typed.trim().replaceAll(",", ""));
  const fraction = found?.[3] ?? "";
  if (!found || fraction.length > digits) return null;
  const minor = Number(`${found[1]}${found[2]}${fraction.padEnd(digits, "0")}`);
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Return minor units of a currency as money; a shop has one, so its short sign will do. */
export function money(minor: number, currency: string): string {
  const digits = decimalsOf(currency);
  return shown(minor, digits, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
}

/** Return what a balance holds: money, or an asset that is counted in hundredths. */
export function balance(minor: number, asset: string, currency: string): string {
  return MONEY.has(asset) ? money(minor, currency) : shown(minor, HUNDREDTHS, {});
}

function shown(minor: number, digits: number, options: Intl.NumberFormatOptions): string {
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = new Intl.NumberFormat(locale(), { ...options, ...exact });
  return format.format(decimal(minor, digits) as Intl.StringNumericLiteral);
}

/** Return basis points as a percentage: 1250 is "12.5%". */
export function percent(bps: number, digits = 2): string {
  const format = new Intl.NumberFormat(locale(), {
    style: "percent",
    maximumFractionDigits: digits,
  });
  return format.format(bps / 10_000);
}

export function count(number: number): string {
  return new Intl.NumberFormat(locale()).format(number);
}

/** Return an instant in the shop's timezone. */
export function moment(iso: string): string {
  return dated(iso, { dateStyle: "medium", timeStyle: "short" });
}

export function day(iso: string): string {
  return dated(iso, { dateStyle: "long" });
}

export function shortDay(iso: string): string {
  return dated(iso, { month: "short", day: "numeric" });
}

export function clock(iso: string | Date): string {
  return dated(iso, { timeStyle: "short" });
}

function dated(iso: string | Date, options: Intl.DateTimeFormatOptions): string {
  const format = new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone });
  return format.format(new Date(iso));
}
