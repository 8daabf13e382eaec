/**
 * A stream of 1,000 events through the running gateway: observed, and transcoded (`REPAIR=on`), against
 * the fake LLM directly. Each server is a process of its own, so the time is that of the whole path.
 *
 * Run with `deno task bench`. The inputs are checked to give equal events.
 *
 * @module
 */

import { startProgram } from "../tests/support/program.ts";

const TOKENS = 1_000;

const fake = await startProgram({ args: ["fake"] });
const provider = {
  OPENAI_API_KEY: "sk-upstream",
  OPENAI_BASE_URL: fake.url,
  LOG_LEVEL: "warn",
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
};
const observing = await startProgram({ env: provider });
const transcoding = await startProgram({ env: { ...provider, REPAIR: "on" } });

/** Reads one answer to its end; returns how many events it had. */
async function countEvents(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "any-model",
      stream: true,
      messages: [{ role: "user", content: `[tokens=${TOKENS}]` }],
    }),
  });
  const text = await response.text();
  return text.split("\n\n").length - 1;
}

const servers = [["direct", fake], ["observed", observing], ["transcoded", transcoding]] as const;
const expected = await countEvents(fake.url);
for (const [name, { url }] of servers) {
  if (await countEvents(url) !== expected) throw new Error(`${name} gives other events`);
  Deno.bench({
    name: `SSE relay · ${TOKENS} events · ${name}`,
    group: "relay",
    baseline: name === "direct",
    fn: async () => {
      await countEvents(url);
    },
  });
}

globalThis.addEventListener("unload", () => {
  for (const [, server] of servers) server.signal("SIGKILL");
});
