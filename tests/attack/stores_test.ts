/** Hostile rows of the ledger's database, and hostile answers in Redis's place. */

import { assert, assertEquals } from "@std/assert";
import { thrownMessage } from "../../src/core/text/thrown_message.ts";
import { startAnsweringServer } from "../redis/answering_server.ts";
import { LEAVES_TIMERS, openStore } from "../redis/open_store.ts";
import { send } from "../server/support/raw_client.ts";
import { adminOf } from "../support/admin.ts";
import { workingDirectory } from "../support/working_directory.ts";
import { chosen } from "./choice.ts";
import { assertError, assertNoSecret, assertPrintable, SECRETS } from "./judge.ts";
import { startHealthyProvider } from "./requests/healthy_provider.ts";
import { GOOD_CHAT, startScene } from "./scene.ts";
import { makeHostileLedger } from "./stores/hostile_ledger.ts";
import { HOSTILE_REPLIES, type HostileReply } from "./stores/hostile_redis.ts";

const LISTS = [
  "/calls?limit=500",
  "/calls?text=a",
  "/usage",
  "/usage?group=key,model",
  "/keys",
  "/teams",
  "/budgets",
  "/audit?limit=500",
  "/me",
  "/health",
];

Deno.test("a database of hostile rows is read as far as it can be, and harms nobody", async (test) => {
  await using folder = await workingDirectory({});
  const rows = chosen(await makeHostileLedger(folder.path));
  await using provider = startHealthyProvider();
  await using scene = await startScene({
    env: { OPENAI_BASE_URL: provider.baseUrl, STATE: folder.path, WEIR_SECRET: "s".repeat(43) },
    goodCall: GOOD_CHAT,
  });
  const ask = adminOf(scene.weir);
  const judge = async (path: string, method: string, statuses: readonly number[]) => {
    const { status, text } = await ask(path, {
      method,
      key: SECRETS.admin,
      ...(method === "PATCH" && { body: {} }),
    });
    assertNoSecret(text, path);
    assert(statuses.includes(status), `${method} ${path}: ${status} ${text.slice(0, 300)}`);
    if (status >= 400) assertError(text, "openai");
    else if (text !== "") JSON.parse(text);
  };
  await test.step(`${rows.length} rows`, () =>
    scene.play(rows, async ({ path }) => {
      await judge(path, "GET", [200, 404]);
      if (/^\/(key|team|budget)s\//.test(path)) {
        await judge(path, "PATCH", [200, 400, 404, 409]);
        await judge(path, "DELETE", [200, 204, 404, 409]);
      }
    }));
  const lists = LISTS.map((name) => ({ name }));
  await test.step(`${lists.length} lists`, () =>
    scene.play(lists, ({ name }) => judge(name, "GET", [200])));
  assertEquals(provider.problems, []);
  await scene.close();
});

/** Says what is asked of every client when it connects, and the hostile answer to everything else. */
async function playReply({ wire }: HostileReply): Promise<void> {
  await using server = startAnsweringServer(async (connection, said) => {
    if (/\r\ninfo\r\n/i.test(said)) {
      const info = "# Server\r\nredis_version:7.0.0\r\nloading:0\r\n";
      return await send(connection, `$${info.length}\r\n${info}\r\n`);
    }
    if (wire === undefined) return;
    if (wire === "") return connection.close();
    await send(connection, wire);
  });
  using gateway = openStore(server.url, { timeoutMs: 100, share: 0.5 });
  for (let turn = 0; turn < 3; turn++) {
    const { isAllowed, states } = await gateway.take(1, `turn-${turn}`);
    assertEquals(typeof isAllowed, "boolean");
    for (const { remaining, retryAfterMs } of states) {
      assert(remaining === undefined || remaining >= 0, `${remaining} remain`);
      assert(retryAfterMs === undefined || retryAfterMs >= 0, `It is to wait ${retryAfterMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (const line of [...gateway.lines.all, ...gateway.debugLines.all]) {
    assertPrintable(line);
    assert(line.length < 4_000, `A line of ${line.length}`);
  }
}

Deno.test({
  name:
    `${HOSTILE_REPLIES.length} hostile answers in Redis's place are answered by the share of the process`,
  ...LEAVES_TIMERS,
  fn: async () => {
    const problems: string[] = [];
    await Promise.all(HOSTILE_REPLIES.map((reply) =>
      playReply(reply).catch((thrown) => {
        problems.push(`${reply.name}: ${thrownMessage(thrown)}`);
      })
    ));
    assertEquals(problems.length, 0, problems.join("\n\n"));
  },
});
