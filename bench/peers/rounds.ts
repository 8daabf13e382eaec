/** Rounds in which every server has its turn, so that whatever else the machine does meets all. */

import type { Options } from "./options.ts";
import type { Result, Round } from "./result.ts";
import type { WorkItem } from "./work/work_item.ts";

/** Fewer say nothing of how much they differ. */
export const FEWEST_ROUNDS = 3;
const MINUTE_MS = 60_000;

/** Goes on until the result is sure enough, or the rounds or the time are used up. */
export async function runRounds(
  item: WorkItem,
  options: Options,
  isSure: (result: Result) => boolean,
): Promise<Result> {
  const kinds = item.servers.filter(({ name }) => options.takesPart(name));
  const work = await item.start(kinds);
  const rounds: Round[] = [];
  const servers = kinds.map(({ name }) => name);
  const result = { item: item.name, date: new Date().toISOString(), servers, rounds };
  const lastStartMs = Date.now() + options.minutes * MINUTE_MS;
  try {
    while (rounds.length < options.rounds) {
      const isEnough = isSure(result) || Date.now() > lastStartMs;
      if (rounds.length >= FEWEST_ROUNDS && isEnough) break;
      // Each time another one begins.
      const first = rounds.length % kinds.length;
      const turns = [...kinds.slice(first), ...kinds.slice(0, first)];
      const round: Round = {};
      for (const { name } of turns) round[name] = await work.measure(name, options.seconds);
      rounds.push(round);
    }
  } finally {
    await work.stop();
  }
  return result;
}
