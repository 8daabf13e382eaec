/** `bench/README.md`. */

import { describeMachine } from "./machine.ts";
import { DOMINANTS, limitText, PROMISES, reachedText } from "./promises.ts";
import { MOST_SPREAD, type Result } from "./result.ts";
import { PROXIES } from "./servers/registry.ts";
import { markdownTable, tableOf } from "./table.ts";
import { WORK } from "./work/registry.ts";

const README = new URL("../README.md", import.meta.url);

export async function writeReport(results: ReadonlyMap<string, Result>): Promise<void> {
  const sections = WORK.flatMap((item) => {
    const result = results.get(item.name);
    if (result === undefined) return [];
    const when = `${result.date.slice(0, 10)}, ${result.rounds.length} rounds`;
    const note = item.note === undefined ? "" : `${item.note}\n\n`;
    return [`### ${item.title}\n\n${note}${tableOf(item, result)}\n\n${when}\n`];
  });
  const text = `# Beside its peers

Written by \`deno task bench:peers --write\`. Absolute figures mean nothing on a shared machine; read the ratios.

\`\`\`sh
WEIR_BINARY=dist/weir deno task bench:peers --write                                  # all of it, about an hour
deno task bench:peers --only json,sse --servers nginx,Weir --rounds 3 --seconds 2    # a minute or two
\`\`\`

It needs Linux with two processors, Node, npm and a C compiler, and installs Debian's packages \`nginx\`, \`haproxy\`, \`wrk\` and \`hey\` where they
are missing, as root. \`--priority 15\`, or \`realtime\` for \`latency\` and the paced streams, lets it go before others on the machine. One run
waits for another. The exit code is 1 where a ratio could not be reported.

## Promises

${promisesTable(results)}

Costs are compared, not throughput: the load and the upstream share the other core and cannot keep the fastest servers busy. "At least" is
the ratio the other way round, of calls in a second of processor time.

What dominates where a promise is missed:

${DOMINANTS.map((line) => `- ${line}`).join("\n")}

## Method

- Each server runs on one processor, the load and the upstream on the other. All rounds are interleaved: in each, every server has one
  turn, and each round begins with another. A ratio is that of two figures of the same round; shown is the median of all rounds, and half
  the distance between their quartiles. A ratio whose quartiles are more than ${
    MOST_SPREAD * 100
  } % apart is not reported.
- Servers that compile while they run are warmed up first, and every server's answer is checked before it is measured.
- CPU is what the kernel counts for all threads of all processes of the server (\`schedstat\`), memory what is resident.
- The upstream (\`peers/native/upstream.c\`) answers from memory and costs less than any server here. What wrk does not do, calls at fixed
  times and paced streams, \`peers/native/load.c\` does; times count from when a call was due. \`added\` is the figure less that of the
  upstream without a server in between.
- The servers:

${PROXIES.map(({ name, what }) => `  - ${name}: ${what}`).join("\n")}

${await describeMachine()}

## Figures

${sections.join("\n")}`;
  await Deno.writeTextFile(README, text);
}

function promisesTable(results: ReadonlyMap<string, Result>): string {
  const rows = PROMISES.map((promise) => {
    const { text, peer } = promise;
    return [text, peer ?? "", limitText(promise), reachedText(promise, results)];
  });
  return markdownTable(["", "peer", "promised", "reached"], rows);
}
