/** Rounds in which every server has its turn, so that whatever else the machine does meets all. */

import type { Options } from "./options.ts";
import type { Result, Round } from "./result.ts";
import type { WorkItem } from "./work/work_item.ts";

export async function runRounds(item: WorkItem, options: Options): Promise<Result> {
  const kinds = item.servers.filter(({ name }) => options.takesPart(name));
  const work = await item.start(kinds);
  const rounds: Round[] = [];
  try {
    while (rounds.length < Math.min(options.rounds, item.mostRounds ?? Infinity)) {
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
  const servers = kinds.map(({ name }) => name);
  return { item: item.name, date: new Date().toISOString(), servers, rounds };
}
