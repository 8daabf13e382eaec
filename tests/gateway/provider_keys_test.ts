import { assert, assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { hashOf } from "../../src/core/chat/session.ts";
import { type KeyStates, ProviderKeys } from "../../src/gateway/tries/keys/provider_keys.ts";
import { credentialsOf } from "../../src/providers/account/account_keys.ts";
import { openaiStyle } from "../../src/providers/openai_style.ts";
import type { Pacing } from "../../src/core/provider/pacing.ts";
import type { Provider } from "../../src/core/provider/provider.ts";
import { playCall } from "./play_call.ts";

type Keys = Parameters<typeof credentialsOf>[0]["apiKeys"];

const OPTIONS = { durationMs: 1_000 };

function providerOf(apiKeys: Keys): Provider {
  const credentials = credentialsOf({ apiKeys });
  return openaiStyle({ name: "a", baseUrl: "http://a.test", reason: "", credentials });
}

/** The first letters of the keys that come next. */
function turns(keys: ProviderKeys, provider: Provider, count: number, nowMs = 0): string {
  return Array.from({ length: count }, () => keys.choose(provider, [], nowMs)?.name[0]).join("");
}

function named(weights: Readonly<Record<string, number>>): Keys {
  return Object.entries(weights).map(([name, weight]) => ({ key: `k-${name}`, name, weight }));
}

function refusal(status: number, retryAfterMs?: number): GatewayError {
  return new GatewayError("upstream_error", "No", {
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

Deno.test("keys take turns by their weights, spread evenly", () => {
  const even = providerOf(named({ a: 1, b: 1, c: 1 }));
  assertEquals(turns(new ProviderKeys(OPTIONS, new Map()), even, 7), "abcabca");
  const uneven = providerOf(named({ a: 5, b: 1, c: 1 }));
  assertEquals(turns(new ProviderKeys(OPTIONS, new Map()), uneven, 14), "aabacaaaabacaa");
});

Deno.test("a refused key is left out, then tried once, and twice as long after each refusal", () => {
  const provider = providerOf(named({ a: 1, b: 1 }));
  const [a] = provider.keys ?? [];
  const keys = new ProviderKeys(OPTIONS, new Map());
  assertEquals(turns(keys, provider, 2), "ab");
  keys.refused(provider, a!, refusal(401), 0);
  assertEquals(turns(keys, provider, 3, 999), "bbb");
  assertEquals(keys.snapshot(999), [
    { provider: "a", key: "a", reason: "refused", retryAfterMs: 1 },
  ]);
  // One request sees whether it is taken again, and the others do not wait for it.
  assertEquals(turns(keys, provider, 4, 1_000).replaceAll("b", ""), "a");
  keys.refused(provider, a!, refusal(401), 1_000);
  assertEquals(turns(keys, provider, 3, 2_999), "bbb");
  assertEquals(turns(keys, provider, 4, 3_000).replaceAll("b", ""), "a");
  keys.answered(provider, a!);
  assertEquals(turns(keys, provider, 4, 3_000).replaceAll("b", "").length, 2);
});

Deno.test("a limited key is left out for as long as its provider says; an older answer ends nothing", () => {
  const provider = providerOf(named({ a: 1, b: 1 }));
  const [a, b] = provider.keys ?? [];
  const keys = new ProviderKeys(OPTIONS, new Map());
  keys.refused(provider, a!, refusal(429, 20_000), 0);
  keys.answered(provider, a!);
  assertEquals(turns(keys, provider, 3, 19_999), "bbb");
  keys.refused(provider, b!, refusal(429, 30_000), 0);
  // Where all are left out, the one that is due soonest is asked, and no second one.
  assertEquals(keys.choose(provider, [], 10)?.name, "a");
  assertEquals(keys.choose(provider, [a!], 10), undefined);
  assertEquals(keys.snapshot(10).map(({ key, reason }) => `${key} ${reason}`), [
    "a rate_limited",
    "b rate_limited",
  ]);
});

Deno.test("what is known outlives a reload, but for a key that was replaced under its name", () => {
  const states: KeyStates = new Map();
  const before = providerOf(named({ a: 1, b: 1 }));
  new ProviderKeys(OPTIONS, states).refused(before, before.keys![0]!, refusal(401), 0);
  const same = providerOf(named({ a: 1, b: 1 }));
  assertEquals(turns(new ProviderKeys(OPTIONS, states), same, 2), "bb");
  const replaced = providerOf([{ key: "new", name: "a", weight: 1 }, "k-b"]);
  assertEquals(turns(new ProviderKeys(OPTIONS, states), replaced, 4).replaceAll("k", ""), "aa");
});

const OK = {
  body: JSON.stringify({
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  }),
};

function refused(status: number, message: string) {
  return { status, body: JSON.stringify({ error: { message, type: "x", code: "y" } }) };
}

Deno.test("a call goes on with the next key at once, and not where the request is at fault", async () => {
  const provider = { ...providerOf(named({ a: 1, b: 1 })) };
  const cases = [
    [[refused(401, "Revoked"), OK], "a a", "200"],
    [[refused(402, "No credit"), OK], "a a", "200"],
    [[refused(403, "Not allowed"), OK], "a a", "200"],
    [[refused(429, "Slow down"), OK], "a a", "200"],
    [[refused(400, "No such field"), OK], "a", "400"],
    [[refused(500, "Oh"), refused(400, "Then this")], "a a", "400"],
  ] as const;
  for (const [answers, tries, status] of cases) {
    const played = await playCall({ targets: [{ name: "a", answers: [...answers], provider }] });
    assertEquals([played.tries, played.reply.slice(0, 3)], [tries, status], answers[0].body);
    if (status === "200") assertEquals(played.waits, [], "at once");
  }
});

Deno.test("402 and 403 leave a key out only where another one was let in with the same request", async () => {
  const cases = [402, 403].flatMap((status) => {
    const no = refused(status, "No");
    return [[[no, OK], 1], [[no], 0]] as const;
  });
  for (const [answers, left] of cases) {
    const provider = providerOf(named({ a: 1, b: 1 }));
    const keys = new ProviderKeys(OPTIONS, new Map());
    await playCall({ targets: [{ name: "a", answers: [...answers], provider }], keys });
    assertEquals(keys.snapshot(0).length === 0 ? 0 : 1, left);
  }
});

Deno.test("a conversation has the same key in every thread, and the same next one where that is left out", () => {
  const provider = providerOf(named({ a: 1, b: 2, c: 1 }));
  const keys = new ProviderKeys(OPTIONS, new Map());
  const others = new ProviderKeys(OPTIONS, new Map());
  const sessions = Array.from({ length: 2_000 }, (_, index) => hashOf(`session ${index}`));
  const choose = (nowMs: number) =>
    sessions.map((session) => keys.choose(provider, [], nowMs, session)?.name ?? "");
  const before = choose(0);
  // Nothing that others ask for in between changes it.
  assertEquals(turns(keys, provider, 4), "bacb");
  assertEquals(choose(0), before);
  assertEquals(
    sessions.map((session) => others.choose(provider, [], 0, session)?.name ?? ""),
    before,
  );
  for (const [name, share] of Object.entries({ a: 500, b: 1_000, c: 500 })) {
    const count = before.filter((other) => other === name).length;
    assert(Math.abs(count - share) < 0.1 * share, `${name} has ${count}`);
  }
  const [a] = provider.keys ?? [];
  keys.refused(provider, a!, refusal(429, 20_000), 0);
  const during = choose(19_999);
  assertEquals(during, choose(19_999));
  const moved = before.map((name, index) => name === "a" ? during[index] : name);
  assertEquals(during, moved, "nobody else has moved");
  assertEquals(new Set(during), new Set(["b", "c"]));
  assertEquals(choose(20_000).filter((name) => name === "a").length, 1, "one sees to it");
  keys.answered(provider, a!);
  assertEquals(choose(20_000), before);
});

/** Each key has room after so long; what is given is shown. */
function pacingOf(waitsMs: Readonly<Record<string, number>>, given: string[]): Pacing {
  return {
    maxWaitMs: 60_000,
    take: ({ key = "" }, _call, maxWaitMs) => {
      const waitMs = waitsMs[key] ?? 0;
      if (waitMs > maxWaitMs) return { kind: "held", waitMs };
      given.push(key);
      return { kind: "turn", answered: () => {}, failed: () => {} };
    },
  };
}

Deno.test("where no key has room, the one that has it soonest is waited for", async () => {
  const provider = providerOf(named({ a: 1, b: 1, c: 1 }));
  const given: string[] = [];
  const pacing = pacingOf({ a: 3_600_000, b: 1_000, c: 3_600_000 }, given);
  await playCall({ targets: [{ name: "a", answers: [OK], provider }], pacing });
  assertEquals(given, ["b"]);
});

Deno.test("after a key that was refused comes one that has room, and none without", async () => {
  const provider = providerOf(named({ a: 1, b: 1, c: 1 }));
  for (
    const [waitsMs, keys, tries] of [[{ b: 1_000 }, ["a", "c"], 2], [
      { b: 1, c: 1 },
      ["a"],
      1,
    ]] as const
  ) {
    const given: string[] = [];
    const answers = [refused(401, "Revoked"), OK];
    const pacing = pacingOf(waitsMs, given);
    const played = await playCall({ targets: [{ name: "a", answers, provider }], pacing });
    assertEquals([given, played.trace.attempts], [keys, tries]);
  }
});
