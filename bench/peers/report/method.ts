/** `bench/METHOD.md`: how the figures come about, and all of them. */

import { MOST_MARGIN } from "../promises.ts";
import type { Result } from "../result.ts";
import { EVERYBODY } from "../servers/registry.ts";
import { tableOf } from "./table.ts";
import { WORK } from "../work/registry.ts";

const METHOD = new URL("../../METHOD.md", import.meta.url);

export async function writeMethod(results: ReadonlyMap<string, Result>): Promise<void> {
  const sections = WORK.flatMap((item) => {
    const result = results.get(item.name);
    if (result === undefined) return [];
    const when = `\`${item.name}\`, ${
      result.date.slice(0, 16).replace("T", " ")
    }, ${result.rounds.length} rounds`;
    const note = item.note === undefined ? "" : ` ${item.note}`;
    return [`### ${item.title}\n\n${when}.${note}\n\n${tableOf(item, result)}\n`];
  });
  const text = `# How Weir is measured beside its peers

Written by \`deno task bench:peers --write\`. What comes of it is in [README.md](README.md).

\`\`\`sh
WEIR_BINARY=dist/weir deno task bench:peers --write                                  # all of it, about an hour
deno task bench:peers --only json,sse --servers nginx,Weir --rounds 3 --seconds 1    # a minute or two
\`\`\`

It needs Linux with two processors, Node, npm and a C compiler, and installs Debian's packages \`nginx\`, \`haproxy\`, \`wrk\` and \`hey\` where they
are missing, as root. \`--priority 15\`, or \`realtime\` for \`latency\` and the paced streams, lets it go before others on the machine. One run
waits for another. The exit code is 1 where a promised ratio did not become sure.

- Each server runs on one processor, the load and the upstream on the other; these cannot keep the fastest servers busy, so costs are
  compared, and not throughput.
- All rounds are interleaved: in each, every server has one turn, and each round begins with another. A ratio is that of two figures of the
  same round; shown is the median of all rounds. Rounds go on until the median of what is promised is within ±${
    MOST_MARGIN * 100
  } % (1.57 times the
  distance of the quartiles, by the root of the number of rounds), at most 30 of them and for three minutes. What is less sure is shown with
  its ± all the same.
- What a server sends to its provider, and what it answers, is checked before it is measured. Servers that compile while they run are
  warmed up: by 30,000 calls, or as many as three seconds of processor time allow.
- CPU is what the kernel counts for all threads of all processes of the server (\`schedstat\`), memory what is resident.
- The upstream (\`peers/native/upstream.c\`) answers from memory and costs less than any server here. What wrk does not do, calls at fixed
  times and paced streams, \`peers/native/load.c\` does; times count from when a call was due. \`added\` is the figure less that of the
  upstream without a server in between.
- The texts of all APIs are the same, so a piece of a stream has as many bytes as its API makes of 59 characters: 250 in a chat.

## Servers

${EVERYBODY.map(({ name, what }) => `- ${name}: ${what}`).join("\n")}

They translate between chats and Messages, as far as these gateways go: claude-code-router and ccproxy take clients of Messages to a
provider of chats, ccproxy not where that streams, Portkey and LLMOps clients of chats to a provider of Messages. Of the others on npm,
\`claude-code-router\` 2.1.1 begins every stream twice and leaves out why an answer ended; \`@musistudio/claude-code-router\` 3.1.1,
\`@khanglvm/llm-router\` 2.6.2 and \`@nullplatform/llm-gateway\` 2.0.11 need packages that are not on the registry, and \`@maximhq/bifrost\`
loads its program from elsewhere.

## Figures

${sections.join("\n")}`;
  await Deno.writeTextFile(METHOD, text);
}
