import { assert, assertEquals, assertMatch } from "@std/assert";
import { startHandProvider } from "../support/hand_provider.ts";
import { readMetrics } from "../support/metrics.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";
import { serveStandIn } from "../support/providers/stand_in.ts";
import { endedWith, together } from "../support/together.ts";

function startWeir(
  provider: { readonly origin: string } | { readonly baseUrl: string },
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const baseUrl = "baseUrl" in provider ? provider.baseUrl : provider.origin;
  return startProgram({ env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: baseUrl, ...env } });
}

function ask(
  weir: Program,
  content: string,
  fields: Readonly<Record<string, unknown>> = { stream: true },
  init: RequestInit = {},
): Promise<Response> {
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content }], ...fields }),
    ...init,
  });
}

const test = together("an upstream that answers as each case says", async () => {
  const provider = serveStandIn(() => new Response(null, { status: 500 }));
  return endedWith({ provider, weir: await startWeir(provider, { COOLDOWN: "off" }) });
});

/** Reads until the text so far matches. */
async function readUntil(response: Response, pattern: RegExp): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (pattern.test(text)) break; // Leaves, too.
  }
  return text;
}

const chunkOf = (delta: object, finish: string | null = null) =>
  `data: ${
    JSON.stringify({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index: 0, delta, finish_reason: finish }],
    })
  }\n\n`;

Deno.test("KEEP_ALIVE: a silent stream shows signs of life in the form that is set (T23)", async () => {
  const silent = "[tokens=50] [stall=3]";
  await using provider = startProvider();
  const env = { KEEP_ALIVE_INTERVAL_MS: "40", IDLE_TIMEOUT_MS: "1000" };
  await using chunks = await startWeir(provider, env);
  const text = await readUntil(await ask(chunks, silent), /"delta":\{\}[^]*"delta":\{\}/);
  for (const event of text.trim().split("\n\n")) JSON.parse(event.slice("data: ".length));
  await using comments = await startWeir(provider, { ...env, KEEP_ALIVE: "comment" });
  await readUntil(await ask(comments, silent), /^:.*\n[^]*^:.*\n/m);
  await using off = await startWeir(provider, { ...env, KEEP_ALIVE: "off" });
  const quiet = await (await ask(off, silent)).text();
  assertEquals(quiet.split("\n\n").length - 1, 4, quiet);
  assertMatch(quiet, /idle_timeout/);
});

Deno.test("ON_DISCONNECT=drain reads on for the usage when the client leaves (T05)", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { ON_DISCONNECT: "drain" });
  await readUntil(await ask(weir, "[tokens=100] [pace=30]"), /"content"/);
  await provider.answered("done");
  const [line] = await weir.printed(/^.*"outcome":"client_gone".*$/m);
  assertEquals(JSON.parse(line).output_tokens, 100);
});

Deno.test("draining ends at its bound", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { ON_DISCONNECT: "drain", DRAIN_MAX_MS: "100" });
  await readUntil(await ask(weir, "[tokens=100000] [pace=10]"), /"content"/);
  await provider.answered("cancelled");
  await weir.printed(/"outcome":"client_gone"/);
});

Deno.test("usage is asked for when Weir needs it, and shown when the client asked (T29 to T31)", async () => {
  await using provider = startProvider();
  await using always = await startWeir(provider);
  await using ifAsked = await startWeir(provider, { STREAM_USAGE: "asked" });
  const cases = [
    { weir: always, asked: undefined, sent: true, shown: false },
    { weir: always, asked: true, sent: true, shown: true },
    { weir: always, asked: false, sent: false, shown: false },
    { weir: ifAsked, asked: undefined, sent: undefined, shown: false },
    { weir: ifAsked, asked: true, sent: true, shown: true },
  ];
  for (const { weir, asked, sent, shown } of cases) {
    const text = await (await ask(weir, "hi", {
      stream: true,
      ...(asked === undefined ? {} : { stream_options: { include_usage: asked } }),
    })).text();
    const { stream_options } = JSON.parse(provider.requests.at(-1)?.body ?? "");
    assertEquals(stream_options?.include_usage, sent);
    assertEquals(/"usage":\{/.test(text), shown);
    assert(text.endsWith("data: [DONE]\n\n"));
  }
});

Deno.test("usage that only Weir asked for leaves no trace: no event, and no null in any other", async () => {
  await using provider = startHandProvider();
  await using weir = await startWeir(provider);
  for (const options of [{}, { usage: { include: true } }]) {
    const answered = ask(weir, "hi", { stream: true, ...options });
    const request = await provider.next();
    assertEquals(JSON.parse(request.body).stream_options, { include_usage: true });
    const chunk = (delta: object, finish: string | null, usage: string): string =>
      `data: {"choices":[{"index":0,"delta":${JSON.stringify(delta)},` +
      `"finish_reason":${JSON.stringify(finish)}}]${usage}}\n\n`;
    const chunks = (usage: string): string =>
      chunk({ content: "a" }, null, usage) + chunk({ content: "b" }, null, usage) +
      chunk({}, "stop", usage);
    const last = `data: {"choices":[],"usage":{"total_tokens":3}}\n\n`;
    const stream = request.stream();
    stream.write(chunks(`,"usage":null`) + last + "data: [DONE]\n\n");
    stream.end();
    const text = await (await answered).text();
    const expected = "usage" in options ? chunks(`,"usage":null`) + last : chunks("");
    assertEquals(text, expected + "data: [DONE]\n\n");
  }
});

Deno.test("a stream that is put together for a JSON client ends as one that is relayed", async () => {
  const chunk = (index: number, finish: string | null): string =>
    `data: {"choices":[{"index":${index},"delta":{"content":"a"},` +
    `"finish_reason":${JSON.stringify(finish)}}]}\n\n`;
  const cases = [
    { fields: {}, sent: chunk(0, "stop"), ends: false, status: 200, assumed: "silence" },
    { fields: {}, sent: chunk(0, "eos"), ends: true, status: 502 },
    { fields: { n: 2 }, sent: chunk(0, "stop") + chunk(1, null), ends: true, status: 502 },
    { fields: { n: 2 }, sent: chunk(0, "stop") + chunk(1, "stop"), ends: true, status: 200 },
  ];
  await using provider = startHandProvider();
  await using weir = await startWeir(provider, { FINISH_TIMEOUT_MS: "50", MAX_RETRIES: "0" });
  for (const { fields, sent, ends, status, assumed } of cases) {
    const answered = ask(weir, "hi", fields);
    const stream = (await provider.next()).stream();
    stream.write(sent);
    if (ends) stream.end();
    const response = await answered;
    await response.body?.cancel();
    assertEquals(response.status, status, sent);
    const id = response.headers.get("x-request-id");
    const [line] = await weir.printed(new RegExp(`^.*"request_id":"${id}".*$`, "m"));
    assertEquals(JSON.parse(line).assumed_end, assumed);
  }
});

Deno.test("an end that is assumed is named in the log and counted", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, { FINISH_TIMEOUT_MS: "100" });
  assertMatch(await (await ask(weir, "[stall=4]")).text(), /data: \[DONE\]\n\n$/);
  const [line] = await weir.printed(/^.*"outcome":"complete".*$/m);
  assertEquals(JSON.parse(line).assumed_end, "silence");
  const metrics = await readMetrics(weir.url);
  assertEquals(metrics.sum("weir_assumed_ends_total", { reason: "silence" }), 1);
});

Deno.test("the opening is held back no longer than OPENING_HOLD_MS", async () => {
  await using provider = startProvider();
  await using weir = await startWeir(provider, {
    OPENING_HOLD_MS: "50",
    FIRST_CONTENT_TIMEOUT_MS: "600",
  });
  const response = await ask(weir, "[stall=1]");
  assertEquals(response.status, 200);
  assertMatch(await response.text(), /"role":"assistant"[^]*first_content_timeout/);
});

test("what arrives in one chunk leaves at once, before the next is there", async ({ weir, provider }) => {
  const received: (() => void)[] = [];
  provider.answerBy(() =>
    new Response(
      ReadableStream.from((async function* () {
        yield new TextEncoder().encode(chunkOf({ role: "assistant", content: "0" }));
        for (let count = 1; count < 20; count++) {
          // The client has the last one before there is another.
          await new Promise<void>((resolve) => received.push(resolve));
          yield new TextEncoder().encode(chunkOf({ content: String(count) }));
        }
        yield new TextEncoder().encode(chunkOf({}, "stop") + "data: [DONE]\n\n");
      })()),
      { headers: { "content-type": "text/event-stream" } },
    )
  );
  const response = await ask(weir, "hi");
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    received.shift()?.();
  }
  assert(text.endsWith("data: [DONE]\n\n"));
  assertEquals(text.match(/"content"/g)?.length, 20);
});

Deno.test("a stream is never compressed, whatever the client accepts (T26)", async () => {
  await using weir = await startProgram();
  const response = await ask(weir, "[tokens=2000]", { stream: true }, {
    headers: { "content-type": "application/json", "accept-encoding": "gzip, br" },
  });
  assertEquals(response.headers.get("content-encoding"), null);
  assert((await response.text()).endsWith("data: [DONE]\n\n"));
});

test("an upstream that ignores stream: true is streamed in one piece (T27)", async ({ weir, provider }) => {
  provider.answerBy(() =>
    Response.json({
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{
        index: 0,
        message: { role: "assistant", content: "a whole answer" },
        finish_reason: "stop",
      }],
    })
  );
  const text = await (await ask(weir, "hi")).text();
  assertMatch(text, /"content":"a whole answer"/);
  assertEquals(text.match(/"content":"."/g), null);
  assertMatch(text, /"finish_reason":"stop"[^]*data: \[DONE\]\n\n$/);
});

test("an upstream that streams though nobody asked is put together", async ({ weir, provider }) => {
  provider.answerBy(() =>
    new Response(
      chunkOf({ role: "assistant", content: "two " }) + chunkOf({ content: "parts" }) +
        chunkOf({}, "stop") + "data: [DONE]\n\n",
      { headers: { "content-type": "text/event-stream" } },
    )
  );
  const completion = await (await ask(weir, "hi", {})).json();
  assertEquals(completion.object, "chat.completion");
  assertEquals(completion.choices[0].message.content, "two parts");
  assertEquals(completion.choices[0].finish_reason, "stop");
});

Deno.test("an error body sent with status 200 gets the status it stands for (T12, T15)", async () => {
  const error = { message: "Slow down", type: "rate_limit_error", code: "rate_limit_exceeded" };
  let contentType = "";
  await using provider = serveStandIn(() =>
    new Response(JSON.stringify({ error }), { headers: { "content-type": contentType } })
  );
  await using weir = await startWeir(provider, { MAX_RETRIES: "0", COOLDOWN: "off" });
  for (contentType of ["application/json", "text/event-stream"]) {
    for (const stream of [true, false]) {
      const response = await ask(weir, "hi", { stream });
      assertEquals(response.status, 429, `${contentType}, stream: ${stream}`);
      assertEquals((await response.json()).error.message, "Slow down");
    }
  }
});

test("a redirect of an upstream is not followed: it would carry the key elsewhere", async ({ weir, provider }) => {
  let requests = 0;
  provider.answerBy(() => {
    requests++;
    return new Response(null, { status: 307, headers: { location: "/elsewhere" } });
  });
  const response = await ask(weir, "hi");
  assertEquals([response.status, requests], [502, 1]);
  await response.body?.cancel();
});
