/** Slashes too many, as base URLs that end in one make them: the same address, behind the same doors. */

import { createHash } from "node:crypto";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { startEcho } from "../../support/forwarding.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { openSocket, RefusedUpgrade } from "../../support/socket_client.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const KEY = "choose-one";

/** Every address of the API, and spellings of it that mean the same. */
const SPELLINGS: readonly (readonly [
  method: "GET" | "POST",
  path: string,
  spellings: readonly string[],
])[] = [
  ["POST", "/v1/chat/completions", [
    "/v1//chat/completions",
    "//v1/chat/completions",
    "/v1/chat//completions",
    "///v1///chat///completions//",
    "/openai//v1/chat/completions",
    "/v1//v1//chat/completions",
    "//chat/completions",
    "/api//v1//chat//completions",
    "/api/v1/chat%2F%2Fcompletions",
    "/api/v1//%2Fchat/completions",
  ]],
  ["POST", "/v1/embeddings", ["/v1//embeddings", "/api/v1//embeddings/"]],
  ["POST", "/api/v1/inference", ["/api/v1//inference", "//api//v1/inference//"]],
  ["GET", "/v1/models", ["/v1/models/", "/v1//models", "//v1/models//", "//v1//", "//models/"]],
  ["GET", "/v1/models/fake-model", ["/v1/models//fake-model", "//v1/models/fake-model/"]],
  ["GET", "/api/v1/models", ["/api/v1/models/", "/api/v1//models", "//api/v1/models//"]],
  ["GET", "/metrics", ["//metrics"]],
];

const BODY = {
  model: "fake-model",
  input: "hi",
  messages: [{ role: "user", content: "hi" }],
};

function ask(weir: Program, method: string, path: string, key?: string): Promise<Response> {
  return fetch(weir.url + path, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(method === "POST" && { "content-type": "application/json" }),
    },
    ...(method === "POST" && { body: JSON.stringify(BODY) }),
  });
}

/** What of an answer must be the same: its status, and which limit it was counted in. */
async function answerOf(response: Response) {
  await response.body?.cancel();
  return [response.status, response.headers.get("ratelimit-policy")];
}

Deno.test("doubled slashes mean one, and lead past no key and no limit", async () => {
  await using provider = startProvider();
  const env = {
    PROXY_API_KEY: KEY,
    AUTH_MAX_FAILURES_PER_MINUTE: "0",
    UPSTREAM_LOCAL_BASE_URL: provider.baseUrl,
  };
  await using weir = await startProgram({ env });
  for (const [method, path, spellings] of SPELLINGS) {
    const expected = await answerOf(await ask(weir, method, path, KEY));
    assertEquals([path, expected[0]], [path, 200]);
    for (const spelling of spellings) {
      const answer = await answerOf(await ask(weir, method, spelling, KEY));
      assertEquals([spelling, ...answer], [spelling, ...expected]);
      assertEquals([spelling, (await answerOf(await ask(weir, method, spelling)))[0]], [
        spelling,
        401,
      ]);
    }
  }
  assertEquals((await answerOf(await ask(weir, "GET", "//healthz")))[0], 200);
  const base = `${weir.url}/`;
  await using client = await openSocket(base, { headers: { authorization: `Bearer ${KEY}` } });
  client.ask("1", "hi");
  assertEquals((await client.ended("1")).type, "inference_response");
  const refused = await assertRejects(() => openSocket(base), RefusedUpgrade);
  assertEquals(refused.status, 401);
});

Deno.test("doubled slashes lead past no key's list of models", async () => {
  await using provider = startProvider();
  const hash = `sha256:${createHash("sha256").update("sk-limited").digest("hex")}`;
  const keys = [{ name: "limited", hash, models: ["other"] }];
  await using directory = await workingDirectory({
    "weir.jsonc": JSON.stringify({ auth: { keys } }),
  });
  const env = { UPSTREAM_LOCAL_BASE_URL: provider.baseUrl };
  await using weir = await startProgram({ cwd: directory.path, env });
  for (const [method, path, spellings] of SPELLINGS) {
    if (method !== "POST") continue;
    for (const spelling of [path, ...spellings]) {
      const response = await ask(weir, "POST", spelling, "sk-limited");
      assertEquals([spelling, response.status], [spelling, 403]);
      assertStringIncludes(await response.text(), "none of the models of this API key");
    }
  }
  for (const path of ["/v1//files", "//api/v1//files/a", "/api/v1/things"]) {
    const response = await ask(weir, "POST", path, "sk-limited");
    assertEquals([path, response.status], [path, 403]);
    assertStringIncludes(await response.text(), "handed through are not");
  }
  assertEquals(provider.requests.filter((request) => request.method === "POST"), []);
});

Deno.test("what is handed through arrives with one slash, and its query as it was", async () => {
  await using provider = startEcho();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: `${provider.origin}/v1` },
  });
  for (const path of ["/v1//files//a%2F%2Fb?x=//&y=/", "//api/v1///files/a%2F%2Fb?x=//&y=/"]) {
    const { target } = await (await fetch(weir.url + path)).json();
    assertEquals(target, "/v1/files/a%2F%2Fb?x=//&y=/");
  }
  // Whoever reads such a path could take what follows for a host.
  const unknown = await fetch(`${weir.url}/api/v1//evil.example/x`);
  assertEquals([unknown.status, (await unknown.json()).error.code], [400, "invalid_path"]);
  assertEquals(provider.requests.length, 2);
});
