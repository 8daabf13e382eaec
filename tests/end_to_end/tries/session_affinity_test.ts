/** Conversations stay on their targets, whichever thread their requests come to. */

import { assert, assertEquals } from "@std/assert";
import { startCacheProvider } from "../../support/cache_provider.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const CONVERSATIONS = 200;
const TURNS = 8;
/** Where one of the targets fails, and when it answers again. */
const FAILS_AT = 3;
const RETURNS_AT = 5;
const AT_ONCE = 20;
const ROUTING = {
  aliases: {
    both: [
      { target: "first/model", weight: 1 },
      { target: "second/model", weight: 1 },
      { target: "third/model", weight: 2 },
    ],
  },
};

interface Message {
  readonly role: string;
  readonly content: string;
}

/** A conversation of a client that sends all of it each time and names it or not. */
class Conversation {
  readonly #id: number;
  #messages: readonly Message[];
  /** Who answered, turn by turn. */
  readonly upstreams: string[] = [];

  constructor(id: number) {
    this.#id = id;
    this.#messages = [{ role: "system", content: "Be brief" }];
  }

  async ask(weir: Program): Promise<void> {
    const question = `Question ${this.upstreams.length} of ${this.#id}`;
    const messages = [...this.#messages, { role: "user", content: question }];
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(this.#id % 2 === 0 && { "x-session-affinity": `conversation ${this.#id}` }),
      },
      body: JSON.stringify({ model: "both", messages }),
    });
    const { choices } = await response.json();
    assertEquals(response.status, 200);
    this.upstreams.push(response.headers.get("x-weir-upstream") ?? "");
    this.#messages = [...messages, choices[0].message];
  }
}

async function askAll(weir: Program, conversations: readonly Conversation[]): Promise<void> {
  const left = [...conversations];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await next.ask(weir);
  }));
}

Deno.test("each conversation is on one target until that fails, then on another, and caches are hit", async () => {
  await using first = startCacheProvider();
  await using second = startCacheProvider();
  await using third = startCacheProvider();
  await using directory = await workingDirectory({
    "weir.jsonc": JSON.stringify({ routing: ROUTING }),
  });
  await using weir = await startProgram({
    cwd: directory.path,
    env: {
      WORKERS: "2",
      COOLDOWN_DURATION_MS: "200",
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      LOG_LEVEL: "error",
      UPSTREAM_FIRST_BASE_URL: first.baseUrl,
      UPSTREAM_SECOND_BASE_URL: second.baseUrl,
      UPSTREAM_THIRD_BASE_URL: third.baseUrl,
    },
  });
  const conversations = Array.from({ length: CONVERSATIONS }, (_, id) => new Conversation(id));
  for (let turn = 0; turn < TURNS; turn++) {
    if (turn === FAILS_AT) second.failWith(503);
    if (turn === RETURNS_AT) second.failWith(undefined);
    await askAll(weir, conversations);
  }
  for (const { upstreams } of conversations) {
    const [before] = upstreams;
    const after = upstreams.at(-1);
    const expected = upstreams.map((_, turn) => turn < FAILS_AT ? before : after);
    assertEquals(upstreams, expected);
    assertEquals(before !== after, before === "second");
  }
  for (const [name, share] of Object.entries({ first: 0.25, second: 0.25, third: 0.5 })) {
    const count = conversations.filter(({ upstreams: [home] }) => home === name).length;
    const deviation = Math.sqrt(CONVERSATIONS * share * (1 - share));
    assert(Math.abs(count - CONVERSATIONS * share) <= 3 * deviation, `${name} has ${count}`);
  }
  const hits = first.hits + second.hits + third.hits;
  // One target alone finds every turn but the first in its cache.
  const share = hits / (CONVERSATIONS * (TURNS - 1));
  assert(share >= 0.95, `${hits} hits are ${share} of what one target gets`);
});
