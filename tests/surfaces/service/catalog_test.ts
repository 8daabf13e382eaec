/** The catalog's lists, what they are searched by, and who sees what. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { ANONYMOUS } from "../../../src/core/principal.ts";
import type { ListedModel } from "../../../src/core/provider/provider.ts";
import { decodeModelList } from "../../../src/providers/models/model_list.ts";
import { catalogEntry } from "../../../src/surfaces/openrouter/rest/catalog_entry.ts";
import { idsIn, MODELS, startCatalog } from "./catalog_under_test.ts";

Deno.test("the list has pages, and filters before it counts", async () => {
  const { json } = startCatalog();
  const whole = await json("");
  assertEquals(whole, {
    object: "list",
    data: JSON.parse(JSON.stringify(MODELS.map(catalogEntry))),
    pagination: { total: 8, limit: 50, offset: 0, hasMore: false },
  });
  assertEquals(await json("/"), whole);
  const page = await json("?limit=3&offset=2");
  assertEquals(idsIn(page), MODELS.slice(2, 5).map(({ id }) => id));
  assertEquals(page.pagination, { total: 8, limit: 3, offset: 2, hasMore: true });
  const last = await json("?limit=4&offset=4");
  assertEquals(last.pagination, { total: 8, limit: 4, offset: 4, hasMore: false });
  const beyond = await json("?offset=1000000");
  assertEquals([beyond.data, beyond.pagination.hasMore], [[], false]);
  const filtered = await json("?provider=MAKER&search=free&limit=1");
  assertEquals(idsIn(filtered), ["maker/model:free"]);
  assertEquals(filtered.pagination.total, 1);
  assertEquals((await json("?provider=nobody")).pagination.total, 0);
  assertEquals((await json("?provider=&search=%20&x=y")).pagination.total, 8);
});

Deno.test("every word of a search is found in id, name or description, in any case", async () => {
  const { json } = startCatalog();
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["code", ["plain", "Other/100% odd@1"]],
    ["CODE", ["plain", "Other/100% odd@1"]],
    ["code%20odd", ["Other/100% odd@1"]],
    ["odd+CODE", ["Other/100% odd@1"]],
    ["maker/model", ["maker/model", "maker/model:free", "~maker/model-latest"]],
    ["nothing", ["maker/model:free"]],
    ["zebra", []],
  ];
  for (const [query, ids] of cases) {
    assertEquals(idsIn(await json(`?search=${query}`)), ids, query);
    assertEquals(idsIn(await json(`/search?q=${query}`)), ids, query);
  }
  const found = await json("/search?q=model&limit=2");
  assertEquals([found.query, found.total, found.data.length], ["model", 5, 2]);
  const all = idsIn(await json("/search?q=model"));
  assertEquals(all.at(-1), "Other/100% odd@1", "what is only described so comes last");
});

Deno.test("top is by context length, and what is not known comes last", async () => {
  const { json } = startCatalog();
  assertEquals(idsIn(await json("/top?limit=5")), [
    "maker/model",
    "maker/model:free",
    "plain",
    "a/b/c",
    "maker/pricing",
  ]);
  assertEquals((await json("/top")).data.length, 8);
});

Deno.test("a provider is what stands before the slash, else who owns the model", async () => {
  const { json, get } = startCatalog();
  assertEquals(await json("/providers"), {
    data: ["Other", "a", "home", "maker", "upstream", "~maker"],
  });
  for (const path of ["/providers/maker", "/providers/Maker/", "/providers/m%61ker"]) {
    const { data, provider } = await json(path);
    assertEquals(provider, "maker");
    assertEquals(idsIn({ data }), ["maker/model", "maker/model:free", "maker/pricing"]);
  }
  for (const path of ["/providers/nobody", "/providers/maker/model"]) {
    const error = await assertRejects(() => get(`/api/v1/models${path}`), GatewayError);
    assertEquals([error.status, error.code, error.param], [404, "provider_not_found", "provider"]);
  }
});

Deno.test("whoever asks for more than there may be gets as many as may be", async () => {
  const { json } = startCatalog(manyModels(150));
  for (const limit of ["101", "1000", "9".repeat(400)]) {
    const { data, pagination } = await json(`?limit=${limit}`);
    assertEquals(data.length, 100, limit);
    assertEquals(pagination, { total: 150, limit: 100, offset: 0, hasMore: true });
    assertEquals((await json(`/search?q=m&limit=${limit}`)).data.length, 100);
    assertEquals((await json(`/top?limit=${limit}`)).data.length, 100);
  }
  const beyond = await json("?offset=1000001");
  assertEquals([beyond.data, beyond.pagination.offset], [[], 1_000_000]);
});

function manyModels(count: number): readonly ListedModel[] {
  const data = Array.from({ length: count }, (_, index) => ({ id: `m${index}` }));
  return decodeModelList({ data }, "upstream");
}

Deno.test("a parameter that is not valid is 400 and named", async () => {
  const { get, asked } = startCatalog();
  const cases = [
    ["?limit=0", "limit", "Limit must be a whole number from 1 to 100"],
    ["?limit=", "limit", "Limit must be a whole number from 1 to 100"],
    ["?limit=ten", "limit", "Limit must be a whole number from 1 to 100"],
    ["?limit=1.5", "limit", "Limit must be a whole number from 1 to 100"],
    ["?limit=1e1", "limit", "Limit must be a whole number from 1 to 100"],
    ["?limit=-1", "limit", "Limit must be a whole number from 1 to 100"],
    ["?offset=-1", "offset", "Offset must be a whole number from 0 to 1000000"],
    [`?search=${"x".repeat(201)}`, "search", "Search must have at most 200 characters"],
    [`?provider=${"x".repeat(201)}`, "provider", "Provider must have at most 200 characters"],
    ["/top?limit=0", "limit", "Limit must be a whole number from 1 to 100"],
    ["/search", "q", "Q is required"],
    ["/search?q=%20", "q", "Q is required"],
    [`/search?q=${"x".repeat(201)}`, "q", "Q must have at most 200 characters"],
  ] as const;
  for (const [path, field, message] of cases) {
    const error = await assertRejects(() => get(`/api/v1/models${path}`), GatewayError);
    assertEquals([path, error.status, error.param, error.message], [path, 400, field, message]);
  }
  assertEquals(asked(), 0);
});

Deno.test("a key for certain models sees no others", async () => {
  const key = { ...ANONYMOUS, name: "one", hasKey: true, models: ["maker/*"] };
  const { get, json } = startCatalog(MODELS, key);
  assertEquals(idsIn(await json("")), ["maker/model", "maker/model:free", "maker/pricing"]);
  assertEquals((await json("/search?q=code")).total, 0);
  assertEquals((await json("/providers")).data, ["maker"]);
  const error = await assertRejects(() => get("/api/v1/models/plain"), GatewayError);
  assertEquals(error.status, 404);
  assert(!error.message.includes("a/b/c"));
});

Deno.test("an empty list has empty answers", async () => {
  const { json } = startCatalog([]);
  assertEquals((await json("")).pagination.total, 0);
  for (const path of ["/top", "/providers", "/search?q=x"]) {
    assertEquals((await json(path)).data, []);
  }
});
