/** A page of another origin uses the gateway by WebSocket, which no CORS holds back. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { startProgram } from "../support/program.ts";
import { startBrowser } from "./browser.ts";

/** With characters that a subprotocol cannot have. */
const KEY = "the/key=of:weir";

/** The service's example as it is printed, but for the address and that it ends once it has its answer. */
async function runExample(page: Page, address: string): Promise<readonly string[]> {
  return await page.evaluate(async (address) => {
    const lines: string[] = [];
    const console = {
      log: (...words: unknown[]) => lines.push(words.join(" ")),
      error: (...words: unknown[]) => lines.push(words.join(" ")),
    };
    const closed = Promise.withResolvers<void>();

    const ws = new WebSocket(address);

    ws.onopen = () => {
      // Send inference request
      ws.send(JSON.stringify({
        type: "inference_request",
        id: "req-123",
        data: {
          model: "openai/gpt-4o",
          messages: [
            { role: "user", content: "Hello, world!" },
          ],
          temperature: 0.7,
        },
      }));
    };

    ws.onmessage = (event) => {
      const message = JSON.parse(event.data);

      switch (message.type) {
        case "inference_response":
          if (message.data.content) {
            console.log(message.data.content);
          }
          if (message.data.finish_reason) {
            console.log("Finished:", message.data.finish_reason);
            ws.close();
          }
          break;

        case "error":
          console.error("Error:", message.error.message);
          break;

        case "heartbeat":
          console.log("Heartbeat received");
          break;
      }
    };

    ws.onclose = () => {
      console.log("WebSocket connection closed");
      closed.resolve();
    };
    await closed.promise;
    return lines;
  }, address);
}

/** How a connection begins, seen from a page: the protocol that was chosen, or that there is none. */
async function connect(page: Page, address: string, protocols: readonly string[]): Promise<string> {
  return await page.evaluate(async ([address, protocols]) => {
    const ws = new WebSocket(address, [...protocols]);
    return await new Promise<string>((resolve) => {
      ws.onopen = () => {
        resolve(`open: ${ws.protocol}`);
        ws.close();
      };
      ws.onerror = () => resolve("refused");
    });
  }, [address, protocols] as const);
}

Deno.test("the service's WebSocket example runs in a page as it is printed", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: { CORS_ORIGINS: browser.origin } });
  const page = await browser.open();
  assertEquals(await runExample(page, `${weir.url.replace("http", "ws")}/ws`), [
    "hello",
    " world",
    "Finished: stop",
    "WebSocket connection closed",
  ]);
});

/** How a connection of a page goes that sends one message: what comes, and how it ends. */
async function exchangeOne(page: Page, address: string, text: string, code?: number) {
  return await page.evaluate(async ([address, text, code]) => {
    const ws = new WebSocket(address);
    const closed = new Promise<CloseEvent>((resolve) => ws.onclose = resolve);
    const received = new Promise<string>((resolve) => ws.onmessage = ({ data }) => resolve(data));
    await new Promise((resolve, reject) => {
      ws.onopen = resolve;
      ws.onerror = () => reject(new Error("The connection was refused"));
    });
    ws.send(text);
    const answer = await received;
    if (code !== undefined) ws.close(code, "enough");
    const { code: closeCode, reason, wasClean } = await closed;
    return { answer, extensions: ws.extensions, closeCode, reason, wasClean };
  }, [address, text, code] as const);
}

Deno.test("a page's messages of all sizes are read, and each side's close is answered", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({
    env: { CORS_ORIGINS: browser.origin, WS_CONNECTIONS_PER_MINUTE: "100" },
  });
  const page = await browser.open();
  const address = `${weir.url.replace("http", "ws")}/ws`;
  for (const length of [0, 100, 200, 70_000, 5_000_000]) {
    // A browser sends what is long in fragments.
    const text = JSON.stringify({ type: "heartbeat", id: "1", timestamp: "ü".repeat(length) });
    const { answer, ...end } = await exchangeOne(page, address, text, 4321);
    assertEquals(JSON.parse(answer).id, "1");
    assertEquals(end, { extensions: "", closeCode: 4321, reason: "", wasClean: true });
  }
  const text = JSON.stringify({ type: "close", code: 3000, reason: "Zürich" });
  const { answer, ...end } = await exchangeOne(page, address, text);
  assertEquals(JSON.parse(answer).type, "close");
  assertEquals(end, { extensions: "", closeCode: 3000, reason: "Zürich", wasClean: true });
});

Deno.test("a page of an origin that is not listed gets no WebSocket, with and without a key", async () => {
  await using browser = await startBrowser();
  const env = { CORS_ORIGINS: browser.origin };
  await using open = await startProgram({ env });
  await using keyed = await startProgram({ env: { ...env, PROXY_API_KEY: KEY } });
  await using unlisted = await startProgram({ env: { PROXY_API_KEY: KEY } });
  await using plain = await startProgram();
  const listed = await browser.open();
  const other = await browser.open(browser.otherOrigin);
  const protocols = ["weir", `bearer.${encodeURIComponent(KEY)}`];
  const attempts = [
    [listed, open, ["weir"]],
    [other, open, ["weir"]],
    [other, keyed, protocols],
    [other, unlisted, protocols],
    [other, plain, ["weir"]],
  ] as const;
  const results = [];
  for (const [page, { url }, offered] of attempts) {
    results.push(await connect(page, `${url.replace("http", "ws")}/ws`, offered));
  }
  // Without a list a key is enough, and so is being a page of this machine.
  assertEquals(results, ["open: weir", "refused", "refused", "open: weir", "open: weir"]);
  await open.printed(/"path":"\/ws","status":403,.*"code":"origin_not_allowed"/);
});

Deno.test("a page sends its key as a subprotocol, which is neither sent back nor logged", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({
    env: { CORS_ORIGINS: browser.origin, PROXY_API_KEY: KEY },
  });
  const page = await browser.open();
  const offer = (...protocols: readonly string[]) =>
    connect(page, `${weir.url.replace("http", "ws")}/ws`, protocols);
  assertEquals(await offer("weir", `bearer.${encodeURIComponent(KEY)}`), "open: weir");
  assertEquals(await offer("weir", "bearer.another-key"), "refused");
  assertEquals(await offer("weir"), "refused");
  await weir.printed(/"path":"\/ws","status":401,.*"code":"missing_api_key"/);
  assert(!weir.output().includes(encodeURIComponent(KEY)));
  assert(!weir.output().includes("another-key"));
});
