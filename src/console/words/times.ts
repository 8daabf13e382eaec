/** Times as the browser's language writes them, in its own time zone. */

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
});
const dayAndMinute = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "short",
});
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

/** The clock alone for what is of today. */
export function moment(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const isToday = time.toDateString() === new Date().toDateString();
  return (isToday ? clock : dayAndClock).format(time);
}

export function minute(iso: string): string {
  return format(dayAndMinute, iso);
}

export function exactly(iso: string): string {
  return format(exact, iso);
}

export function dayOf(iso: string): string {
  return format(day, iso);
}

function format(how: Intl.DateTimeFormat, iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : how.format(time);
}

/** The zone that days are counted in. */
export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
