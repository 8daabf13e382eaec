/** What is forwarded is streamed both ways, and what the upstream answers comes back as it is. */

import { assertEquals } from "@std/assert";
import { assertSoon } from "../support/assert_soon.ts";
import { startScripted } from "../support/forwarding.ts";
import { within } from "../transport/contract.ts";

const WAIT_MS = 60_000;

Deno.test("an upload is passed on while it is being sent, and is counted in the log", async () => {
  const first = Promise.withResolvers<void>();
  let received = 0;
  await using scripted = await startScripted(async (peer) => {
    while (received < 8_000_000) {
      received += (await peer.receiveOnce()).length;
      first.resolve();
    }
    await peer.send("HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok");
  });
  const part = new Uint8Array(1_000_000).fill(45);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent > 0) await first.promise; // The rest is made once the upstream has seen the first.
      if (sent === 8) controller.close();
      else controller.enqueue(part);
      sent++;
    },
  }, { highWaterMark: 0 });
  let sent = 0;
  const response = await within(
    WAIT_MS,
    fetch(`${scripted.weir.url}/v1/files`, {
      method: "POST",
      body,
      headers: { "content-type": "multipart/form-data; boundary=b" },
    }),
  );
  assertEquals([response.status, await response.text()], [201, "ok"]);
  await scripted.weir.printed(
    /"path":"\/v1\/files","upstream":"openai","stream":false,"status":201,"outcome":"complete","attempts":1,"overhead_us":\d+,"duration_ms":[\d.]+,"cost":null,"bytes":2}/,
  );
});

Deno.test("a download is passed on while it is being received", async () => {
  const goOn = Promise.withResolvers<void>();
  await using scripted = await startScripted(async (peer) => {
    await peer.request();
    await peer.send(
      "HTTP/1.1 200 OK\r\ncontent-type: audio/x-own\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    await peer.send("5\r\nfirst\r\n");
    await goOn.promise;
    await peer.send("4\r\nlast\r\n0\r\n\r\n");
  });
  const response = await fetch(`${scripted.weir.url}/v1/audio/speech`, {
    method: "POST",
    body: "{}",
  });
  assertEquals(response.headers.get("content-type"), "audio/x-own");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await within(WAIT_MS, reader!.read())).value, "first");
  goOn.resolve();
  assertEquals((await reader?.read())?.value, "last");
  assertEquals((await reader?.read())?.done, true);
});

/** Answers of an upstream, and what the client is to see of them. */
const ANSWERS = [
  {
    name: "a part of a file",
    wire: "206 Partial Content\r\ncontent-range: bytes 0-1/9\r\ncontent-length: 2\r\n\r\nab",
    status: 206,
    headers: { "content-range": "bytes 0-1/9", "content-length": "2" },
    body: "ab",
  },
  {
    name: "nothing new",
    wire: '304 Not Modified\r\netag: "e"\r\n\r\n',
    status: 304,
    headers: { "etag": '"e"', "content-type": null },
    body: "",
  },
  { name: "nothing at all", wire: "204 No Content\r\n\r\n", status: 204, headers: {}, body: "" },
  {
    name: "an error of its own, whatever its form",
    wire: "429 Slow\r\nretry-after: 7\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\n<oh/>",
    status: 429,
    headers: { "retry-after": "7", "content-type": "text/html" },
    body: "<oh/>",
  },
  {
    name: "a server's error",
    wire: "503 Down\r\ncontent-length: 4\r\n\r\ndown",
    status: 503,
    headers: {},
    body: "down",
  },
  {
    name: "nothing of its account, its host or the hop (T45)",
    wire: "200 OK\r\nset-cookie: a=b\r\nopenai-organization: org\r\nx-venice-balance-usd: 1\r\n" +
      "cf-ray: 1\r\nalt-svc: h3\r\nstrict-transport-security: max-age=1\r\nserver: x\r\n" +
      "connection: etag, keep-alive\r\netag: 1\r\nkeep-alive: timeout=9\r\ncontent-length: 1\r\n\r\nx",
    status: 200,
    headers: {
      "set-cookie": null,
      "openai-organization": null,
      "x-venice-balance-usd": null,
      "cf-ray": null,
      "alt-svc": null,
      "strict-transport-security": null,
      "server": null,
      "etag": null,
      "keep-alive": null,
    },
    body: "x",
  },
  {
    name: "a redirect within its API",
    wire: "302 Found\r\nlocation: /v1/files/2?a=b\r\ncontent-length: 0\r\n\r\n",
    status: 302,
    headers: { location: "/api/v1/files/2?a=b" },
    body: "",
  },
  {
    name: "a redirect to another host",
    wire: "302 Found\r\nlocation: https://files.example/signed?a=b\r\ncontent-length: 0\r\n\r\n",
    status: 302,
    headers: { location: "https://files.example/signed?a=b" },
    body: "",
  },
  {
    name: "no redirect to where Weir does not lead",
    wire: "302 Found\r\nlocation: /admin\r\ncontent-length: 0\r\n\r\n",
    status: 302,
    headers: { location: null },
    body: "",
  },
];

Deno.test("the upstream's answer is the client's, status, headers and body", async (test) => {
  let wire = "";
  await using scripted = await startScripted(async (peer) => {
    while (true) {
      await peer.request();
      await peer.send(`HTTP/1.1 ${wire}`);
    }
  }, { MAX_RETRIES: "0" });
  for (const answer of ANSWERS) {
    await test.step(answer.name, async () => {
      wire = answer.wire;
      const response = await fetch(`${scripted.weir.url}/api/v1/files/1`, { redirect: "manual" });
      assertEquals([response.status, await response.text()], [answer.status, answer.body]);
      for (const [name, value] of Object.entries(answer.headers)) {
        assertEquals([name, response.headers.get(name)], [name, value]);
      }
    });
  }
  await test.step("the length of what HEAD asks about", async () => {
    wire = "200 OK\r\ncontent-length: 12345\r\n\r\n";
    const response = await fetch(`${scripted.weir.url}/api/v1/files/1`, { method: "HEAD" });
    assertEquals([response.status, response.headers.get("content-length")], [200, "12345"]);
  });
});

Deno.test("an answer that breaks off breaks off for the client as well", async () => {
  await using scripted = await startScripted(async (peer) => {
    await peer.request();
    await peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    peer.close();
  });
  const ended = await fetch(`${scripted.weir.url}/api/v1/files/1`)
    .then((response) => response.text()).then(() => "whole", () => "broken");
  assertEquals(ended, "broken");
  await scripted.weir.printed(/"status":200,"outcome":"truncated","code":"upstream_truncated"/);
});

for (const when of ["mid-upload", "mid-download"]) {
  Deno.test(`a client that leaves in ${when} closes the upstream within 250 ms`, () =>
    assertSoon(async () => {
      const began = Promise.withResolvers<void>();
      await using scripted = await startScripted(async (peer) => {
        if (when === "mid-download") {
          await peer.request();
          await peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        } else {
          while (!(await peer.receive()).includes("first"));
        }
        began.resolve();
        await peer.drain();
      });
      const controller = new AbortController();
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
      });
      const answer = fetch(`${scripted.weir.url}/v1/files`, {
        method: "POST",
        body: when === "mid-upload" ? body : "{}",
        signal: controller.signal,
      });
      answer.catch(() => {});
      await within(WAIT_MS, began.promise);
      if (when === "mid-download") {
        const reader = (await answer).body?.getReader();
        await reader?.read();
        reader?.read().catch(() => {});
      }
      const sinceMs = performance.now();
      controller.abort();
      await within(WAIT_MS, scripted.server.peers[0]?.left ?? Promise.reject());
      const tookMs = performance.now() - sinceMs;
      await scripted.weir.printed(/"outcome":"client_gone","code":"client_closed"/);
      return tookMs;
    }));
}
