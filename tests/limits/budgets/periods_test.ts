/** Where periods begin and end, against what the runtime's calendar says of every time zone. */

import { assert, assertEquals } from "@std/assert";
import { isTimeZone, offsetIn, type Period, spanAt } from "../../../src/limits/budgets/periods.ts";
import { seededRandom } from "../../framing/cuts.ts";
import { FIRST_SEED } from "../../support/fuzzing.ts";

function span(period: Period, timeZone: string, at: string): readonly [string, string] {
  const { startMs, endMs } = spanAt(period, offsetIn(timeZone), Date.parse(at));
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
}

Deno.test("spanAt() finds days, weeks and months of a calendar", () => {
  const at = "2026-11-29T07:00:00.000Z";
  assertEquals(span("day", "UTC", at), ["2026-11-29T00:00:00.000Z", "2026-11-30T00:00:00.000Z"]);
  assertEquals(span("week", "UTC", at), ["2026-11-23T00:00:00.000Z", "2026-11-30T00:00:00.000Z"]);
  assertEquals(span("month", "UTC", at), ["2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"]);
  assertEquals(span("month", "UTC", "2026-12-31T23:59:59.999Z"), [
    "2026-12-01T00:00:00.000Z",
    "2027-01-01T00:00:00.000Z",
  ]);
  assertEquals(spanAt("ever", offsetIn("UTC"), Date.parse(at)), { startMs: 0, endMs: Infinity });
  assertEquals(span("day", "Asia/Kolkata", at), [
    "2026-11-28T18:30:00.000Z",
    "2026-11-29T18:30:00.000Z",
  ]);
});

Deno.test("spanAt() follows clocks that are changed, at midnight as well", () => {
  const cases: readonly (readonly [Period, string, string, string, string])[] = [
    // 23 and 25 hours.
    ["day", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00", "2026-03-29T22:00"],
    ["day", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00", "2026-10-25T23:00"],
    ["month", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-09-30T22:00", "2026-10-31T23:00"],
    // There is no midnight: the day begins at one.
    ["day", "America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00", "2018-11-05T02:00"],
    // The hour before midnight comes twice: the day before has 25.
    ["day", "America/Sao_Paulo", "2018-02-18T02:30:00Z", "2018-02-17T02:00", "2018-02-18T03:00"],
    // The first minute of a day, and then the last hour of the day before once more.
    ["day", "America/St_Johns", "2006-10-29T02:30:30Z", "2006-10-29T02:30", "2006-10-30T03:30"],
    ["day", "America/St_Johns", "2006-10-29T03:00:00Z", "2006-10-29T02:30", "2006-10-30T03:30"],
    // A day that there was not.
    ["day", "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00", "2011-12-30T10:00"],
    ["day", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00", "2011-12-31T10:00"],
  ];
  for (const [period, zone, at, start, end] of cases) {
    assertEquals(span(period, zone, at), [`${start}:00.000Z`, `${end}:00.000Z`], `${zone} ${at}`);
  }
});

/** Of a date in a zone, by a formatter of this test's own. */
function dateIn(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
  return (epochMs) => format.format(epochMs);
}

function isFirstDay(period: Period, date: string): boolean {
  if (period === "month") return date.endsWith("-01");
  return period === "day" || new Date(date).getUTCDay() === 1;
}

Deno.test("spanAt() agrees with the runtime's calendar in every time zone", () => {
  const random = seededRandom(FIRST_SEED);
  const firstMs = Date.UTC(1972, 0);
  const lastMs = Date.UTC(2037, 11);
  const periods = ["day", "week", "month"] as const;
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    const dateAt = dateIn(zone);
    const offsetAt = offsetIn(zone);
    const period = periods[Math.floor(random() * periods.length)]!;
    for (let round = 0; round < 3; round++) {
      const atMs = Math.floor(firstMs + random() * (lastMs - firstMs));
      const { startMs, endMs } = spanAt(period, offsetAt, atMs);
      const told = `${zone} ${period} ${new Date(atMs).toISOString()}`;
      assert(startMs <= atMs && atMs < endMs, told);
      assert(dateAt(startMs - 1) < dateAt(startMs), `${told}: begins with a date`);
      assert(dateAt(endMs - 1) < dateAt(endMs), `${told}: ends with one`);
      assert(isFirstDay(period, dateAt(startMs)), told);
      assertEquals(spanAt(period, offsetAt, startMs), { startMs, endMs }, told);
      assertEquals(spanAt(period, offsetAt, endMs - 1), { startMs, endMs }, told);
      assertEquals(spanAt(period, offsetAt, endMs).startMs, endMs, told);
    }
  }
});

Deno.test("isTimeZone() tells names of zones from other texts", () => {
  for (const name of ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]) {
    assert(isTimeZone(name), name);
  }
  for (const name of ["", "Berlin", "Europe/Atlantis", "UTC "]) assert(!isTimeZone(name), name);
});
