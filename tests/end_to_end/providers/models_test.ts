import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { twoTargets } from "../../support/two_targets.ts";

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

Deno.test("aliases are listed first, once, and found without any list", async () => {
  await using provider = startProvider();
  const env = {
    UPSTREAM_LOCAL_BASE_URL: provider.baseUrl,
    MODEL_ALIASES: "fast=local/fake-model, fake-model=local/other, team/best=fast",
  };
  await using weir = await startProgram({ env });
  const { data } = await (await fetch(`${weir.url}/v1/models`)).json();
  assertEquals(data.map(({ id }: { id: string }) => id), [
    "fast",
    "fake-model",
    "team/best",
    "fake-lab/fake-model",
  ]);
  assertEquals(data[0], { id: "fast", object: "model", created: 0, owned_by: "weir" });
  const near = await (await fetch(`${weir.url}/v1/models/fasr`)).json();
  assertStringIncludes(near.error.message, `the nearest names are "fast"`);
  await provider.stop();
  for (const path of ["fast", "team/best", "team%2Fbest"]) {
    const response = await fetch(`${weir.url}/v1/models/${path}`);
    assertEquals([response.status, (await response.json()).object], [200, "model"]);
  }
});

Deno.test("a name that two upstreams list is near once", async () => {
  await using first = startProvider();
  await using second = startProvider();
  await using weir = await startProgram({ env: twoTargets(first, second, { MODEL_ALIASES: "" }) });
  const { error } = await (await fetch(`${weir.url}/v1/models/fake-mode`)).json();
  assertStringIncludes(
    error.message,
    `the nearest names are "fake-model", "fake-lab/fake-model"; GET`,
  );
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
