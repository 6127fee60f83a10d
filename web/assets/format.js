/** Amounts, ratios and instants as people of a language write them. Pure. */

const HUNDREDTHS = 2;

/** Return whole minor units as a decimal number in text, exactly: (-1205, 2) is "-12.05". */
export function decimal(minor, digits) {
  const whole = String(Math.abs(minor)).padStart(digits + 1, "0");
  const sign = minor < 0 ? "-" : "";
  return digits ? `${sign}${whole.slice(0, -digits)}.${whole.slice(-digits)}` : sign + whole;
}

/** Return minor units of a currency as money; a shop has one, so its short sign will do. */
export function money(minor, currency, locale) {
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
  return format.format(decimal(minor, format.resolvedOptions().maximumFractionDigits));
}

/** Return what a wallet's pocket holds: money, or an asset that is counted in hundredths. */
export function balance(minor, pocket, currency, locale) {
  if (["cash", "pending", "held"].includes(pocket)) return money(minor, currency, locale);
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: HUNDREDTHS });
  return format.format(decimal(minor, HUNDREDTHS));
}

/** Return basis points as a percentage: 1250 is "12.5%". */
export function percent(bps, locale) {
  const format = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 });
  return format.format(bps / 10_000);
}

/** Return the chance of `part` in `whole` as a percentage of up to four places. */
export function chance(part, whole, locale) {
  const format = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 4 });
  return format.format(whole ? part / whole : 0);
}

/** Return a whole number, grouped. */
export function count(number, locale) {
  return new Intl.NumberFormat(locale).format(number);
}

/** Return an instant in the reader's timezone, or in the one that is named. */
export function moment(iso, locale, timeZone = undefined) {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  });
  return format.format(new Date(iso));
}
