/** How large the automaton of a pattern becomes, without making it. */

/** A larger one is not made: it would take long for each character. */
export const MAX_PATTERN_SIZE = 10_000;

/** A character, a class or an escape; the beginning of a group; its end; an alternative; a repetition. */
const TOKEN =
  /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<\w+>|[^:]*:))?|\)|\||\{\d+(?:,\d*)?\}\??|[*+?]\??|[^]/gs;

/** Places of a character in it once everything that repeats is written out, of a valid pattern. */
export function sizeOf(pattern: string): number {
  /** Of each group that is open, what stands before its last part, and that part. */
  const open: { before: number; last: number }[] = [{ before: 0, last: 0 }];
  for (const [token] of pattern.matchAll(TOKEN)) {
    const group = open.at(-1);
    if (group === undefined) break;
    if (token.startsWith("(")) {
      open.push({ before: 0, last: 0 });
    } else if (token === ")") {
      open.pop();
      push(open.at(-1), group.before + group.last);
    } else if (/^[*+?]\??$/.test(token)) {
      // A loop leads back, and writes nothing out.
    } else if (/^\{\d/.test(token)) {
      const [, least = "0", most = ""] = /^\{(\d+),?(\d*)\}/.exec(token) ?? [];
      group.last *= Math.max(1, Number(least), Number(most));
    } else if (token !== "|") {
      push(group, 1);
    }
  }
  return open.reduce((sum, { before, last }) => sum + before + last, 0);
}

function push(group: { before: number; last: number } | undefined, size: number): void {
  if (group === undefined) return;
  group.before += group.last;
  group.last = size;
}
