/** Conversations that are remembered, because their target has failed them. */

import { workingDirectory } from "../../../tests/support/working_directory.ts";
import { ask, AT_ONCE, CALLS, chat, type Dimension, startWeir } from "../dimension.ts";
import { makeEach } from "../measure.ts";

/** All begin at the first, which answers nobody. */
const ALIAS = {
  pool: [{ target: "down/m", weight: 1_000_000 }, { target: "openai/m", weight: 1 }],
};

const sessions: Dimension = {
  name: "JSON call, sessions that have moved to another target",
  unit: "sessions",
  sizes: [1, 10, 100, 1_000, 10_000],
  expected: "flat",
  why:
    "A session's target follows from its hash, and one that has moved is looked for in four places of a table of 8,192. Those that it has forgotten begin at their first target again, which is not asked while it cools down.",
  start: async (size, { provider }, stack) => {
    const config = JSON.stringify({ routing: { aliases: ALIAS } });
    const directory = stack.use(await workingDirectory({ "weir.jsonc": config }));
    const env = {
      OPENAI_BASE_URL: provider.baseUrl("json", 300),
      UPSTREAM_DOWN_BASE_URL: provider.baseUrl("down", 1),
      // So that what is measured never asks it.
      COOLDOWN_DURATION_MS: "3600000",
    };
    const weir = await startWeir({ env, cwd: directory.path }, stack);
    const { headers, ...request } = chat("pool");
    const call = (index: number): Promise<void> =>
      ask(`${weir.url}/v1/chat/completions`, {
        ...request,
        headers: { ...headers, "session-id": `session-${index * 7_919 % size}` },
      });
    await makeEach(size, AT_ONCE, call);
    return { size, weir, calls: 2 * CALLS, atOnce: AT_ONCE, call };
  },
};

export const SESSIONS: readonly Dimension[] = [sessions];
