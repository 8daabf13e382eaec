/** What is handed through is a call: routed, limited, counted, tried again, and ended in one way. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type EchoProvider, exchangeRaw, startEcho, startScripted } from "../support/forwarding.ts";
import { type Program, startProgram } from "../support/program.ts";
import { endedWith } from "../support/together.ts";

interface Started extends AsyncDisposable {
  readonly weir: Program;
  readonly one: EchoProvider;
  readonly two: EchoProvider;
}

/** Two upstreams, the first of which is the default; `fast` is the second's `small`. */
async function start(env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const [one, two] = [startEcho(), startEcho()];
  const weir = await startProgram({
    env: {
      UPSTREAM_ONE_BASE_URL: `${one.origin}/v1`,
      UPSTREAM_TWO_BASE_URL: `${two.origin}/v1`,
      DEFAULT_UPSTREAM: "one",
      MODEL_ALIASES: "fast=two/small",
      ...env,
    },
  });
  return endedWith({ one, two, weir });
}

const JSON_TYPE = { "content-type": "application/json" };

/** Posts to Weir; what its answer says of the way, and what the upstream got. */
async function post(weir: Program, path: string, body: BodyInit, headers: HeadersInit = JSON_TYPE) {
  const response = await fetch(weir.url + path, { method: "POST", body, headers });
  const { body: sent, headers: seen } = await response.json();
  return {
    upstream: response.headers.get("x-weir-upstream"),
    warning: response.headers.get("x-weir-warning"),
    sent,
    seen,
  };
}

Deno.test("what is handed through goes to the upstream of its model, under the name it has there", async (test) => {
  await using started = await start();
  const { weir, two } = started;
  const send = (path: string, body: BodyInit, headers?: HeadersInit) =>
    post(weir, path, body, headers);
  await test.step("an alias in JSON, of which nothing else is changed", async () => {
    const body = '{ "input":"ä", "seed":9007199254740993, "model" : "fast" }';
    const { upstream, sent, seen } = await send("/v1/moderations", body, {
      ...JSON_TYPE,
      "content-md5": "x",
    });
    const expected = '{ "input":"ä", "seed":9007199254740993, "model" : "small" }';
    assertEquals([upstream, sent], ["two", expected]);
    assertEquals(seen["content-length"], String(new TextEncoder().encode(expected).length));
    assertEquals(seen["content-md5"], undefined);
  });
  await test.step("an upstream's name before the model's", async () => {
    const { upstream, sent } = await send("/v1/moderations", '{"model":"two/m-1","input":"x"}');
    assertEquals([upstream, sent], ["two", '{"model":"m-1","input":"x"}']);
  });
  await test.step("a form, before and behind its file", async () => {
    for (const isFirst of [true, false]) {
      const form = new FormData();
      if (isFirst) form.append("model", "fast");
      form.append("file", new Blob(["sound"]), "a.wav");
      if (!isFirst) form.append("model", "fast");
      const { upstream, sent } = await send("/v1/audio/transcriptions", form, {});
      assertEquals(upstream, "two");
      assertMatch(sent, /name="model"\r\n\r\nsmall\r\n--/);
      assertStringIncludes(sent, "sound");
    }
  });
  await test.step("one line each, as of any call", async () => {
    const [line] = await weir.printed(/^\{.*"model":"two\/m-1".*$/m);
    const { message, surface, method, path, upstream, outcome, attempts } = JSON.parse(line);
    assertEquals([message, surface, method, path, upstream, outcome, attempts], [
      "call",
      "passthrough",
      "POST",
      "/v1/moderations",
      "two",
      "complete",
      1,
    ]);
    const text = await (await fetch(`${weir.url}/metrics`)).text();
    assertMatch(
      text,
      /weir_calls_total\{surface="passthrough",upstream="two",outcome="complete"\} \d/,
    );
  });
  assert(two.requests.every(({ headers }) => headers["host"] !== undefined));
});

Deno.test("what is handed through is looked through for its model as far as it is held", async (test) => {
  await using started = await start();
  const send = (path: string, body: BodyInit, headers?: HeadersInit) =>
    post(started.weir, path, body, headers);
  await test.step("a large body whose model stands in front, streamed with the right length", async () => {
    const rest = `","input":"${"x".repeat(400_000)}"}`;
    const { upstream, sent, seen } = await send("/v1/moderations", `{"model":"fast${rest}`);
    assertEquals([upstream, sent], ["two", `{"model":"small${rest}`]);
    assertEquals(seen["content-length"], String(`{"model":"small${rest}`.length));
  });
  await test.step("a model behind the bound is not found, and the answer says so", async () => {
    const body = `{"input":"${"x".repeat(400_000)}","model":"fast"}`;
    const { upstream, sent, warning } = await send("/v1/moderations", body);
    assertEquals([upstream, sent], ["one", body]);
    assertStringIncludes(warning ?? "", "put the model first");
  });
  await test.step("without a model, or with one in what is packed, to the default", async () => {
    const packed = new Response(
      new Blob(['{"model":"fast"}']).stream().pipeThrough(new CompressionStream("gzip")),
    );
    const gzip = { ...JSON_TYPE, "content-encoding": "gzip" };
    assertEquals((await send("/v1/moderations", await packed.bytes(), gzip)).upstream, "one");
    assertEquals((await send("/v1/batches", '{"input_file_id":"f"}')).upstream, "one");
    assertEquals((await send("/v1/files", '{"model":"fast"}', {})).upstream, "one");
    assertEquals((await send("/v1/files", "")).upstream, "one");
  });
});

Deno.test("what is handed through for Anthropic's clients goes to an upstream of theirs, others elsewhere", async () => {
  await using one = startEcho();
  await using claude = startEcho();
  await using weir = await startProgram({
    env: {
      UPSTREAM_ONE_BASE_URL: `${one.origin}/v1`,
      ANTHROPIC_API_KEY: "sk-ant-upstream",
      ANTHROPIC_BASE_URL: claude.origin,
      DEFAULT_UPSTREAM: "one",
    },
  });
  const version = { "anthropic-version": "2023-06-01", "anthropic-beta": "files-api-2025-04-14" };
  const send = async (headers: HeadersInit, body: string) => {
    const url = `${weir.url}/v1/files`;
    const response = await fetch(url, { method: "POST", headers, body });
    const { headers: seen } = await response.json();
    return [response.headers.get("x-weir-upstream"), seen["anthropic-beta"]];
  };
  const headers = { ...JSON_TYPE, ...version };
  assertEquals(await send(headers, "{}"), ["anthropic", "files-api-2025-04-14"]);
  assertEquals(await send(headers, '{"model":"one/m"}'), ["one", undefined]);
  assertEquals(await send(JSON_TYPE, "{}"), ["one", undefined]);
});

Deno.test("what is handed through counts against tokens, by what its answer says", async () => {
  const usage = '{"input_tokens":500,"output_tokens":400,"total_tokens":900}';
  const body = `{"id":"r","model":"m-2025","usage":${usage}}`;
  await using scripted = await startScripted(async (peer) => {
    while (true) {
      await peer.request();
      await peer.send(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    }
  }, { RATE_LIMIT_TOKENS_PER_MINUTE: "1000" });
  const { weir } = scripted;
  const ask = async (method: string, id: string) => {
    const response = await fetch(
      `${weir.url}/v1/images/generations${method === "GET" ? "/r" : ""}`,
      {
        method,
        headers: { ...JSON_TYPE, "x-request-id": id },
        ...(method === "POST" && { body: '{"model":"m","input":"hi","max_output_tokens":200}' }),
      },
    );
    await response.body?.cancel();
    const [line] = await weir.printed(new RegExp(`^\\{.*"request_id":"${id}".*$`, "m"));
    return { status: response.status, line: JSON.parse(line) };
  };
  const { status, line } = await ask("POST", "first");
  assertEquals([status, line.input_tokens, line.output_tokens, line.served_model], [
    200,
    500,
    400,
    "m-2025",
  ]);
  const second = await ask("POST", "second");
  assertEquals([second.status, second.line.code], [429, "token_limit_exceeded"]);
  // Of what is only looked at, the usage was counted when it was made.
  const third = await ask("GET", "third");
  assertEquals([third.status, third.line.input_tokens], [200, undefined]);
});

Deno.test("what is handed through is tried again while it is held whole, and never once it has begun to leave", async () => {
  let asked = 0;
  await using scripted = await startScripted(async (peer) => {
    while (true) {
      await peer.request();
      asked++;
      const [status, text] = asked % 2 === 1 ? ["503 Down", "no"] : ["200 OK", "ok"];
      await peer.send(`HTTP/1.1 ${status}\r\ncontent-length: 2\r\n\r\n${text}`);
    }
  }, { BASE_RETRY_DELAY: "0.001" });
  const { url } = scripted.weir;
  const small = await fetch(`${url}/v1/files`, { method: "POST", body: "x" });
  assertEquals([small.status, small.headers.get("x-weir-attempts")], [200, "2"]);
  assertEquals(await small.text(), "ok");
  assertEquals(asked, 2);
  // Without a length nobody knows that it is small.
  const answer = await exchangeRaw(
    url,
    "POST /v1/files HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n" +
      "1\r\nx\r\n0\r\n\r\n",
  );
  assertMatch(answer, /^HTTP\/1\.1 503 /);
  assertMatch(answer, /x-weir-attempts: 1\r\n/i);
});
