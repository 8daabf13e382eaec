/** Which of the hostile inputs are sent: all with `-- --all`, as `deno task attack` has it, else a few of each kind. */

const A_FEW = 16;
const isAll = Deno.args.includes("--all");

/** Every so many, beginning with the first. */
export function chosen<T>(rows: readonly T[]): readonly T[] {
  return isAll ? rows : rows.filter((_, index) => index % A_FEW === 0);
}
