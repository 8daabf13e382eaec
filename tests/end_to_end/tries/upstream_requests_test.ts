/** What an answer and its line tell of the requests that were made upstream for it. */

import { assert, assertEquals } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { type RawPeer, RawServer } from "../../transport/raw_server.ts";

const ANSWER = JSON.stringify({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
});

function answer(body: string, status = 200, headers = ""): string {
  return `HTTP/1.1 ${status} Status\r\ncontent-type: application/json\r\n${headers}` +
    `content-length: ${body.length}\r\n\r\n${body}`;
}

/** A gateway before a server whose connections follow a script. */
async function start(script: (peer: RawPeer) => Promise<void>, env: Record<string, string> = {}) {
  const server = new RawServer(script);
  const weir = await startProgram({
    env: { UPSTREAM_LOCAL_BASE_URL: `http://127.0.0.1:${server.port}/v1`, ...env },
  });
  return {
    weir,
    [Symbol.asyncDispose]: async () => {
      await weir[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

async function ask(weir: Program, id: string, path = "/v1/chat/completions") {
  const isCall = path.startsWith("/v1/chat") || path.startsWith("/api/v1/inference");
  const response = await fetch(weir.url + path, {
    method: isCall ? "POST" : "GET",
    headers: { "content-type": "application/json", "x-request-id": id },
    body: isCall
      ? JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }] })
      : null,
  });
  await response.body?.cancel();
  const [line] = await weir.printed(
    new RegExp(`^\\{.*"message":"(?:call|request)".*"request_id":"${id}".*$`, "m"),
  );
  const { headers } = response;
  return {
    status: response.status,
    attempts: headers.get("x-weir-attempts"),
    upstream: headers.get("x-weir-upstream"),
    requestId: headers.get("x-weir-upstream-request-id"),
    line: JSON.parse(line),
  };
}

Deno.test("a request that a stale connection swallowed is counted, on every way", async () => {
  await using started = await start(async (peer) => {
    await peer.request();
    await peer.send(answer(ANSWER));
    if (peer.index > 0) return await peer.drain();
    await peer.request();
    peer.close();
  });
  assertEquals((await ask(started.weir, "fresh")).attempts, "1");
  const again = await ask(started.weir, "again");
  assertEquals([again.status, again.attempts, again.line.attempts], [200, "2", 2]);
});

Deno.test("what is handed through is counted as well, the request sent once more included", async () => {
  await using started = await start(async (peer) => {
    await peer.request();
    await peer.send(answer("{}"));
    if (peer.index > 0) return await peer.drain();
    await peer.request();
    peer.close();
  });
  const fresh = await ask(started.weir, "fresh", "/v1/files");
  assertEquals([fresh.status, fresh.attempts, fresh.upstream], [200, "1", "local"]);
  const again = await ask(started.weir, "again", "/v1/files");
  assertEquals([again.status, again.attempts, again.line.attempts], [200, "2", 2]);
});

Deno.test("the provider's name for a request is in the answer and the log, also of an error", async () => {
  const error = JSON.stringify({ error: { message: "No such thing for org-7", code: "nope" } });
  await using started = await start(async (peer) => {
    while (true) {
      const request = await peer.request();
      await peer.send(
        request.includes("/files")
          ? answer(error, 500, "request-id: req_files\r\n")
          : answer(error, 400, "x-request-id: req_42\r\ncf-ray: 1-FRA\r\n"),
      );
    }
  }, { BASE_RETRY_DELAY: "0.001" });
  for (const path of ["/v1/chat/completions", "/api/v1/inference"]) {
    const { status, requestId, line } = await ask(started.weir, path.replaceAll("/", "."), path);
    assertEquals([status, requestId, line.upstream_request_id], [400, "req_42", "req_42"], path);
    assertEquals([line.level, line.reason], ["WARN", "No such thing for org-7"]);
  }
  const { status, requestId, line } = await ask(started.weir, "files", "/v1/files");
  assertEquals([status, requestId, line.upstream_request_id], [500, "req_files", "req_files"]);
  assertEquals([line.level, line.reason], ["WARN", "No such thing for org-7"]);
});

Deno.test("/health tells strangers how upstreams are, and no word of theirs, no key, no address", async () => {
  const error = JSON.stringify({
    error: { message: "Quota of org-secret is used up", code: "x y <script>" },
  });
  await using started = await start(async (peer) => {
    while (true) {
      await peer.request();
      await peer.send(answer(error, 429));
    }
  }, {
    UPSTREAM_LOCAL_API_KEY: "sk-planted-key",
    PROXY_API_KEY: "planted-proxy-key",
    MAX_RETRIES: "0",
  });
  const before = await (await fetch(`${started.weir.url}/health`)).json();
  assertEquals([before.status, before.upstreams[0].state], ["healthy", "unknown"]);
  const response = await fetch(`${started.weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "authorization": "Bearer planted-proxy-key",
    },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }] }),
  });
  assertEquals(response.status, 429);
  await response.body?.cancel();
  const text = await (await fetch(`${started.weir.url}/health`)).text();
  const { status, upstreams: providers } = JSON.parse(text);
  assertEquals([status, providers.length, providers[0].name], ["degraded", 1, "local"]);
  assertEquals([providers[0].state, providers[0].last_failure.code], ["failing", "upstream_error"]);
  for (const secret of ["org-secret", "planted", "script", "reason"]) {
    assert(!text.includes(secret), text);
  }
});

Deno.test("LOG_LEVEL=warn shows every failed call and none that went well", async () => {
  await using started = await start(async (peer) => {
    while (true) {
      const request = await peer.request();
      await peer.send(request.includes('"fail"') ? answer("{}", 503) : answer(ANSWER));
    }
  }, { LOG_LEVEL: "warn", MAX_RETRIES: "0" });
  const { weir } = started;
  for (const [id, model] of [["well", "good"], ["badly", "fail"]] as const) {
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": id },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "hello" }] }),
    });
    await response.body?.cancel();
  }
  await weir.printed(/^\{.*"level":"WARN","message":"call".*"request_id":"badly".*$/m);
  assert(!weir.output().includes("well"), weir.output());
});

for (const WORKERS of ["1", "2"]) {
  Deno.test(`lines carry priorities where stdout is the journal, with ${WORKERS} thread(s)`, async () => {
    // What systemd does: it names the device and inode of what it connected.
    const shell = "exec 3>&1; export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/3); exec 3>&-";
    await using weir = await startProgram({ shell, env: { WORKERS } });
    await (await fetch(`${weir.url}/v1/nothing`)).body?.cancel();
    await weir.printed(/^<6>\{"@timestamp".*"level":"INFO","message":"request".*$/m);
    weir.signal("SIGTERM");
    await weir.printed(/^<6>\{.*"message":"stopping".*$/m);
  });
}

Deno.test("lines carry none where the journal is that of whoever started the program", async () => {
  await using weir = await startProgram({ env: { JOURNAL_STREAM: "9:12345" } });
  await (await fetch(`${weir.url}/v1/nothing`)).body?.cancel();
  await weir.printed(/^\{"@timestamp".*"message":"request".*$/m);
});
