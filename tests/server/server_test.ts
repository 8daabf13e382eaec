/** The server on real sockets: bounds, drain, and what is left once clients have gone in every way. */

import { assert, assertEquals } from "@std/assert";
import { AnswerHeaders } from "../../src/core/http/answer_headers.ts";
import type { HttpHandler } from "../../src/core/http/http.ts";
import { until } from "../support/until.ts";
import { workingDirectory } from "../support/working_directory.ts";
import { readAnswers } from "./support/answers.ts";
import { exchange, readToEnd, readUntil, send } from "./support/raw_client.ts";
import { echo, openServer, text } from "./support/own_server.ts";

const GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

function connectTo(port: number): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

Deno.test("fetch is answered, on connections that stay", async () => {
  const { server, port } = openServer(echo);
  for (let call = 0; call < 3; call++) {
    const answer = await fetch(`http://127.0.0.1:${port}/a?b`, { method: "POST", body: "hi" });
    assertEquals(await answer.text(), `POST /a?b 127.0.0.1:${port} hi`);
  }
  server.close();
});

/** In a program of its own, for the tests may open no such sockets. */
Deno.test("Unix sockets are listened on, also where one was left, and IPv6", async () => {
  await using directory = await workingDirectory({});
  const path = `${directory.path}/weir.sock`;
  const script = new URL("listen_main.ts", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-net", "--allow-read", "--allow-write", script, path],
  }).output();
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
  const expected = ["unix: from <>", "IPv6: from <::1>", "left: no"];
  assertEquals(lines, expected, new TextDecoder().decode(stderr));
});

Deno.test("a large body goes through, both ways", async () => {
  const body = new Uint8Array(5_000_000).fill(97);
  const { server, port } = openServer(async (request) => {
    let length = 0;
    for (let part = await request.body?.read(); part; part = await request.body?.read()) {
      length += part.length;
    }
    return { ...text(""), body: new Uint8Array(length).fill(98) };
  });
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body });
  assertEquals((await answer.bytes()).length, body.length);
  server.close();
});

Deno.test("connections beyond the bound are told so, and room is made by those that end", async () => {
  const { server, port } = openServer(echo, { options: { maxConnections: 2 } });
  const open = [await connectTo(port), await connectTo(port)];
  for (const connection of open) {
    await send(connection, GET);
    await readUntil(connection, "GET / h ");
  }
  const [refused] = readAnswers(await exchange(port, GET));
  assertEquals([refused?.status, refused?.headers.get("connection")], [503, "close"]);
  assert(refused?.body.includes("too_many_connections"));
  open[0]?.close();
  // The server learns of it by itself; until then it refuses.
  await until(async () => readAnswers(await exchange(port, LAST))[0]?.status === 200);
  open[1]?.close();
  await server.drain();
  server.close();
});

Deno.test("an address has connections of its own bound", async () => {
  const { server, port } = openServer(echo, { options: { maxConnectionsPerAddress: 1 } });
  const connection = await connectTo(port);
  await send(connection, GET);
  await readUntil(connection, "GET / h ");
  assertEquals(readAnswers(await exchange(port, GET))[0]?.status, 503);
  connection.close();
  server.close();
});

Deno.test("a drain waits for answers and not for connections, and takes no more", async () => {
  const begun = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<ReturnType<typeof text>>();
  const { server, port } = openServer(() => {
    begun.resolve();
    return answer.promise;
  });
  const idle = await connectTo(port);
  const busy = await connectTo(port);
  await send(busy, GET);
  await begun.promise;
  let isDrained = false;
  const drained = server.drain().then(() => isDrained = true);
  assertEquals(await readToEnd(idle), "");
  assert(!isDrained);
  answer.resolve(text("late"));
  const [last] = readAnswers(await readToEnd(busy));
  assertEquals([last?.body, last?.headers.get("connection")], ["late", "close"]);
  await drained;
  idle.close();
  busy.close();
  let refusal: unknown;
  await connectTo(port).then((connection) => connection.close(), (thrown) => refusal = thrown);
  assert(refusal instanceof Deno.errors.ConnectionRefused);
});

/** What a client has sent when it goes. */
const STAGES: Readonly<Record<string, string>> = {
  "nothing": "",
  "half a head": "POST / HTTP/1.1\r\nHost",
  "a head": "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n",
  "half a body": "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello",
  "half a chunk": "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
  "a request for a stream": "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n",
  "a request for more than fits": "GET /large HTTP/1.1\r\nHost: h\r\n\r\n",
  "many requests": GET.repeat(100),
};

const staged: HttpHandler = (request) => {
  if (request.target === "/large") return { ...text(""), body: new Uint8Array(10_000_000) };
  if (request.target !== "/stream") return echo(request);
  const headers = new AnswerHeaders();
  return {
    status: 200,
    headers,
    body: { start: (sink) => void sink.write(new Uint8Array(100)), cancel: () => {} },
  };
};

for (const [stage, sent] of Object.entries(STAGES)) {
  Deno.test(`nothing is left of clients that go after ${stage}`, async () => {
    const { server, port } = openServer(staged);
    for (const how of ["closed", "half-closed", "reset"]) {
      const connection = await connectTo(port);
      await send(connection, sent);
      if (how === "half-closed") {
        await connection.closeWrite();
        await readToEnd(connection);
      }
      // Closing with bytes that nobody has read is a reset.
      if (how === "reset" && sent.startsWith("GET")) {
        await connection.read(new Uint8Array(1));
      }
      connection.close();
    }
    await until(() => server.connections === 0);
    await server.drain();
  });
}

Deno.test("a client that still sends reads why it was refused", async () => {
  const { server, port } = openServer(() => text("no", 413));
  const head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n";
  const [answer] = readAnswers(await exchange(port, head, "a".repeat(900_000)));
  assertEquals([answer?.status, answer?.headers.get("connection")], [413, "close"]);
  server.close();
});

Deno.test("slow heads and silent connections end by the clock", async () => {
  const { server, port } = openServer(echo, {
    options: { headTimeoutMs: 40, idleTimeoutMs: 40, discardTimeoutMs: 40 },
  });
  assertEquals(readAnswers(await exchange(port, "GET / HT"))[0]?.status, 408);
  assertEquals(await exchange(port, ""), "");
  assertEquals(readAnswers(await exchange(port, GET)).length, 1);
  server.close();
});

Deno.test("a client that never reads is given up", async () => {
  const { server, port } = openServer(staged, { options: { writeStallTimeoutMs: 100 } });
  const connection = await connectTo(port);
  await send(connection, "GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  await until(() => server.connections === 1);
  await until(() => server.connections === 0);
  connection.close();
  server.close();
});

Deno.test("who has connected when a drain begins is still answered, and waited for", async () => {
  const { server, port } = openServer(echo);
  const connection = await connectTo(port);
  await until(() => server.connections === 1);
  const drained = server.drain();
  await send(connection, GET);
  const [answer] = readAnswers(await readToEnd(connection));
  assertEquals([answer?.status, answer?.headers.get("connection")], [200, "close"]);
  await drained;
  connection.close();
});
