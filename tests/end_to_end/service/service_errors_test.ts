/** What the OpenRouter service's clients are told when something goes wrong. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { OPENROUTER_KEY, startOpenrouter } from "../../support/providers/openrouter.ts";

const JSON_TYPE = { "content-type": "application/json" };

function ask(weir: Program, body: object, path = "", headers = {}): Promise<Response> {
  return fetch(`${weir.url}/api/v1/inference${path}`, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  });
}

const say = (content: string) => ({
  model: "openai/gpt-4o",
  messages: [{ role: "user", content }],
});

/** The error of an answer, whose status it must bear as its code. */
async function errorOf(response: Response) {
  assertMatch(response.headers.get("content-type") ?? "", /^application\/json/);
  const { error, ...rest } = await response.json();
  assertEquals([error.code, rest], [response.status, {}]);
  return error;
}

Deno.test("the service says what is wrong with a request in the document's form", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "weir-key" } });
  const key = { authorization: "Bearer weir-key" };
  const missing = await ask(weir, { messages: say("hi").messages }, "", key);
  assertEquals(await missing.json(), {
    error: {
      code: 400,
      message: "Validation error",
      type: "validation",
      details: { field: "model", message: "Model is required" },
    },
  });
  const role = await errorOf(await ask(weir, { model: "m", messages: [{}] }, "/stream", key));
  assertEquals(role.details, { field: "messages.0.role", message: "Role is required" });
  const keyless = await ask(weir, say("hi"));
  assertEquals(keyless.headers.get("www-authenticate"), "Bearer");
  const refused = await errorOf(keyless);
  assertEquals([refused.code, refused.type], [401, "validation"]);
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${weir.url}/api/v1${path}`, { headers: key, ...init });
  const cases: readonly (readonly [Promise<Response>, number, string | undefined])[] = [
    [get("/models"), 200, undefined],
    [fetch(`${weir.url}/api/v1/models`), 401, undefined],
    [get("/models?limit=0"), 400, "limit"],
    [get("/models/search"), 400, "q"],
    [get("/models/no/such"), 404, "model"],
    [get("/models/providers/nobody"), 404, "provider"],
    [get("/models/%E0%A4%A"), 400, "model"],
    [get("/models", { method: "DELETE" }), 405, undefined],
    [get("/inference"), 405, undefined],
    [get("/inference", { method: "POST", body: "{}" }), 415, undefined],
    [
      get("/inference", { method: "POST", headers: { ...key, ...JSON_TYPE }, body: "{" }),
      400,
      undefined,
    ],
  ];
  for (const [answer, status, field] of cases) {
    const response = await answer;
    assertEquals([response.url, response.status], [response.url, status]);
    if (status === 200) {
      await response.body?.cancel();
      continue;
    }
    const error = await errorOf(response);
    assertEquals([error.type, error.details.field], ["validation", field]);
    if (status === 405) {
      assertMatch(response.headers.get("allow") ?? "", /(GET, HEAD|POST), OPTIONS/);
    }
  }
});

Deno.test("the service tells a failing upstream from a request at fault", async () => {
  await using standIn = startOpenrouter();
  await using weir = await startProgram({
    env: {
      OPENROUTER_API_KEY: OPENROUTER_KEY,
      OPENROUTER_BASE_URL: standIn.origin,
      MAX_RETRIES: "0",
      PACING: "off",
    },
  });
  const cases = [
    ["[402]", 502, "openrouter", /Insufficient credits/],
    ["[404]", 404, "validation", /No endpoints found/],
    ["[429]", 429, "rate_limit", /Rate limit exceeded/],
    ["[502]", 502, "openrouter", /Provider returned error/],
    ["[503]", 503, "openrouter", /at capacity/],
  ] as const;
  for (const [scene, status, type, message] of cases) {
    for (const path of ["", "/stream"]) {
      const response = await ask(weir, say(scene), path);
      const error = await errorOf(response);
      assertEquals([scene, error.code, error.type], [scene, status, type]);
      assertMatch(error.message, message);
      assertEquals(error.details.upstream_status, Number(scene.slice(1, 4)));
      const waitSeconds = Number(response.headers.get("retry-after"));
      if (scene === "[429]") assert(waitSeconds > 50 && waitSeconds <= 60);
      if (scene === "[503]") assertEquals(waitSeconds, 7);
      if (scene === "[402]") assertEquals(response.headers.get("x-should-retry"), "false");
    }
  }
  await weir.printed(/"surface":"service".*"status":502,"outcome":"upstream_error"/);
  const failed = await errorOf(await ask(weir, say("[failed]")));
  assertEquals([failed.code, failed.type], [502, "openrouter"]);
  assertEquals(failed.message, "Provider disconnected");
});

Deno.test("an error within a stream of the service is an event, and there is no end mark", async () => {
  await using standIn = startOpenrouter();
  await using weir = await startProgram({
    env: { OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: standIn.origin },
  });
  const response = await ask(weir, say("[error]"), "/stream");
  assertEquals(response.status, 200);
  const data = (await response.text()).split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => line.slice("data: ".length));
  assert(!data.includes("[DONE]"));
  const last = JSON.parse(data.at(-1) ?? "");
  assertEquals(last.error.message, "Provider disconnected unexpectedly");
  assert(data.some((json) => JSON.parse(json).choices?.[0]?.delta?.content === "Hello"));
});

Deno.test("REQUEST_TIMEOUT bounds an answer, and a stream without content; /v1 has its own clocks", async () => {
  await using weir = await startProgram({ env: { REQUEST_TIMEOUT: "200" } });
  for (const [path, tag] of [["", "[slow=60000]"], ["", "[stall=0]"], ["/stream", "[stall=0]"]]) {
    const error = await errorOf(await ask(weir, say(tag!), path));
    assertEquals([error.code, error.type], [504, "openrouter"]);
    assertEquals(error.message, "The call was not answered within 200 ms");
  }
  const plain = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify(say("[slow=500]")),
  });
  assertEquals(plain.status, 200);
  await plain.body?.cancel();
});

Deno.test("a wait that REQUEST_TIMEOUT does not allow is not begun: the client is told why at once", async () => {
  await using standIn = startOpenrouter();
  await using weir = await startProgram({
    env: { OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: standIn.origin },
  });
  // The stand-in wants to be left alone for nearly a minute, which the retries' own budget would allow.
  const response = await ask(weir, say("[429]"));
  const error = await errorOf(response);
  assertEquals([error.code, error.type], [429, "rate_limit"]);
  assert(Number(response.headers.get("retry-after")) > 30);
  assertEquals(standIn.received("/api/v1/chat/completions").length, 1);
});

Deno.test("without any list of models the catalog says so, and has it as soon as there is one", async () => {
  let isUp = false;
  await using provider = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      isUp
        ? Response.json({ data: [{ id: "a/b" }] })
        : Response.json({ error: { message: "Down" } }, { status: 500 }),
  );
  await using weir = await startProgram({
    env: {
      OPENROUTER_API_KEY: OPENROUTER_KEY,
      OPENROUTER_BASE_URL: `http://127.0.0.1:${provider.addr.port}`,
    },
  });
  const error = await errorOf(await fetch(`${weir.url}/api/v1/models`));
  assertEquals([error.code, error.type, error.message], [502, "openrouter", "Down"]);
  isUp = true;
  const listed = await (await fetch(`${weir.url}/api/v1/models`)).json();
  assertEquals(listed.data[0].id, "a/b");
});
