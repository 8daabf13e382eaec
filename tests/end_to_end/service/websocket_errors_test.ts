/** What a client of the WebSocket is told when its upgrade, a message or a request is not taken. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { isJsonObject, type JsonObject } from "../../../src/core/text/json.ts";
import { startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { inferenceRequest, openSocket, RefusedUpgrade } from "../../support/socket_client.ts";
import { startWeirWithoutLimits as startWeir } from "../../support/without_limits.ts";

interface BadMessage {
  readonly title: string;
  readonly sent: object | string | Uint8Array;
  /** `id` of the error. */
  readonly id: string | null;
  readonly status: number;
  readonly field?: string;
  readonly code?: string;
  readonly says: RegExp;
}

const request = inferenceRequest("r", "hi");
const data = isJsonObject(request.data) ? request.data : {};
const LONG_ID = "x".repeat(201);

function badData(
  title: string,
  field: string,
  changed: JsonObject,
  says: RegExp,
): BadMessage {
  const sent = { ...request, data: { ...data, ...changed } };
  return { title, sent, id: "r", status: 400, field, says };
}

const BAD_MESSAGES: readonly BadMessage[] = [
  { title: "no JSON", sent: "hello", id: null, status: 400, code: "invalid_json", says: /JSON/ },
  { title: "a list", sent: [], id: null, status: 400, code: "invalid_json", says: /object/ },
  {
    title: "a binary frame",
    sent: new TextEncoder().encode(JSON.stringify(request)),
    id: null,
    status: 400,
    code: "binary_message",
    says: /as text/,
  },
  {
    title: "JSON too deep",
    sent: "[".repeat(500),
    id: null,
    status: 400,
    code: "json_too_deep",
    says: /levels/,
  },
  { title: "no type", sent: { id: "r" }, id: "r", status: 400, field: "type", says: /one of/ },
  {
    title: "an unknown type",
    sent: { ...request, type: "inference" },
    id: "r",
    status: 400,
    field: "type",
    says: /one of inference_request, cancel, heartbeat, close/,
  },
  {
    title: "a type of the language's own",
    sent: { ...request, type: "constructor" },
    id: "r",
    status: 400,
    field: "type",
    says: /one of/,
  },
  {
    title: "an unknown field",
    sent: { ...request, model: "m" },
    id: "r",
    status: 400,
    field: "model",
    says: /may have id and data/,
  },
  {
    title: "no id",
    sent: { ...request, id: undefined },
    id: null,
    status: 400,
    field: "id",
    says: /must be a text/,
  },
  {
    title: "a number as id",
    sent: { ...request, id: 7 },
    id: null,
    status: 400,
    field: "id",
    says: /must be a text/,
  },
  {
    title: "an id too long",
    sent: { ...request, id: LONG_ID },
    id: null,
    status: 400,
    field: "id",
    says: /200 characters/,
  },
  {
    title: "no data",
    sent: { ...request, data: undefined },
    id: "r",
    status: 400,
    field: "data",
    says: /object/,
  },
  badData("no model", "model", { model: undefined }, /Model is required/),
  badData("no messages", "messages", { messages: undefined }, /Messages are required/),
  badData("empty messages", "messages", { messages: [] }, /at least one/),
  badData("a message without a role", "messages.0.role", { messages: [{}] }, /Role is required/),
  badData("a stream that is no boolean", "stream", { stream: "yes" }, /true or false/),
  badData("two choices", "n", { n: 2 }, /must be 1/),
  badData("a field in two spellings", "data", { Model: "other" }, /differ in case/),
  {
    title: "the cancelling of what does not run",
    sent: { type: "cancel", id: "r" },
    id: null,
    status: 404,
    field: "id",
    says: /No request with this id is running/,
  },
  {
    title: "a heartbeat with an object as id",
    sent: { type: "heartbeat", id: {} },
    id: null,
    status: 400,
    field: "id",
    says: /heartbeat/,
  },
];

Deno.test("each message that cannot be taken has its error, and the connection goes on", async (test) => {
  await using provider = startProvider();
  await using weir = await startWeir(provider);
  await using client = await openSocket(weir.url);
  for (const { title, sent, id, status, field, code, says } of BAD_MESSAGES) {
    await test.step(title, async () => {
      const seen = client.messages.length;
      client.send(sent);
      const answer = await client.received((message) => client.messages.indexOf(message) >= seen);
      assertEquals([answer.type, answer.id], ["error", id]);
      const error = isJsonObject(answer.error) ? answer.error : {};
      const details = isJsonObject(error.details) ? error.details : {};
      assertEquals([error.code, error.type], [status, "validation"]);
      assertMatch(String(error.message), says);
      if (field !== undefined) assertEquals(details.field, field);
      if (code !== undefined) assertEquals(details.code, code);
    });
    // Mistakes in a row would end the connection.
    client.send({ type: "heartbeat", id: title });
    await client.received((message) => message.type === "heartbeat" && message.id === title);
  }
  assertEquals(provider.requests.length, 0, "nothing of it reached the upstream");
  client.ask("last", "hi");
  await client.ended("last");
  assertEquals(client.contentOf("last"), "hello world");
});

Deno.test("a client that sends nothing but mistakes is closed with a reason", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider);
  await using client = await openSocket(weir.url);
  for (let mistake = 0; mistake < 20; mistake++) client.send("hello");
  const { code, reason } = await client.closed;
  assertEquals(code, 1008);
  assertMatch(reason, /not valid/);
  assertEquals(client.messages.filter(({ type }) => type === "error").length, 20);
  assertEquals(client.messages.at(-1), { type: "close", code, reason });
});

const UPSTREAM_ERRORS: readonly (readonly [prompt: string, error: JsonObject, says: RegExp])[] = [
  ["[400]", { code: 400, type: "validation" }, /./],
  ["[401]", { code: 502, type: "openrouter" }, /./],
  ["[404]", { code: 404, type: "validation" }, /./],
  ["[429]", { code: 429, type: "rate_limit" }, /./],
  ["[500]", { code: 502, type: "openrouter" }, /./],
  ["[503]", { code: 503, type: "openrouter" }, /./],
  ["[tokens=9] [error=4]", { code: 502, type: "openrouter" }, /./],
  ["[tokens=9] [cut=4]", { code: 502, type: "openrouter" }, /./],
  ["[tokens=9] [nofinish]", { code: 502, type: "openrouter" }, /./],
  ["[slow=60000]", { code: 504, type: "openrouter" }, /not answered within 1500 ms/],
];

Deno.test("a request that fails upstream has its error, also after its first pieces", async (test) => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { REQUEST_TIMEOUT: "1500" });
  await using client = await openSocket(weir.url);
  for (const [prompt, expected, says] of UPSTREAM_ERRORS) {
    for (const stream of [true, false]) {
      // A whole answer that only lacks its finish reason is no error.
      if (prompt.includes("nofinish") && !stream) continue;
      await test.step(`${prompt}${stream ? "" : ", whole"}`, async () => {
        const id = `${prompt} ${stream}`;
        client.ask(id, prompt, { stream });
        const { type, error } = await client.ended(id);
        assertEquals(type, "error");
        assert(isJsonObject(error));
        assertEquals({ code: error.code, type: error.type }, expected);
        assertMatch(String(error.message), says);
      });
    }
  }
});

Deno.test("what asks for no WebSocket, or in a wrong way, is told how", async (test) => {
  await using weir = await startProgram();
  const upgrade = { "connection": "Upgrade", "upgrade": "websocket" };
  const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
  const cases: readonly (readonly [string, RequestInit, number, RegExp])[] = [
    ["no upgrade", {}, 426, /new WebSocket/],
    ["another protocol", { headers: { ...upgrade, upgrade: "h2c" } }, 426, /new WebSocket/],
    ["another method", { method: "POST" }, 405, /GET/],
  ];
  for (const [title, init, status, says] of cases) {
    await test.step(title, async () => {
      const response = await fetch(`${weir.url}/ws`, init);
      const { error } = await response.json();
      assertEquals([response.status, error.code, error.type], [status, status, "validation"]);
      assertMatch(error.message, says);
      if (status === 426) assertEquals(response.headers.get("sec-websocket-version"), "13");
    });
  }
  await test.step("another version", async () => {
    const { head, body } = await rawUpgrade(weir.url, { ...upgrade, ...key });
    assertMatch(head, /^HTTP\/1.1 426 /);
    assertMatch(head, /\r\nsec-websocket-version: 13\r\n/i);
    assertMatch(body, /Sec-WebSocket-Version/);
  });
  await test.step("a key that is none", async () => {
    const { head, body } = await rawUpgrade(weir.url, {
      ...upgrade,
      "sec-websocket-key": "x",
      "sec-websocket-version": "13",
    });
    assertMatch(head, /^HTTP\/1.1 400 /);
    assertMatch(body, /Sec-WebSocket-Key/);
  });
});

/** Sends exactly these headers; `fetch` writes some of them itself. */
async function rawUpgrade(address: string, headers: Record<string, string>) {
  const { hostname, port } = new URL(address);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const message = `GET /ws HTTP/1.1\r\nhost: ${hostname}\r\n${lines}\r\n`;
  await connection.write(new TextEncoder().encode(message));
  const buffer = new Uint8Array(65_536);
  let text = "";
  while (!/\r\n\r\n.*}$/s.test(text)) {
    const read = await connection.read(buffer);
    if (read === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, read));
  }
  const [head = "", body = ""] = text.split("\r\n\r\n");
  return { head: `${head}\r\n`, body };
}

Deno.test("a web page of another origin is refused before the upgrade, as CORS_ORIGINS says", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { CORS_ORIGINS: "https://app.example" });
  const open = (origin: string) => openSocket(weir.url, { headers: { origin } });
  const refused = await assertRejects(() => open("https://evil.example"), RefusedUpgrade);
  assertEquals(refused.status, 403);
  await using listed = await open("https://app.example");
  listed.ask("a", "hi");
  assertEquals((await listed.ended("a")).type, "inference_response");
});
