/** Hostile upgrades, frames and messages, on both sockets. */

import { assert, assertEquals } from "@std/assert";
import { chosen } from "./choice.ts";
import { type HostileInput, wireOf } from "./hostile_input.ts";
import { HOSTILE_TEXTS } from "./hostile_texts.ts";
import { assertNoSecret } from "./judge.ts";
import { startHealthyProvider } from "./requests/healthy_provider.ts";
import { GOOD_CHAT, type Scene, startScene } from "./scene.ts";
import { type HostileSocket, hostileSockets } from "./sockets/frames.ts";
import { attackSocket, upgradeOf } from "./sockets/hostile_client.ts";

const SAID = [{ role: "user", content: "hi" }];

const SOCKETS = {
  "/ws": [
    { type: "inference_request", id: "a", data: { model: "m", messages: SAID, max_tokens: 9 } },
    { type: "cancel", id: "a" },
    { type: "heartbeat", id: "a", timestamp: 1 },
    { type: "close", code: 1000, reason: "done" },
  ],
  "/v1/responses": [{
    type: "response.create",
    model: "m",
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] }],
    store: false,
    tools: [],
  }],
} as const;

const HEADERS = [
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
  "upgrade",
  "connection",
  "origin",
];

/** Each text in each header of an upgrade, beside the right one where that is needed. */
const UPGRADES: readonly HostileInput[] = HEADERS.flatMap((header, at) =>
  HOSTILE_TEXTS.filter(({ text }) => !text.includes("\r\n\r\n")).map(({ name, text }, turn) => ({
    name: `${name} in ${header}`,
    statuses: [101, 200, 400, 403, 404, 405, 426],
    errors: "any" as const,
    wire: () =>
      upgradeOf((at + turn) % 2 === 0 ? "/ws" : "/v1/responses")
        .replace(new RegExp(`^${header}: .*\r\n`, "im"), "")
        .replace("host: weir\r\n", () => `host: weir\r\n${header}: ${wireOf(text)}\r\n`),
  }))
);

async function judgeSocket(scene: Scene, path: string, row: HostileSocket): Promise<void> {
  const isAnswered = row.codes.some((code) => code !== 0) || row.codes.length > 1;
  const { messages, code, isHeard } = await attackSocket(
    scene.weir.url,
    path,
    row.bytes,
    isAnswered,
  );
  assert(row.codes.includes(code), `Closed with ${code} instead of ${row.codes.join()}`);
  assert(isHeard || !isAnswered, "Nothing was heard of it");
  for (const message of messages) {
    assertNoSecret(message, "a message");
    const body = JSON.parse(message);
    assertEquals(typeof body.type, "string", message);
    assert(!/internal_error|unhandled/.test(message), message);
  }
}

Deno.test("hostile sockets are closed, or told why, and harm nobody", async (test) => {
  await using provider = startHealthyProvider();
  await using scene = await startScene({
    env: {
      OPENAI_BASE_URL: provider.baseUrl,
      WS_MAX_MESSAGE_BYTES: "100000",
      WS_MAX_CONNECTIONS: "10000",
    },
    goodCall: GOOD_CHAT,
  });
  const upgrades = chosen(UPGRADES);
  await test.step(`${upgrades.length} upgrades`, () => scene.play(upgrades, scene.send));
  for (const [path, messages] of Object.entries(SOCKETS)) {
    const rows = chosen(hostileSockets(messages));
    await test.step(
      `${rows.length} frames and messages at ${path}`,
      () => scene.play(rows, (row) => judgeSocket(scene, path, row)),
    );
  }
  assertEquals(provider.problems, []);
  await scene.close();
});
