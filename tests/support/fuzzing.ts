/**
 * How long fuzzers run, and from where.
 *
 * The suite always runs the same rounds, so that it cannot fail for a change that is not to blame;
 * `deno task fuzz` looks for new ones. A failure names the seed that repeats it.
 *
 * @module
 */

function environment(name: string): number | undefined {
  const permission = Deno.permissions.querySync({ name: "env", variable: name });
  const value = permission.state === "granted" ? Deno.env.get(name) : undefined;
  return value === undefined ? undefined : Number(value);
}

const seconds = environment("FUZZ_SECONDS");

/** Whether this is a run that looks for new failures, and may take its time. */
export const FUZZES: boolean = seconds !== undefined;

/** `FUZZ_SECONDS`, or what a fuzzer takes within the suite. */
export function fuzzSeconds(withinSuite: number): number {
  return seconds ?? withinSuite;
}

/** A stream that is longer than this is cut at so many places, since each costs what the stream is long. */
const MAX_PLACES = 2_048;

/**
 * How many of a stream's places it is cut in two at: within the suite no more than so many, for all of
 * them cost more than all other tests of formats.
 */
export function placesToCut(withinSuite: number): number {
  return seconds === undefined ? withinSuite : MAX_PLACES;
}

/** `FUZZ_SEED`, or where a run begins without it. */
export const FIRST_SEED: number = environment("FUZZ_SEED") ??
  (seconds === undefined ? 1 : Date.now() % 1_000_000_000);
