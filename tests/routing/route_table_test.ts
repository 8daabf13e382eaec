import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { ANONYMOUS, type Principal } from "../../src/core/principal.ts";
import type { Provider } from "../../src/core/provider/provider.ts";
import { routingOptions } from "../../src/routing/options.ts";
import { type ListIds, RouteTable } from "../../src/routing/route_table.ts";

const LISTS: Readonly<Record<string, readonly string[] | undefined>> = {
  openai: ["gpt-4o", "shared"],
  openrouter: ["openai/gpt-4o", "openrouter/auto", "meta-llama/llama-3:free", "shared"],
  local: ["openai/gpt-oss-20b", "shared"],
  venice: undefined,
};

const providerOf = (name: string, more: Partial<Provider> = {}) => ({ name, ...more }) as Provider;
const openai = providerOf("openai", { hasClosedList: true });
const openrouter = providerOf("openrouter", { routingSuffixes: [":nitro"] });
const venice = providerOf("venice");
const local = providerOf("local");

const listIds: ListIds = ({ name }) => {
  const ids = LISTS[name];
  return Promise.resolve(ids && new Set(ids));
};

/** Every target of a model. */
function targetsOf(
  providers: readonly Provider[],
  options: Readonly<Record<string, unknown>> = {},
  random = () => 0,
  principal: Principal = ANONYMOUS,
) {
  const routes = new RouteTable(providers, routingOptions.parse(options), listIds, random);
  return async (model: string) =>
    await Promise.all(routes.route({ id: "id", model, principal }).map((resolve) => resolve()));
}

/** The same as `upstream: model`. */
function table(...args: Parameters<typeof targetsOf>) {
  const targets = targetsOf(...args);
  return async (model: string) =>
    (await targets(model)).map(({ provider, model }) => `${provider.name}: ${model}`).join(", ");
}

Deno.test("RouteTable resolves by the first rule that fits", async () => {
  const aliases = { fast: "venice/llama", smart: "gpt-4o", "openai/gpt-4o": "venice/other" };
  const resolve = table([openrouter, openai, venice, local], { aliases });
  const cases = {
    // An alias stands for what it names, even where it looks like something else.
    "fast": "venice: llama",
    "smart": "openai: gpt-4o",
    "openai/gpt-4o": "venice: other",
    // The first segment names an upstream that lists the rest.
    "openrouter/openai/gpt-4o": "openrouter: openai/gpt-4o",
    "openai/shared": "openai: shared",
    // Or the whole name.
    "openrouter/auto": "openrouter: openrouter/auto",
    // The upstream that lists the id, the first of them; its first segment may name another one.
    "gpt-4o": "openai: gpt-4o",
    "meta-llama/llama-3:free": "openrouter: meta-llama/llama-3:free",
    "meta-llama/llama-3:free:nitro": "openrouter: meta-llama/llama-3:free:nitro",
    "shared": "openrouter: shared",
    "openai/gpt-oss-20b": "local: openai/gpt-oss-20b",
    // The first segment names an upstream, and no list knows the name.
    "openai/gpt-4o-mini": "openai: gpt-4o-mini",
    "venice/a/b": "venice: a/b",
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

Deno.test("an upstream that lists the model has its own names, though another one lists them whole", async () => {
  for (const providers of [[openai, openrouter], [openrouter, openai]]) {
    assertEquals(await table(providers)("openai/gpt-4o"), "openai: gpt-4o");
    // Of those that choose how OpenRouter serves a model, OpenAI knows nothing.
    assertEquals(
      await table(providers)("openai/gpt-4o:nitro"),
      "openrouter: openai/gpt-4o:nitro",
    );
  }
});

Deno.test("RouteTable asks one upstream alone for no list, unless unknown names are refused", async () => {
  const route = (unknownModels: string) =>
    new RouteTable([openai], routingOptions.parse({ unknownModels }), () => {
      throw new Error("asked for a list");
    }, () => 0).route({ id: "id", model: "anything-at-all", principal: ANONYMOUS });
  for (const unknownModels of ["auto", "warn"]) {
    const target = await route(unknownModels)[0]?.();
    assertEquals([target?.model, target?.warnings], ["anything-at-all", undefined]);
  }
  await assertRejects(async () => await route("refuse")[0]?.(), Error, "asked for a list");
  const error = await assertRejects(
    () => targetsOf([local], { unknownModels: "refuse" })("shred"),
    GatewayError,
  );
  assertMatch(error.message, /the nearest names are "shared"/);
});

Deno.test("a name that no list knows goes to the default with a warning, and a listed one without", async () => {
  const warningsOf = async (model: string, providers = [venice, openai, local]) => {
    const [target] = await targetsOf(providers, {
      aliases: { fast: "openai/typo", bare: "typo" },
    })(model);
    return [target?.provider.name, ...target?.warnings ?? []];
  };
  assertEquals(await warningsOf("gpt-4o"), ["openai"]);
  assertEquals(await warningsOf("openai/gpt-oss-20b"), ["local"]);
  assertEquals(await warningsOf("gtp-4o", [local, openai]), [
    "local",
    'No list of models has "gtp-4o", so it was sent to local, the default',
  ]);
  assertEquals(await warningsOf("gtp-4o"), [
    "venice",
    'No list of models has "gtp-4o", so it was sent to venice, the default; no list could be had of venice',
  ]);
  assertEquals(await warningsOf("local/typo", [openai, local]), [
    "local",
    'No list of models has "local/typo", so it was sent to local, which it begins with',
  ]);
  // The operator wrote the upstream: nobody who calls can mend it, and `weir doctor` tells of it.
  assertEquals(await warningsOf("fast", [openai, local]), ["openai"]);
  assertEquals((await warningsOf("bare", [local, openai])).length, 2);
  const [, odd] = await warningsOf(`a\r\nb\u00e9\u{1f600}${"x".repeat(300)}`, [local, openai]);
  assertMatch(
    odd ?? "",
    /^No list of models has "a\\r\\nb\?\?\?x+", so it was sent to local[ -~]*$/,
  );
});

Deno.test("unknown names are refused where the default's list is all it serves, or always, or never", async () => {
  const cases = [
    // The options, the upstreams, the model, and whether it is refused.
    ["auto", [openai, openrouter], "gpt-4p", true],
    ["auto", [openai, openrouter], "openai/gpt-4p", false],
    ["auto", [openrouter, openai], "gpt-4p", false],
    ["warn", [openai, openrouter], "gpt-4p", false],
    ["refuse", [openrouter, openai], "gpt-4p", true],
    ["refuse", [openrouter, openai], "openai/gpt-4p", true],
    // What no list is known of may be served.
    ["refuse", [venice, openai], "gpt-4p", false],
    ["refuse", [openai, venice], "venice/gpt-4p", false],
  ] as const;
  for (const [unknownModels, providers, model, isRefused] of cases) {
    const title = `${unknownModels} ${providers.map(({ name }) => name)} ${model}`;
    const resolving = targetsOf(providers, { unknownModels })(model);
    if (!isRefused) {
      assertEquals((await resolving)[0]?.warnings?.length, 1, title);
      continue;
    }
    const error = await assertRejects(() => resolving, GatewayError);
    assertEquals([error.status, error.code, error.param], [404, "model_not_found", "model"]);
    assertStringIncludes(error.message, `"gpt-4o"`, title);
  }
});

Deno.test("a refusal names each near name once, aliases too, none that the key may not call, and who gave no list", async () => {
  const providers = [openai, openrouter, local, venice];
  const aliases = { "shared-fast": "gpt-4o" };
  const refuse = (principal: Principal) =>
    assertRejects(
      () => targetsOf(providers, { aliases }, () => 0, principal)("sharde"),
      GatewayError,
    );
  assertEquals(
    (await refuse(ANONYMOUS)).message,
    'No model "sharde" is served here; the nearest names are "shared", "shared-fast", "gpt-4o"; ' +
      "no list could be had of venice; GET /v1/models lists them all",
  );
  const { message } = await refuse({ ...ANONYMOUS, models: ["share*"] });
  assertMatch(message, /the nearest names are "shared", "shared-fast";/);
});

Deno.test("RouteTable without upstreams says how to switch one on", async () => {
  const error = await assertRejects(() => table([])("x"), GatewayError, "set a provider's key");
  assertEquals(error.status, 404);
});

Deno.test("RouteTable gives an alias's targets in order, each found by the same rules", async () => {
  const aliases = {
    fast: "gpt-4o|openrouter/openai/gpt-4o|openrouter/auto|openai/gpt-oss-20b",
    drawn: [{ target: "venice/a", weight: 1 }, { target: "venice/b", weight: 1 }],
  };
  const resolve = table([openrouter, openai, venice, local], { aliases }, () => 0.99);
  assertEquals(
    await resolve("fast"),
    "openai: gpt-4o, openrouter: openai/gpt-4o, openrouter: openrouter/auto, local: openai/gpt-oss-20b",
  );
  assertEquals(await resolve("drawn"), "venice: b, venice: a");
});

Deno.test("RouteTable looks up a target only when it is its turn, and asks none but the one it names", async () => {
  const asked: string[] = [];
  const routes = new RouteTable(
    [openai, venice],
    routingOptions.parse({ aliases: { fast: "openai/a|venice/b" } }),
    ({ name }) => {
      asked.push(name);
      return Promise.resolve(undefined);
    },
    () => 0,
  );
  const [first, second] = routes.route({ id: "id", model: "fast", principal: ANONYMOUS });
  assertEquals((await first?.())?.model, "a");
  assertEquals(asked, ["openai"]);
  await second?.();
  assertEquals(asked, ["openai", "venice"]);
});

Deno.test("RouteTable sends what is handed through without a known model to the default of its API", async () => {
  const routes = new RouteTable(
    [openrouter, openai, local],
    routingOptions.parse({ aliases: { fast: "local/small" } }),
    listIds,
    () => 0,
  );
  const handThrough = { defaultProvider: local };
  const resolve = async (model: string) => {
    const call = { id: "id", model, principal: ANONYMOUS, handThrough };
    const [target] = await Promise.all(routes.route(call).map((resolve) => resolve()));
    return [`${target?.provider.name}: ${target?.model}`, target?.warnings?.length];
  };
  assertEquals(await resolve(""), ["local: ", undefined]);
  assertEquals(await resolve("nobody-has-it"), ["local: nobody-has-it", 1]);
  assertEquals(await resolve("gpt-4o"), ["openai: gpt-4o", undefined]);
  assertEquals(await resolve("fast"), ["local: small", undefined]);
});

Deno.test("RouteTable refuses what is handed through by the list of the default of its API", async () => {
  const routes = new RouteTable([local, openai], routingOptions.parse({}), listIds, () => 0);
  const call = { id: "id", model: "nobody-has-it", principal: ANONYMOUS };
  const [resolve] = routes.route({ ...call, handThrough: { defaultProvider: openai } });
  await assertRejects(async () => await resolve?.(), GatewayError, "nobody-has-it");
  const [other] = routes.route({ ...call, handThrough: { defaultProvider: local } });
  assertEquals((await other?.())?.provider.name, "local");
});
