import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Transport } from "../../src/core/provider/transport.ts";
import { ModelCatalog } from "../../src/gateway/model_catalog.ts";
import { ProviderKeys } from "../../src/gateway/tries/keys/provider_keys.ts";
import { openaiStyle } from "../../src/providers/openai_style.ts";
import { redactor } from "../support/redactor.ts";
import { UNWATCHED } from "../support/unwatched.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const OPTIONS = {
  keys: new ProviderKeys({ durationMs: 30_000 }, new Map()),
  maxAgeMs: 1_000,
  detailsMaxAgeMs: 10_000,
  timeoutMs: 5_000,
  facts: {
    "two/b": { contextTokens: 7 },
    b: { contextTokens: 8, vision: true },
    alone: { tools: true },
  },
  maxResponseBytes: 65_536,
  redactor,
  watchProviders: UNWATCHED,
  prices: { loading: undefined, pricingOf: () => undefined },
};

/** One whose name says so describes its models. */
const providerOf = (name: string) => ({
  ...openaiStyle({ name, baseUrl: `http://${name}.test/v1`, reason: "" }),
  describesModels: name.startsWith("describing"),
});

const FORMS: Readonly<Record<string, (ids: readonly string[]) => unknown>> = {
  bare: (ids) => ids.map((id) => ({ id })),
  ollama: (ids) => ({ models: ids.map((name) => ({ name })) }),
};

/** Each upstream answers with the ids that stand here, fails where there are none, or hangs. */
function start(lists: Record<string, readonly string[] | "hangs" | undefined>) {
  const clock = new ManualClock();
  const requests: string[] = [];
  const transport: Transport = ({ url }, signal) => {
    const name = url.hostname.split(".")[0] ?? "";
    requests.push(name);
    const ids = lists[name];
    if (ids === "hangs") {
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    }
    const form = FORMS[name] ?? ((ids) => ({ data: ids.map((id) => ({ id })) }));
    const text = JSON.stringify(form(ids ?? []));
    const rest = [new TextEncoder().encode(text)];
    return Promise.resolve({
      status: ids === undefined ? 503 : 200,
      headers: new Headers({ "content-type": "application/json" }),
      body: { read: () => Promise.resolve(rest.shift() ?? null), cancel: () => {} },
    });
  };
  const providers = Object.keys(lists).map(providerOf);
  const catalog = new ModelCatalog(providers, transport, OPTIONS, clock);
  const idsOf = async () => (await catalog.list("id")).map(({ id }) => id);
  const detailedIds = async () => (await catalog.listDetailed("id")).map(({ id }) => id);
  return { catalog, clock, detailedIds, idsOf, lists, requests, upstreams: providers };
}

Deno.test("ModelCatalog lists every id once; the first upstream to list it has it", async () => {
  const { catalog, idsOf } = start({ one: ["a", "b"], two: ["b", "c"] });
  assertEquals(await idsOf(), ["a", "b", "c"]);
  assertEquals((await catalog.list("id")).map(({ owned_by }) => owned_by), ["one", "one", "two"]);
});

Deno.test("ModelCatalog puts its list together once for each that is fetched", async () => {
  const { catalog, clock, lists } = start({ one: ["a"], two: ["b"] });
  const models = await catalog.list("id");
  assertStrictEquals(await catalog.list("id"), models, "Nothing is put together anew");
  lists["two"] = ["c"];
  clock.advance(1_000);
  assertEquals((await catalog.list("id")).map(({ id }) => id), ["a", "c"]);
});

Deno.test("ModelCatalog asks again only when a list is too old, and once for all who wait", async () => {
  const { clock, idsOf, requests } = start({ one: ["a"] });
  await Promise.all([idsOf(), idsOf(), idsOf()]);
  assertEquals(requests, ["one"]);
  clock.advance(999);
  await idsOf();
  assertEquals(requests, ["one"]);
  clock.advance(1);
  await idsOf();
  assertEquals(requests, ["one", "one"]);
});

Deno.test("ModelCatalog serves the last list it knows while an upstream fails (T51)", async () => {
  const { clock, idsOf, lists } = start({ one: ["a"], two: ["b"] });
  await idsOf();
  lists.one = undefined;
  clock.advance(5_000);
  assertEquals(await idsOf(), ["a", "b"]);
});

Deno.test("ModelCatalog fails only when it knows no list at all", async () => {
  const { idsOf, lists } = start({ one: undefined, two: undefined });
  const error = await assertRejects(idsOf, GatewayError);
  assertEquals(error.status, 503);
  lists.two = ["b"];
  assertEquals(await idsOf(), ["b"]);
});

Deno.test("ModelCatalog.idsOf() remembers a failure, so that routing does not wait for it again", async () => {
  const { catalog, clock, requests, upstreams: providers } = start({ one: undefined });
  assertEquals(await catalog.idsOf(providers[0]!, "id"), undefined);
  assertEquals(await catalog.idsOf(providers[0]!, "id"), undefined);
  assertEquals(requests.length, 1);
  clock.advance(1_000);
  await catalog.idsOf(providers[0]!, "id");
  assertEquals(requests.length, 2);
});

Deno.test("ModelCatalog tells what the configuration knows of models, and of names that no list has", async () => {
  const { catalog } = start({ two: ["b"], one: ["a", "b"] });
  assertEquals(catalog.factsOf("two/b"), { contextTokens: 7 }, "No list is known yet");
  const facts = (await catalog.list("id")).map(({ id, facts }) => [id, facts]);
  assertEquals(facts, [["b", { contextTokens: 7, vision: true }], ["a", {}]]);
  for (
    const [name, known] of [
      ["two/b", { contextTokens: 7, vision: true }],
      ["one/b", { contextTokens: 8, vision: true }],
      ["b", { contextTokens: 8, vision: true }],
      ["alone", { tools: true }],
      ["nothing", {}],
    ] as const
  ) assertEquals(catalog.factsOf(name), known, name);
});

Deno.test("ModelCatalog.listDetailed() is of the upstreams that describe their models, where one is on", async () => {
  const some = start({ one: ["a"], describing: ["b"], describing2: ["b", "c"] });
  assertEquals(await some.detailedIds(), ["b", "c"]);
  assertEquals(some.requests, ["describing", "describing2"]);
  assertEquals(await some.idsOf(), ["a", "b", "c"]);
  const none = start({ one: ["a"], two: ["a", "b"] });
  assertEquals(await none.detailedIds(), ["a", "b"]);
  const [model] = await none.catalog.listDetailed("id");
  assertEquals([model?.name, model?.facts], ["a", {}]);
});

Deno.test("ModelCatalog.listDetailed() has an age of its own and shares what was fetched", async () => {
  const { catalog, clock, detailedIds, idsOf, requests } = start({ one: ["a"] });
  await Promise.all([detailedIds(), idsOf(), detailedIds()]);
  assertEquals(requests.length, 1);
  const models = await catalog.listDetailed("id");
  clock.advance(9_999);
  assertStrictEquals(await catalog.listDetailed("id"), models, "Nothing is prepared anew");
  assertEquals(requests.length, 1);
  await idsOf();
  assertEquals(requests.length, 2, "The plain list may be 1 s old");
  assert(await catalog.listDetailed("id") !== models);
  clock.advance(10_000);
  await detailedIds();
  assertEquals(requests.length, 3);
});

Deno.test("ModelCatalog does not ask an upstream that fails for every request, while it knows a list", async () => {
  const { clock, detailedIds, lists, requests } = start({ one: ["a"] });
  await detailedIds();
  lists.one = undefined;
  clock.advance(10_000);
  for (let times = 0; times < 3; times++) assertEquals(await detailedIds(), ["a"]);
  assertEquals(requests.length, 2);
  lists.one = ["b"];
  clock.advance(1_000);
  assertEquals(await detailedIds(), ["a"], "Nobody waits for a list that failed");
  assertEquals(requests.length, 3);
  await settled();
  assertEquals(await detailedIds(), ["b"]);
});

/** Hands the turn on until everything that can go on by itself has done so. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  promise.finally(() => isSettled = true).catch(() => {});
  await settled();
  return !isSettled;
}

Deno.test("a list that hangs delays a call for a second, once, and the first list until its time-out", async () => {
  const { catalog, clock, idsOf, requests, upstreams: providers } = start({
    good: ["a"],
    hanging: "hangs",
  });
  const [good, hanging] = providers;
  const firstList = idsOf();
  const firstCall = catalog.idsOf(hanging!, "id");
  assertEquals([...await catalog.idsOf(good!, "id") ?? []], ["a"]);
  assert(await isPending(firstCall));
  clock.advance(1_000);
  assertEquals(await firstCall, undefined);
  assertEquals(await catalog.idsOf(hanging!, "id"), undefined, "It is asked for longer than that");
  assert(await isPending(firstList));
  clock.advance(4_000);
  assertEquals(await firstList, ["a"]);
  for (let seconds = 0; seconds < 20; seconds++) {
    // No clock runs while they wait: whatever waited would do so for ever.
    assertEquals(await idsOf(), ["a"]);
    assertEquals(await catalog.idsOf(hanging!, "id"), undefined);
    clock.advance(1_000);
    await settled();
  }
  const asked = requests.filter((name) => name === "hanging").length;
  assert(asked > 2 && asked < 7, `It is still asked for in its time, ${asked} times`);
});

Deno.test("a list that hangs once it is old is waited for no longer than a second, once", async () => {
  const { clock, idsOf, lists } = start({ one: ["a"], two: ["b"] });
  await idsOf();
  lists.one = "hangs";
  clock.advance(1_000);
  const waiting = idsOf();
  assert(await isPending(waiting));
  clock.advance(1_000);
  assertEquals(await waiting, ["a", "b"]);
  for (let seconds = 0; seconds < 10; seconds++) {
    assertEquals(await idsOf(), ["a", "b"]);
    clock.advance(1_000);
    await settled();
  }
});

Deno.test("where no list is known, one that hung is answered for at once, and one that was refused is asked again", async () => {
  const { clock, idsOf, lists, requests } = start({ one: "hangs" });
  const first = idsOf();
  await settled();
  clock.advance(5_000);
  await assertRejects(() => first, GatewayError, "No model list within 5000 ms");
  await assertRejects(idsOf, GatewayError, "No model list within 5000 ms");
  assertEquals(requests.length, 1);
  clock.advance(1_000);
  lists.one = ["a"];
  await assertRejects(idsOf, GatewayError, "No model list within 5000 ms");
  assertEquals([await idsOf(), requests.length], [["a"], 2]);
});

Deno.test("lists are read in the forms that other servers give them", async () => {
  const { idsOf } = start({ bare: ["a"], ollama: ["b"], openai: ["c"] });
  assertEquals(await idsOf(), ["a", "b", "c"]);
});
