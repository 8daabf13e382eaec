/** What is answered to a client that has an answer already. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { MODELS, startCatalog } from "./catalog_under_test.ts";

Deno.test("an answer that a client has is 304", async () => {
  const { get } = startCatalog();
  const path = "/api/v1/models/maker/model";
  const ask = (condition: string) => get(path, { headers: { "if-none-match": condition } });
  const first = await get(path);
  const etag = first.headers.get("etag") ?? "";
  assertMatch(etag, /^W\/"[0-9a-f]{24}"$/);
  assertEquals(first.headers.get("cache-control"), "no-cache");
  const strong = etag.slice("W/".length);
  for (const condition of [etag, strong, `"other", ${etag}`, `W/"a,b",${strong}`, "*", " * "]) {
    const response = await ask(condition);
    assertEquals([condition, response.status, await response.text()], [condition, 304, ""]);
    assertEquals(response.headers.get("etag"), etag);
  }
  for (
    const condition of [`"other"`, `W/"other"`, strong.slice(1, -1), `${strong.slice(0, -2)}"`, ""]
  ) {
    assertEquals([condition, (await ask(condition)).status], [condition, 200]);
  }
  assert((await get("/api/v1/models")).headers.get("etag") !== etag);
});

Deno.test("the same list fetched anew has the same tags; another has others", async () => {
  const tagOf = async (models: typeof MODELS) =>
    (await startCatalog(models).get("/api/v1/models")).headers.get("etag");
  assertEquals(await tagOf(MODELS), await tagOf(structuredClone(MODELS)));
  assert(await tagOf(MODELS) !== await tagOf(MODELS.slice(1)));
});
