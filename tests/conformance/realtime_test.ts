/** OpenAI's realtime client and `ws`, which others wrote, through Weir to a stand-in of a provider. */

import { assert, assertEquals } from "@std/assert";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { WebSocket, WebSocketServer } from "ws";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type Program, startProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";
import { certificateKey, goodCertificate } from "../transport/certificates.ts";

interface Opened {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

interface RealtimeProvider extends AsyncDisposable {
  readonly baseUrl: string;
  /** The next connection that comes. */
  next(): Promise<Opened>;
}

/** Echoes what it is told, and makes a response when it is asked for one. */
async function startRealtime(): Promise<RealtimeProvider> {
  const waiting: ((opened: Opened) => void)[] = [];
  const server = createServer((_, response) => response.end(`{"object":"list","data":[]}`));
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "realtime" });
  server.on("upgrade", (request, connection, head) => {
    if (request.headers.authorization !== "Bearer sk-upstream") {
      const body = `{"error":{"message":"Planted refusal","code":"invalid_model"}}`;
      connection.end(
        "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\n" +
          `content-length: ${body.length}\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on("message", (data, isBinary) => {
        const text = isBinary ? "" : data.toString();
        if (!text.includes("response.create")) return socket.send(data, { binary: isBinary });
        const response = { id: "resp_1", object: "realtime.response" };
        const usage = { input_tokens: 7, output_tokens: 5, total_tokens: 12 };
        socket.send(JSON.stringify({ type: "response.created", response }));
        socket.send(JSON.stringify({ type: "response.output_text.delta", delta: "Hello" }));
        socket.send(JSON.stringify({ type: "response.done", response: { ...response, usage } }));
      });
      waiting.shift()?.({ socket, request });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function closeOf(socket: WebSocket): Promise<readonly [code: number, reason: string]> {
  return new Promise((resolve) =>
    socket.on("close", (code: number, reason: Uint8Array) => resolve([code, `${reason}`]))
  );
}

function messageOf(socket: WebSocket): Promise<Uint8Array> {
  return new Promise((resolve) => socket.once("message", (data: Uint8Array) => resolve(data)));
}

async function connect(weir: Program, query = "?model=voice"): Promise<WebSocket> {
  const url = `${weir.url.replace("http", "ws")}/v1/realtime${query}`;
  const socket = new WebSocket(url, ["realtime", "openai-insecure-api-key.weir-key"]);
  await new Promise((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", reject);
  });
  return socket;
}

Deno.test("realtime: OpenAI's client talks to the provider of its model, and its usage is counted", async () => {
  await using provider = await startRealtime();
  // OpenAI's client connects to nothing but wss.
  await using directory = await workingDirectory({
    "cert.pem": goodCertificate,
    "key.pem": certificateKey,
  });
  const tls = new URL("https://localhost");
  tls.port = `${freePort()}`;
  await using weir = await startProgram({
    cwd: directory.path,
    env: {
      TLS_CERT: "cert.pem",
      TLS_KEY: "key.pem",
      TLS_PORT: tls.port,
      PROXY_API_KEY: "weir-key",
      UPSTREAM_VOICE_BASE_URL: provider.baseUrl,
      UPSTREAM_VOICE_API_KEY: "sk-upstream",
      MODEL_ALIASES: "voice=voice/gpt-realtime",
      WS_MAX_MESSAGE_BYTES: "100000",
    },
  });
  const opening = provider.next();
  const openai = new OpenAI({ apiKey: "weir-key", baseURL: `${tls.origin}/v1` });
  const client = new OpenAIRealtimeWS({
    model: "voice",
    options: { rejectUnauthorized: false },
  }, openai);
  const deltas: string[] = [];
  const done = new Promise<void>((resolve, reject) => {
    client.on("error", reject);
    client.on("response.output_text.delta", ({ delta }) => void deltas.push(delta));
    client.on("response.done", () => deltas.length === 2 && resolve());
    client.socket.on("open", () => {
      client.send({ type: "response.create" });
      client.send({ type: "response.create" });
    });
  });
  const { request } = await opening;
  assertEquals(request.url, "/v1/realtime?model=gpt-realtime");
  assertEquals(request.headers.authorization, "Bearer sk-upstream");
  await done;
  assertEquals(deltas, ["Hello", "Hello"]);
  client.close();
  const { input } = await weir.printed(/"surface":"realtime"[^\n]*/);
  assert(/"total_tokens":24|"output_tokens":10/.test(input), input);
  await expectBothWays(weir, provider);
});

/** As they come, until either side leaves. */
async function expectBothWays(weir: Program, provider: RealtimeProvider): Promise<void> {
  const next = provider.next();
  const socket = await connect(weir);
  const opened = await next;
  assertEquals(socket.protocol, "realtime");
  assertEquals(opened.request.headers["sec-websocket-protocol"], "realtime");
  for (const size of [0, 125, 126, 65_535, 65_536, 99_999]) {
    const sent = new Uint8Array(size).fill(size % 251);
    const echoed = messageOf(socket);
    socket.send(sent);
    assertEquals(new Uint8Array(await echoed), sent);
  }
  const closed = closeOf(socket);
  opened.socket.close(4001, "gone by itself");
  assertEquals(await closed, [4001, "gone by itself"]);

  const other = provider.next();
  const leaving = await connect(weir);
  const left = closeOf((await other).socket);
  leaving.terminate();
  assertEquals((await left)[0], 1001);

  const large = provider.next();
  const sending = await connect(weir);
  await large;
  const cut = closeOf(sending);
  sending.send(new Uint8Array(100_001));
  assertEquals((await cut)[0], 1009);
}

Deno.test("realtime: what the provider refuses is told as it says it, and a stop ends what is silent", async () => {
  await using provider = await startRealtime();
  await using weir = await startProgram({
    env: {
      UPSTREAM_VOICE_BASE_URL: provider.baseUrl,
      UPSTREAM_VOICE_API_KEY: "sk-upstream",
      UPSTREAM_OTHER_BASE_URL: provider.baseUrl,
      UPSTREAM_OTHER_API_KEY: "sk-unknown",
    },
  });
  const headers = {
    "upgrade": "websocket",
    "connection": "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const { request: ask } = await import("node:http");
  const refusal = await new Promise<readonly [number | undefined, string]>((resolve) => {
    const asked = ask(`${weir.url}/v1/realtime?model=other/m`, { headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => text += chunk);
      response.on("end", () => resolve([response.statusCode, text]));
    });
    asked.end();
  });
  assertEquals(refusal[0], 404);
  assert(refusal[1].includes("Planted refusal"), refusal[1]);
  const plain = await fetch(`${weir.url}/v1/realtime?model=voice/m`);
  assertEquals(plain.status, 426);
  await plain.text();

  const opening = provider.next();
  const socket = await connect(weir, "?model=voice/m");
  await opening;
  const closed = closeOf(socket);
  weir.signal("SIGTERM");
  assertEquals((await closed)[0], 1001);
  await weir.exited;
});

/** Free a moment ago, which is the best that can be had. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
