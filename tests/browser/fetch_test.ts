/** A page of another origin uses the gateway by `fetch`, as browsers let it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { startProgram } from "../support/program.ts";
import { type Provider, startProvider } from "../support/provider.ts";
import { startBrowser } from "./browser.ts";

const KEY = "the-key";

function upstream({ baseUrl }: Provider): Record<string, string> {
  return { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: baseUrl, MAX_RETRIES: "0" };
}

Deno.test("a page reads a stream as it comes, and ends it when it has enough", async () => {
  await using browser = await startBrowser();
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { ...upstream(provider), CORS_ORIGINS: browser.origin, PROXY_API_KEY: KEY },
  });
  const page = await browser.open();
  for (const path of ["/v1/chat/completions", "/api/v1/inference/stream"]) {
    const sinceMs = performance.now();
    // The provider falls silent in the middle, so that what is read has not waited for the rest.
    const text = await page.evaluate(async ([url, key]) => {
      const controller = new AbortController();
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "authorization": `Bearer ${key}`,
          "content-type": "application/json",
          "x-stainless-arch": "unknown",
          "x-stainless-retry-count": "0",
        },
        body: JSON.stringify({
          model: "m",
          stream: true,
          messages: [{ role: "user", content: "[stall=3]" }],
        }),
        signal: controller.signal,
      });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes("world")) text += (await reader?.read())?.value ?? "";
      controller.abort();
      return text;
    }, [weir.url + path, KEY] as const);
    assertMatch(text, /^data: \{.*"hello"/s);
    assert(!text.includes("[DONE]"));
    await provider.answered("cancelled", sinceMs);
    await weir.printed(new RegExp(`"method":"OPTIONS","path":"${path}","status":204`));
  }
});

Deno.test("the service's examples run in a page as they are printed", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: { CORS_ORIGINS: browser.origin } });
  const page = await browser.open();
  const printed = await page.evaluate(async ([script, address]) => {
    const { completeExample, streamExample } = await import(script);
    const lines: string[] = [];
    const log = (text: string) => lines.push(text);
    await completeExample(address, { log });
    await streamExample(address, { log });
    return lines;
  }, ["/service_examples.js", weir.url] as const);
  assertEquals(printed, ["hello world", "hello", " world"]);
});

/** Sends a chat from a page; what the page can tell of the answer. */
async function askFrom(page: Page, url: string, prompt: string, headers: Record<string, string>) {
  return await page.evaluate(async ([url, prompt, headers]) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: prompt }] }),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.json(),
    };
  }, [url, prompt, headers] as const);
}

Deno.test("a page reads why it is refused, and when to come back", async () => {
  await using browser = await startBrowser();
  await using provider = startProvider();
  await using weir = await startProgram({
    env: {
      ...upstream(provider),
      CORS_ORIGINS: browser.origin,
      PROXY_API_KEY: KEY,
      RATE_LIMIT_V1_MAX_REQUESTS: "2",
    },
  });
  const page = await browser.open();
  const chat = `${weir.url}/v1/chat/completions`;
  const authorization = `Bearer ${KEY}`;

  const keyless = await askFrom(page, chat, "hi", {});
  assertEquals([keyless.status, keyless.body.error.code], [401, "missing_api_key"]);
  assertEquals(keyless.headers["www-authenticate"], "Bearer");
  assertMatch(keyless.headers["x-request-id"] ?? "", /./);

  const limited = await askFrom(page, chat, "[429]", { authorization });
  assertEquals([limited.status, limited.body.error.code], [429, "rate_limit_exceeded"]);
  assertEquals(limited.headers["retry-after"], "1");
  assertEquals(limited.headers["x-weir-attempts"], "1");

  assertEquals((await askFrom(page, chat, "hi", { authorization })).status, 200);
  const own = await askFrom(page, chat, "hi", { authorization });
  assertEquals([own.status, own.body.error.type], [429, "rate_limit_error"]);
  assert(Number(own.headers["retry-after"]) >= 1);
  assertEquals(own.headers["x-ratelimit-remaining"], "0");

  const service = await askFrom(page, `${weir.url}/api/v1/inference`, "[429]", { authorization });
  assertEquals([service.status, service.body.error.type], [429, "rate_limit"]);
  assertEquals(service.headers["retry-after"], "1");
});

Deno.test("a page of an origin that is not listed reads nothing and spends nothing", async () => {
  await using browser = await startBrowser();
  await using provider = startProvider();
  const env = { ...upstream(provider), CORS_ORIGINS: browser.origin };
  await using weir = await startProgram({ env });
  const page = await browser.open(browser.otherOrigin);
  const failures = await page.evaluate(async (url) => {
    const failureOf = async (path: string, init: RequestInit): Promise<string> => {
      try {
        const response = await fetch(url + path, init);
        return `${response.type} ${response.status}`;
      } catch (thrown) {
        return thrown instanceof Error ? thrown.name : String(thrown);
      }
    };
    const form = new FormData();
    form.append("file", new Blob(["a"]), "a.jsonl");
    const json = { "content-type": "application/json" };
    return [
      await failureOf("/v1/models", {}),
      await failureOf("/v1/chat/completions", { method: "POST", headers: json, body: "{}" }),
      // What a browser sends without asking first, and without letting the page see the answer.
      await failureOf("/v1/images/generations", { method: "POST", mode: "no-cors", body: "{}" }),
      await failureOf("/v1/files", { method: "POST", mode: "no-cors", body: form }),
    ];
  }, weir.url);
  assertEquals(failures, ["TypeError", "TypeError", "opaque 0", "opaque 0"]);
  await weir.printed(/"path":"\/v1\/files","status":403,.*"code":"origin_not_allowed"/);
  assertEquals(provider.requests.filter(({ method }) => method === "POST"), []);
});

Deno.test("a page sends cookies where CORS_CREDENTIALS lets it, and can read the answer", async () => {
  await using browser = await startBrowser();
  const env = { CORS_ORIGINS: browser.origin };
  await using without = await startProgram({ env });
  await using withCookies = await startProgram({ env: { ...env, CORS_CREDENTIALS: "on" } });
  const page = await browser.open();
  const readModels = (url: string) =>
    page.evaluate(async (url) => {
      try {
        const response = await fetch(`${url}/v1/models`, { credentials: "include" });
        return { id: response.headers.get("x-request-id"), body: await response.json() };
      } catch {
        return undefined;
      }
    }, url);
  assertEquals(await readModels(without.url), undefined);
  const models = await readModels(withCookies.url);
  assertEquals(models?.body.object, "list");
  assertMatch(models?.id ?? "", /./);
});

Deno.test("OpenAI's SDK works in a page: whole, streamed, and refused", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({
    env: { CORS_ORIGINS: browser.origin, PROXY_API_KEY: KEY },
  });
  const page = await browser.open();
  const seen = await page.evaluate(async ([script, baseURL, key]) => {
    const { default: OpenAI } = await import(script);
    const options = { baseURL, maxRetries: 0, dangerouslyAllowBrowser: true };
    const client = new OpenAI({ ...options, apiKey: key });
    const request = { model: "m", messages: [{ role: "user", content: "hi" }] };
    const whole = await client.chat.completions.create(request);
    const pieces: string[] = [];
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
      pieces.push(chunk.choices[0]?.delta.content ?? "");
    }
    const stranger = new OpenAI({ ...options, apiKey: "wrong" });
    const refusal = await stranger.models.list().catch((thrown: unknown) => thrown);
    return {
      whole: whole.choices[0].message.content,
      streamed: pieces.join(""),
      refusal: [refusal.constructor.name, refusal.status, refusal.code, refusal.requestID !== null],
    };
  }, ["/openai.js", `${weir.url}/v1`, KEY] as const);
  assertEquals(seen, {
    whole: "hello world",
    streamed: "hello world",
    refusal: ["AuthenticationError", 401, "invalid_api_key", true],
  });
});
