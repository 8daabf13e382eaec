/** Upstreams of one's own: every option, by the variable that sets it. */

import { assert, assertEquals } from "@std/assert";
import { COMPATIBLE_VARIABLES } from "../../../src/providers/compatible/options.ts";
import { readMetrics } from "../../support/metrics.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { serveStandIn, type StandInRequest } from "../../support/providers/stand_in.ts";
import { until } from "../../support/until.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const KEY = "planted-own-key-zebra";
const QUERY = "planted-query-value-zebra";
const HEADER = "planted-header-value-zebra";
const CLIENTS = "planted-clients-login-zebra";
const WEIRS = "planted-weirs-key-zebra";

const message = { role: "assistant", content: "taken" };
const CHAT = { object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }] };
const LIST = { object: "list", data: [{ id: "m" }] };

/** Repeats what it was sent in its errors, as providers do. */
function answer(request: StandInRequest): Response {
  if (request.method === "GET") return Response.json(LIST);
  if (request.json.model === "stranger") {
    return Response.json({ error: { message: "Who are you?" } }, { status: 401 });
  }
  if (request.json.model !== "refused") return Response.json(CHAT);
  const said = `${request.path} ${JSON.stringify([...request.headers])}`;
  return Response.json({ error: { message: `Not this: ${said}` } }, { status: 500 });
}

function environmentFor(origin: string): Readonly<Record<string, string>> {
  return {
    UPSTREAM_A_BASE_URL: `${origin}/openai/deployments/d/chat/completions?version=1`,
    UPSTREAM_A_API_PATH: "/",
    UPSTREAM_A_API_KEY: KEY,
    UPSTREAM_A_AUTH: "header:api-key",
    UPSTREAM_A_HEADERS: `X-Team=red, x-secret=${HEADER}`,
    UPSTREAM_A_QUERY: `tenant=t, sig=${QUERY}`,
    UPSTREAM_A_STREAM_USAGE: "off",
    UPSTREAM_A_FORMATS: "chat",
    UPSTREAM_A_DROP: "logit_bias,messages[].name,user",
    UPSTREAM_A_RENAME: "max_completion_tokens=max_tokens",
    UPSTREAM_A_DEFAULTS: '{"temperature":0,"extra":{"deep":[1]}}',
    UPSTREAM_A_MAX_CONNECTIONS: "7",
    UPSTREAM_A_MAX_RETRIES: "0",
    UPSTREAM_A_CONNECT_TIMEOUT_MS: "5000",
    UPSTREAM_A_HEADERS_TIMEOUT_MS: "6000",
    UPSTREAM_A_FIRST_CONTENT_TIMEOUT_MS: "7000",
    UPSTREAM_A_IDLE_TIMEOUT_MS: "8000",
    UPSTREAM_B_BASE_URL: `${origin}/b`,
    UPSTREAM_B_API_PATH: "/v4",
    UPSTREAM_B_TOOLS: "native",
    UPSTREAM_B_AUTH: "query:key",
    UPSTREAM_B_API_KEYS: `${KEY}-1,${KEY}-2`,
    UPSTREAM_B_MAX_RETRIES: "0",
  };
}

async function post(
  weir: Program,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  path = "/v1/chat/completions",
): Promise<Response> {
  return await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ messages: [{ role: "user", content: "hi" }], ...body }),
  });
}

/** Until then a call would be told that its list could not be had in time. */
async function awaitList({ url }: Program, upstream: string): Promise<void> {
  const owner = `"owned_by":"${upstream}"`;
  await until(async () => (await (await fetch(`${url}/v1/models`)).text()).includes(owner));
}

Deno.test("every option of an upstream of one's own is obeyed", async () => {
  await using server = serveStandIn(answer);
  // Keys take turns whatever the conversation.
  const env = { ...environmentFor(server.origin), SESSION_AFFINITY: "off" };
  await using weir = await startProgram({ env });
  await awaitList(weir, "a");
  const asked = {
    model: "a/m",
    messages: [{ role: "user", content: "hi", name: "ada" }],
    ...{ logit_bias: { 1: 1 }, user: "u", max_completion_tokens: 9007199254740993n.toString() },
  };
  const taken = await post(weir, asked);
  assertEquals(taken.status, 200, await taken.text());
  assertEquals(
    taken.headers.get("x-weir-warning"),
    '"logit_bias" is left out: a does not take it, "messages[].name" is left out: a does not take it',
  );
  const [sent] = server.requests.filter(({ method, path }) =>
    method === "POST" && path.includes("/d/")
  );
  assertEquals(
    sent?.path,
    `/openai/deployments/d/chat/completions?version=1&tenant=t&sig=${QUERY}`,
  );
  assertEquals(sent?.json, {
    model: "m",
    messages: [{ role: "user", content: "hi" }],
    max_tokens: "9007199254740993",
    temperature: 0,
    extra: { deep: [1] },
  });
  const seen = ["api-key", "x-team", "x-secret", "authorization"].map((name) =>
    sent?.headers.get(name)
  );
  assertEquals(seen, [KEY, "red", HEADER, null]);
  for (const _ of [1, 2]) await (await post(weir, { model: "b/m" })).body?.cancel();
  const keys = server.requests.filter(({ method, path }) =>
    method === "POST" && path.startsWith("/b")
  )
    .map(({ path }) => path);
  // The list of models had the first turn.
  assertEquals(keys.toSorted(), [1, 2].map((at) => `/b/v4/chat/completions?key=${KEY}-${at}`));
  const before = server.requests.length;
  const texts = await Promise.all(
    ["a", "b"].map(async (name) => (await post(weir, { model: `${name}/refused` })).text()),
  );
  assert(server.requests.length > before);
  const { text } = await readMetrics(weir.url);
  const health = await (await fetch(`${weir.url}/health`)).text();
  await weir.stop();
  const shown = [...texts, text, health, weir.output()].join("\n");
  assertEquals(shown.match(/.{0,60}zebra.{0,30}/), null);
  const set = Object.keys(env).map((name) => name.replace(/_[AB]_/, "_<NAME>_"));
  // Reached over TLS and sockets: see tests/transport.
  const others = /_(CA_CERTS|CLIENT_CERTIFICATE|CLIENT_KEY|UNIX_SOCKET)$/;
  const names = COMPATIBLE_VARIABLES.map(([name]) => name).filter((name) => !others.test(name));
  assertEquals(names.filter((name) => !set.includes(name)), []);
});

Deno.test("callers' own credentials go to the upstream that takes them, and to no other", async () => {
  await using server = serveStandIn(answer);
  const file = {
    auth: { apiKey: WEIRS },
    upstreams: {
      compatible: {
        theirs: {
          baseUrl: `${server.origin}/theirs`,
          auth: "client",
          formats: ["messages"],
          maxRetries: 0,
        },
        ours: { baseUrl: `${server.origin}/ours`, apiKey: KEY },
      },
    },
  };
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(file) });
  await using weir = await startProgram({ cwd: directory.path });
  const own = { "authorization": `Bearer ${CLIENTS}`, "x-weir-key": WEIRS };
  const said: string[] = [];
  const ask = async (model: string, headers: Readonly<Record<string, string>>) => {
    const earlier = server.requests.length;
    const given = await post(weir, { model, max_tokens: 1 }, headers, "/v1/messages");
    said.push(await given.text());
    const sent = server.requests.slice(earlier).findLast(({ method }) => method === "POST");
    return [given.status, sent?.path, sent?.headers.get("authorization") ?? null];
  };
  const path = "/theirs/messages";
  assertEquals((await ask("theirs/m", own)).slice(1), [path, `Bearer ${CLIENTS}`]);
  assertEquals((await ask("theirs/refused", own)).slice(1), [path, `Bearer ${CLIENTS}`]);
  assertEquals((await ask("ours/m", own)).slice(1), ["/ours/chat/completions", `Bearer ${KEY}`]);
  // What lets somebody in here is nobody else's.
  const usual = { authorization: `Bearer ${WEIRS}` };
  assertEquals((await ask("theirs/m", usual)).slice(1), [path, null]);
  assertEquals(await ask("theirs/m", { authorization: `Bearer ${CLIENTS}` }), [
    401,
    undefined,
    null,
  ]);
  assertEquals(await ask("theirs/m", { ...own, "x-weir-key": "wrong" }), [401, undefined, null]);
  // A header that holds no key leaves the caller's key of Weir in the usual one.
  assertEquals((await ask("theirs/m", { ...usual, "x-weir-key": "" })).slice(1), [path, null]);
  const both = { ...usual, "x-weir-key": WEIRS };
  assertEquals((await ask("theirs/m", both)).slice(1), [path, null]);
  // Whose account is refused is the caller's to know.
  assertEquals((await ask("theirs/stranger", own))[0], 401);
  for (const { headers } of server.requests) {
    assertEquals(headers.get("x-weir-key"), null);
    assert(!JSON.stringify([...headers]).includes(WEIRS));
  }
  await weir.stop();
  const shown = [...said, weir.output()].join("\n");
  assertEquals(shown.match(/.{0,60}zebra.{0,30}/), null);
});
