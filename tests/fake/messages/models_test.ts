import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeServer } from "../fake_server.ts";

const HEADERS = { "anthropic-version": "2023-06-01" };

Deno.test("fake messages: models are listed in Anthropic's form where its version is sent", async () => {
  await using server = new FakeServer();
  for (const base of ["", "/v1"]) {
    const response = await fetch(`${server.origin}${base}/models?limit=1000`, { headers: HEADERS });
    const { data, ...page } = await response.json();
    assertEquals(response.headers.has("request-id"), true);
    assertEquals(page, {
      has_more: false,
      first_id: "fake-model",
      last_id: "fake-lab/fake-model",
    });
    assertEquals(data[0], {
      type: "model",
      id: "fake-model",
      display_name: "Fake: fake-model",
      created_at: "2023-11-03T08:26:40.000Z",
      max_input_tokens: 200_000,
      max_tokens: 64_000,
    });
    for (const id of ["fake-model", "fake-lab/fake-model", "fake-lab%2Ffake-model"]) {
      const one = await fetch(`${server.origin}${base}/models/${id}`, { headers: HEADERS });
      assertEquals((await one.json()).id, decodeURIComponent(id));
    }
    const gone = await fetch(`${server.origin}${base}/models/gone`, { headers: HEADERS });
    assertEquals([gone.status, (await gone.json()).error.type], [404, "not_found_error"]);
  }
});

Deno.test("fake messages: the list has pages, forth and back", async () => {
  await using server = new FakeServer();
  const page = async (query: string) => {
    const response = await fetch(`${server.origin}/v1/models?${query}`, { headers: HEADERS });
    const { data, has_more: hasMore } = await response.json();
    return [data.map(({ id }: { id: string }) => id), hasMore];
  };
  assertEquals(await page("limit=1"), [["fake-model"], true]);
  assertEquals(await page("limit=1&after_id=fake-model"), [["fake-lab/fake-model"], false]);
  assertEquals(await page("after_id=fake-lab/fake-model"), [[], false]);
  assertEquals(await page("before_id=fake-lab/fake-model"), [["fake-model"], false]);
  for (const query of ["limit=0", "limit=1001", "limit=x", "after_id=gone", "before_id=gone"]) {
    const response = await fetch(`${server.origin}/v1/models?${query}`, { headers: HEADERS });
    assertEquals(response.status, 400, query);
    const [field = ""] = query.split("=");
    assertStringIncludes((await response.json()).error.message, `${field}: `);
  }
});
