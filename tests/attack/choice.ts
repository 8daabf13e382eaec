/** Which of the hostile inputs are made, and which are sent: all with `-- --all`, as `deno task attack` has it, else a few of each kind. */

const A_FEW = 16;
export const isAll = Deno.args.includes("--all");

/** So many that take their turn, where each turn has others. */
export function inTurn<T>(rows: readonly T[], count: number, turn: number): readonly T[] {
  return Array.from({ length: count }, (_, at) => rows[(turn * count + at) % rows.length]!);
}

/** Every so many, beginning with the first. */
export function chosen<T>(rows: readonly T[]): readonly T[] {
  return isAll ? rows : rows.filter((_, index) => index % A_FEW === 0);
}
