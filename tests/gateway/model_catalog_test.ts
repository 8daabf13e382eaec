import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Transport } from "../../src/core/transport.ts";
import { ModelCatalog } from "../../src/gateway/model_catalog.ts";
import { openaiStyle } from "../../src/upstreams/openai_style.ts";
import { redactor } from "../support/redactor.ts";
import { UNWATCHED } from "../support/unwatched.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const OPTIONS = {
  maxAgeMs: 1_000,
  detailsMaxAgeMs: 10_000,
  timeoutMs: 5_000,
  maxResponseBytes: 65_536,
  redactor,
  watchUpstreams: UNWATCHED,
};

/** One whose name says so describes its models. */
const upstreamOf = (name: string) => ({
  ...openaiStyle({ name, baseUrl: `http://${name}.test/v1`, reason: "" }),
  describesModels: name.startsWith("describing"),
});

/** Each upstream answers with the ids that stand here, or fails where there are none. */
function start(lists: Record<string, readonly string[] | undefined>) {
  const clock = new ManualClock();
  const requests: string[] = [];
  const transport: Transport = ({ url }) => {
    const name = url.hostname.split(".")[0] ?? "";
    requests.push(name);
    const ids = lists[name];
    const text = JSON.stringify({ data: ids?.map((id) => ({ id })) });
    const rest = [new TextEncoder().encode(text)];
    return Promise.resolve({
      status: ids === undefined ? 503 : 200,
      headers: new Headers({ "content-type": "application/json" }),
      body: { read: () => Promise.resolve(rest.shift() ?? null), cancel: () => {} },
    });
  };
  const upstreams = Object.keys(lists).map(upstreamOf);
  const catalog = new ModelCatalog(upstreams, transport, OPTIONS, clock);
  const idsOf = async () => (await catalog.list("id")).map(({ id }) => id);
  const detailedIds = async () => (await catalog.listDetailed("id")).map(({ id }) => id);
  return { catalog, clock, detailedIds, idsOf, lists, requests, upstreams };
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
  const { catalog, clock, requests, upstreams } = start({ one: undefined });
  assertEquals(await catalog.idsOf(upstreams[0]!, "id"), undefined);
  assertEquals(await catalog.idsOf(upstreams[0]!, "id"), undefined);
  assertEquals(requests.length, 1);
  clock.advance(1_000);
  await catalog.idsOf(upstreams[0]!, "id");
  assertEquals(requests.length, 2);
});

Deno.test("ModelCatalog.list() has OpenAI's fields alone", async () => {
  const { catalog } = start({ one: ["a"] });
  assertEquals(await catalog.list("id"), [
    { id: "a", object: "model", created: 0, owned_by: "one" },
  ]);
});

Deno.test("ModelCatalog.listDetailed() is of the upstreams that describe their models, where one is on", async () => {
  const some = start({ one: ["a"], describing: ["b"], describing2: ["b", "c"] });
  assertEquals(await some.detailedIds(), ["b", "c"]);
  assertEquals(some.requests, ["describing", "describing2"]);
  assertEquals(await some.idsOf(), ["a", "b", "c"]);
  const none = start({ one: ["a"], two: ["a", "b"] });
  assertEquals(await none.detailedIds(), ["a", "b"]);
  const [model] = await none.catalog.listDetailed("id");
  assertEquals([model?.name, model?.context_length], ["a", null]);
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
  assertEquals(await detailedIds(), ["b"]);
});
