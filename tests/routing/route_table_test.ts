import { assertEquals, assertRejects } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Upstream } from "../../src/core/upstream.ts";
import { routingOptions } from "../../src/routing/options.ts";
import { createRouteTable } from "../../src/routing/route_table.ts";

const LISTS: Readonly<Record<string, readonly string[] | undefined>> = {
  openai: ["gpt-4o", "shared"],
  openrouter: ["openai/gpt-4o", "openrouter/auto", "meta-llama/llama-3:free", "shared"],
  venice: undefined,
};

const upstreamOf = (name: string, hasClosedList = false) => ({ name, hasClosedList }) as Upstream;
const openai = upstreamOf("openai", true);
const openrouter = upstreamOf("openrouter");
const venice = upstreamOf("venice");

/** Every target of a model, as `upstream: model`. */
function table(
  upstreams: readonly Upstream[],
  aliases: Readonly<Record<string, unknown>> = {},
  random = () => 0,
) {
  const listIds = ({ name }: Upstream) => {
    const ids = LISTS[name];
    return Promise.resolve(ids && new Set(ids));
  };
  const options = routingOptions.parse({ aliases });
  const route = createRouteTable(upstreams, options.aliases, listIds, random);
  return async (model: string) => {
    const targets = await Promise.all(route(model, "id").map((resolve) => resolve()));
    return targets.map(({ upstream, model }) => `${upstream.name}: ${model}`).join(", ");
  };
}

Deno.test("createRouteTable() resolves by the first rule that fits", async () => {
  const resolve = table([openrouter, openai, venice], {
    fast: "venice/llama",
    smart: "gpt-4o",
    "openai/gpt-4o": "venice/other",
  });
  const cases = {
    // An alias stands for what it names, even where it looks like something else.
    "fast": "venice: llama",
    "smart": "openai: gpt-4o",
    "openai/gpt-4o": "venice: other",
    // The first segment names an upstream.
    "openai/gpt-4o-mini": "openai: gpt-4o-mini",
    "openrouter/openai/gpt-4o": "openrouter: openai/gpt-4o",
    "venice/a/b": "venice: a/b",
    // Unless that upstream lists the whole name.
    "openrouter/auto": "openrouter: openrouter/auto",
    // The upstream that lists the id, the first of them.
    "gpt-4o": "openai: gpt-4o",
    "meta-llama/llama-3:free": "openrouter: meta-llama/llama-3:free",
    "shared": "openrouter: shared",
    // The first upstream takes the rest.
    "anthropic/claude": "openrouter: anthropic/claude",
    "openai/": "openrouter: openai/",
    "/x": "openrouter: /x",
    "constructor": "openrouter: constructor",
  };
  for (const [model, expected] of Object.entries(cases)) {
    assertEquals(await resolve(model), expected, model);
  }
});

Deno.test("createRouteTable() asks one upstream alone for no list", async () => {
  const route = createRouteTable(
    [openai],
    {},
    () => {
      throw new Error("asked for a list");
    },
    () => 0,
  );
  const [resolve] = route("anything/at-all", "id");
  assertEquals((await resolve?.())?.model, "anything/at-all");
});

Deno.test("createRouteTable() refuses what the first upstream is known not to serve", async () => {
  const resolve = table([openai, openrouter]);
  const error = await assertRejects(() => resolve("gpt-4p"), GatewayError);
  assertEquals([error.status, error.code, error.param], [404, "model_not_found", "model"]);
  assertEquals(error.message.includes(`"gpt-4o"`), true, error.message);
});

Deno.test("createRouteTable() without upstreams says how to switch one on", async () => {
  const error = await assertRejects(() => table([])("x"), GatewayError, "set a provider's key");
  assertEquals(error.status, 404);
});

Deno.test("createRouteTable() gives an alias's targets in order, each found by the same rules", async () => {
  const resolve = table([openrouter, openai, venice], {
    fast: "gpt-4o|openrouter/openai/gpt-4o|openrouter/auto",
    drawn: [{ target: "venice/a", weight: 1 }, { target: "venice/b", weight: 1 }],
  }, () => 0.99);
  assertEquals(
    await resolve("fast"),
    "openai: gpt-4o, openrouter: openai/gpt-4o, openrouter: openrouter/auto",
  );
  assertEquals(await resolve("drawn"), "venice: b, venice: a");
});

Deno.test("createRouteTable() looks up a target only when it is its turn", async () => {
  const asked: string[] = [];
  const listIds = ({ name }: Upstream) => {
    asked.push(name);
    return Promise.resolve(undefined);
  };
  const { aliases } = routingOptions.parse({ aliases: { fast: "openai/a|venice/b" } });
  const [first, second] = createRouteTable([openai, venice], aliases, listIds, () => 0)(
    "fast",
    "id",
  );
  await first?.();
  assertEquals(asked, ["openai"]);
  await second?.();
  assertEquals(asked, ["openai", "venice"]);
});
