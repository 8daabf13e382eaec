/** JSON is compressed for clients that ask for it; streams and what is handed through never are (T26). */

import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { assert, assertEquals, fail } from "@std/assert";
import { bytesOf } from "../transport/raw_server.ts";
import { exchangeRaw, startScripted } from "../support/forwarding.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";
import { endedWith, together } from "../support/together.ts";
import { chat } from "./admin/page_request.ts";

const PACKED = "gzip, deflate, br";

const test = together(
  "answers of one gateway, packed or not",
  async () => endedWith({ weir: await startProgram() }),
);

interface Answer {
  readonly status: number;
  readonly encoding: string | null;
  readonly headers: Headers;
  /** The body, unpacked. */
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Byte for byte, because some versions of `fetch` do not tell how an answer was packed. */
async function read(
  weir: Program,
  path: string,
  accepted: string,
  { method = "GET", headers: sent = {}, body = "" }: Asked = {},
): Promise<Answer> {
  const answer = await exchangeRaw(
    weir.url,
    [
      // Whose answers end with their connection and are in no chunks.
      `${method} ${path} HTTP/1.0`,
      `accept-encoding: ${accepted}`,
      ...Object.entries(sent).map(([name, value]) => `${name}: ${value}`),
      ...(body === "" ? [] : [`content-length: ${body.length}`]),
      `\r\n${body}`,
    ].join("\r\n"),
  );
  const end = answer.indexOf("\r\n\r\n");
  const [status = "", ...fields] = answer.slice(0, end).split("\r\n");
  const headers = new Headers(
    fields.map((field) => field.split(/: ?(.*)/, 2) as [name: string, value: string]),
  );
  const encoding = headers.get("content-encoding");
  const bytes = bytesOf(answer.slice(end + 4));
  return {
    status: Number(status.split(" ")[1]),
    encoding,
    headers,
    text: new TextDecoder().decode(bytes.length === 0 ? bytes : unpack(bytes, encoding)),
  };
}

function unpack(bytes: Uint8Array<ArrayBuffer>, encoding: string | null): Uint8Array {
  if (encoding === null) return bytes;
  if (encoding === "deflate") return inflateSync(bytes);
  return encoding === "br" ? brotliDecompressSync(bytes) : gunzipSync(bytes);
}

test("JSON is compressed as the client asks, and says so to caches", async ({ weir }) => {
  const prompt = chat("[tokens=2000]");
  const cases: [accepted: string, encodings: readonly (string | null)[]][] = [
    ["gzip", ["gzip"]],
    ["gzip, deflate", ["gzip"]],
    ["br", ["br"]],
    ["gzip;q=1.0, br;q=0.5", ["gzip"]],
    [PACKED, ["gzip"]],
    ["identity", [null]],
    ["gzip;q=0, identity", [null]],
    ["deflate", ["deflate"]],
    ["zstd", [null]],
  ];
  const { choices: expected } = JSON.parse(
    (await read(weir, "/v1/chat/completions", "identity", prompt)).text,
  );
  for (const [accepted, encodings] of cases) {
    const { status, encoding, headers, text } = await read(
      weir,
      "/v1/chat/completions",
      accepted,
      prompt,
    );
    assertEquals(status, 200, accepted);
    assert(encodings.includes(encoding), `${accepted}: ${encoding}`);
    assertEquals(JSON.parse(text).choices, expected, accepted);
    if (encoding !== null) assert(headers.get("vary")?.toLowerCase().includes("accept-encoding"));
  }
});

test("answers that gain nothing, or would hold up all others, are not compressed", async ({ weir }) => {
  for (const tokens of [100, 200_000]) {
    const prompt = chat(`[tokens=${tokens}]`);
    const { encoding, text } = await read(weir, "/v1/chat/completions", PACKED, prompt);
    assertEquals(encoding, null, `${text.length} bytes`);
  }
});

test("the catalog is compressed, keeps its tag, and answers HEAD as GET", async ({ weir }) => {
  const plain = await read(weir, "/api/v1/models", "identity");
  const packed = await read(weir, "/api/v1/models", "gzip");
  assertEquals([plain.encoding, packed.encoding], [null, "gzip"]);
  assertEquals(packed.text, plain.text);
  const etag = packed.headers.get("etag") ?? "";
  assertEquals(plain.headers.get("etag"), etag);
  const head = await read(weir, "/api/v1/models", "gzip", { method: "HEAD" });
  assertEquals([head.status, head.text, head.headers.get("etag")], [200, "", etag]);
  const again = await read(weir, "/api/v1/models", "gzip", { headers: { "if-none-match": etag } });
  assertEquals([again.status, again.encoding, again.text], [304, null, ""]);
  for (const { headers } of [plain, packed, again]) {
    assert(headers.get("vary")?.toLowerCase().includes("accept-encoding"));
  }
});

test("no stream of events is compressed, whoever made it one", async ({ weir: observing }) => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl, REPAIR: "on" },
  });
  const long = chat("[tokens=500]", { stream: true });
  for (
    const { encoding, text, headers } of [
      await read(weir, "/v1/chat/completions", PACKED, long),
      await read(observing, "/v1/chat/completions", PACKED, long),
      await read(observing, "/api/v1/inference/stream", PACKED, chat("[tokens=500]")),
    ]
  ) {
    assertEquals(encoding, null);
    assert(text.endsWith("data: [DONE]\n\n"));
    assert(headers.get("cache-control")?.includes("no-transform"));
  }
});

const STREAMED_TYPES = [
  "text/plain",
  "application/json",
  "application/x-ndjson",
  "application/jsonl",
  "text/event-stream",
  "text/html; charset=utf-8",
  "application/problem+json",
];

Deno.test("what is handed through arrives as it is sent, whatever its type", async () => {
  const answers = STREAMED_TYPES.map((type) => ({ type, goOn: Promise.withResolvers<void>() }));
  await using scripted = await startScripted(async (peer) => {
    while (true) {
      const [, index = ""] = /things\/(\d+)/.exec(await peer.request()) ?? [];
      const { type, goOn } = answers[Number(index)] ?? fail(index);
      await peer.send(
        `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`,
      );
      await peer.send("fa0\r\n" + "a".repeat(4_000) + "\r\n");
      await goOn.promise;
      await peer.send("4\r\nlast\r\n0\r\n\r\n");
    }
  });
  for (const [index, { type, goOn }] of answers.entries()) {
    const path = `/api/v1/things/${index}`;
    const response = await fetch(scripted.weir.url + path, {
      headers: { "accept-encoding": PACKED },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (text.length < 4_000) text += (await reader?.read())?.value ?? "";
    assertEquals(text, "a".repeat(4_000), type);
    goOn.resolve();
    assertEquals((await reader?.read())?.value, "last", type);
    await reader?.cancel();
    assertEquals((await read(scripted.weir, path, PACKED)).encoding, null, type);
  }
});

Deno.test("what is handed through keeps its length and its tag, and is not packed twice", async () => {
  const body = JSON.stringify({ text: "hello ".repeat(500) });
  const packed = new Uint8Array(
    await new Response(new Blob([body]).stream().pipeThrough(new CompressionStream("gzip")))
      .arrayBuffer(),
  );
  await using scripted = await startScripted(async (peer) => {
    const request = await peer.request();
    const isPacked = request.includes("/packed");
    const bytes = isPacked ? packed : bytesOf(body);
    await peer.send([
      "HTTP/1.1 200 OK",
      "content-type: application/json",
      'etag: "strong"',
      "cache-control: max-age=60",
      ...(isPacked ? ["content-encoding: gzip"] : []),
      `content-length: ${bytes.length}`,
      "connection: close",
      "\r\n",
    ].join("\r\n"));
    if (!request.startsWith("HEAD")) await peer.send(bytes);
  });
  const { weir } = scripted;
  for (const method of ["GET", "HEAD"]) {
    const plain = await read(weir, "/api/v1/plain", PACKED, { method });
    assertEquals([plain.encoding, plain.text], [null, method === "GET" ? body : ""]);
    assertEquals(plain.headers.get("content-length"), String(body.length));
    assertEquals(plain.headers.get("etag"), '"strong"');
    assertEquals(plain.headers.get("cache-control"), "max-age=60, no-transform");
  }
  // Weir undoes it, and does not do it again.
  const unpacked = await read(weir, "/api/v1/packed", PACKED);
  assertEquals([unpacked.encoding, unpacked.text], [null, body]);
});
