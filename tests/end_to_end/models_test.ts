import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startProgram } from "../support/program.ts";

Deno.test("GET /v1/models and /models list the upstream's models", async () => {
  await using weir = await startProgram();
  for (const path of ["/v1/models", "/models"]) {
    const list = await (await fetch(`${weir.url}${path}`)).json();
    assertEquals(list.object, "list");
    assert(list.data.length > 0);
    for (const model of list.data) {
      assertEquals(Object.keys(model).sort(), ["created", "id", "object", "owned_by"]);
    }
    const ids = list.data.map((model: { id: string }) => model.id);
    assertEquals(new Set(ids).size, ids.length);
  }
});

/** A provider whose model ids have every character that paths make trouble with. */
const IDS = ["plain", "author/slug", "author/slug:free", "a/b/c", "100% odd", "model@1"];

Deno.test("GET /v1/models/:id finds ids with slashes, raw and encoded", async () => {
  await using provider = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ object: "list", data: IDS.map((id) => ({ id, object: "model" })) }),
  );
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: `http://127.0.0.1:${provider.addr.port}/v1`,
    },
  });
  for (const id of IDS) {
    for (const path of [id.replaceAll("%", "%25"), encodeURIComponent(id)]) {
      const response = await fetch(`${weir.url}/v1/models/${path}`);
      assertEquals(response.status, 200, path);
      assertEquals((await response.json()).id, id);
    }
  }
  const missing = await fetch(`${weir.url}/v1/models/author%2Fmissing`);
  assertEquals(missing.status, 404);
  assertStringIncludes((await missing.json()).error.message, `"author/missing"`);
  const broken = await fetch(`${weir.url}/v1/models/%E0%A4%A`);
  assertEquals(broken.status, 400);
  await broken.body?.cancel();
});
