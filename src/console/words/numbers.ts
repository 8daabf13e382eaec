/** Numbers as the browser's language writes them. */

export const UNKNOWN = "–";

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const decimal = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const share = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const dollars = new Intl.NumberFormat(undefined, inDollars({ maximumFractionDigits: 2 }));
const cents = new Intl.NumberFormat(undefined, inDollars({ maximumSignificantDigits: 3 }));

function inDollars(more: Intl.NumberFormatOptions): Intl.NumberFormatOptions {
  return { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol", ...more };
}

type Maybe = number | null | undefined;

const unit = (name: string): Intl.NumberFormat =>
  new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: name,
    unitDisplay: "narrow",
    maximumSignificantDigits: 3,
  });
const milliseconds = unit("millisecond");
const seconds = unit("second");
const minutes = unit("minute");
const bytes = unit("byte");
const kilobytes = unit("kilobyte");

/** 1,234,567 */
export function count(value: Maybe): string {
  return value === null || value === undefined ? UNKNOWN : whole.format(value);
}

/** 1.2M */
export function compact(value: Maybe): string {
  return value === null || value === undefined ? UNKNOWN : short.format(value);
}

/** 0.123 */
export function rate(value: Maybe): string {
  return value === null || value === undefined ? UNKNOWN : decimal.format(value);
}

export function percent(part: number, all: number): string {
  return all === 0 ? UNKNOWN : share.format(part / all);
}

/** Small amounts keep three digits, since a call costs fractions of a cent. */
export function money(usd: Maybe): string {
  if (usd === null || usd === undefined) return UNKNOWN;
  return (usd !== 0 && Math.abs(usd) < 1 ? cents : dollars).format(usd);
}

export function duration(ms: Maybe): string {
  if (ms === null || ms === undefined) return UNKNOWN;
  if (ms < 1000) return milliseconds.format(ms);
  return ms < 120_000 ? seconds.format(ms / 1000) : minutes.format(ms / 60_000);
}

export function size(length: Maybe): string {
  if (length === null || length === undefined) return UNKNOWN;
  return length < 1000 ? bytes.format(length) : kilobytes.format(length / 1000);
}
