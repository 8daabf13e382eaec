/** What the catalog's paths lead to. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { catalogEntry } from "../../../src/surfaces/openrouter/rest/catalog_entry.ts";
import { MODELS, startCatalog } from "./catalog_under_test.ts";

/** What follows the catalog's path, and what is answered. */
const MODEL_PATHS: readonly (readonly [path: string, id: string])[] = [
  ["/plain", "plain"],
  ["/plain/", "plain"],
  ["//plain", "plain"],
  ["//maker///model", "maker/model"],
  ["/maker/model", "maker/model"],
  ["/maker%2Fmodel", "maker/model"],
  ["/maker%2fmodel", "maker/model"],
  ["/maker/model:free", "maker/model:free"],
  ["/maker/model%3Afree", "maker/model:free"],
  ["/maker%2Fmodel%3Afree", "maker/model:free"],
  ["/maker/model:nitro", "maker/model"],
  ["/maker%2Fmodel%3Afloor", "maker/model"],
  ["/a/b/c", "a/b/c"],
  ["/a%2Fb/c", "a/b/c"],
  ["/a%2Fb%2Fc", "a/b/c"],
  ["/Other/100%25%20odd@1", "Other/100% odd@1"],
  ["/Other%2F100%25%20odd%401", "Other/100% odd@1"],
  ["/maker/pricing", "maker/pricing"],
  ["/maker%2Fpricing", "maker/pricing"],
  ["/~maker/model-latest", "~maker/model-latest"],
  ["/%7Emaker%2Fmodel-latest", "~maker/model-latest"],
  ["/%74op", "top"],
];

Deno.test("every form of an id finds its model, its parameters and its prices", async () => {
  const { json } = startCatalog();
  for (const [path, id] of MODEL_PATHS) {
    const model = MODELS.find((candidate) => candidate.id === id);
    assert(model !== undefined, id);
    assertEquals((await json(path)).data, catalogEntry(model), path);
    const base = path.replace(/\/$/, "");
    assertEquals(await json(`${base}/parameters`), {
      data: { model: id, supported_parameters: model.supported_parameters },
    }, path);
    assertEquals(await json(`${base}/pricing`), {
      data: { model: id, pricing: model.pricing },
    }, path);
  }
});

Deno.test("a model is one to clients of OpenAI's API as well", async () => {
  const { json } = startCatalog();
  const { data, ...head } = await json("/maker/model");
  assertEquals(head, { id: "maker/model", object: "model", created: 0, owned_by: "upstream" });
  assertEquals(data.object, "model");
});

Deno.test("the words of the service win over models of the same name", async () => {
  const { json } = startCatalog();
  for (const path of ["/top", "/top/", "/search?q=x", "/providers", "/providers/home"]) {
    assert(Array.isArray((await json(path)).data), path);
  }
});

Deno.test("an id that is not listed is 404 and names what is near", async () => {
  const { get } = startCatalog();
  for (
    const path of [
      "/unknown",
      "/maker/mode",
      "/maker%2Fmode",
      "/maker/model:extended",
      "/maker/mode/parameters",
      "/maker/mode/pricing",
      "/plain/parameters/more",
      "/search/x",
      "/top/x",
    ]
  ) {
    const error = await assertRejects(() => get(`/api/v1/models${path}`), GatewayError);
    assertEquals([path, error.status, error.code], [path, 404, "model_not_found"]);
    assertMatch(error.message, /the nearest names are "/);
  }
  const near = await assertRejects(() => get("/api/v1/models/maker/mode"), GatewayError);
  assertMatch(near.message, /No model "maker\/mode" .*names are "maker\/model"/);
});

Deno.test("an escape that is none is 400, and nobody is asked for a list", async () => {
  const { get, asked } = startCatalog();
  for (const path of ["/%E0%A4%A", "/%", "/%zz/pricing", "/providers/%"]) {
    const error = await assertRejects(() => get(`/api/v1/models${path}`), GatewayError);
    assertEquals([path, error.status], [path, 400]);
  }
  assertEquals(asked(), 0);
});

Deno.test("only GET and HEAD are answered", async () => {
  const { get } = startCatalog();
  for (
    const path of ["", "/top", "/search", "/providers", "/maker/model", "/maker/model/pricing"]
  ) {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const error = await assertRejects(
        () => get(`/api/v1/models${path}`, { method }),
        GatewayError,
      );
      assertEquals([error.status, error.allow], [405, ["GET", "HEAD", "OPTIONS"]]);
    }
    const query = path === "/search" ? "?q=x" : "";
    const head = await get(`/api/v1/models${path}${query}`, { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-type")], [200, "application/json"]);
  }
});
