/** One connection: when it stays, when it ends, and what is waited for meanwhile. */

import { assert, assertEquals } from "@std/assert";
import { AnswerHeaders } from "../../src/core/http/answer_headers.ts";
import type { HttpAnswer, HttpHandler, HttpRequest } from "../../src/core/http/http.ts";
import { readAnswers } from "./support/answers.ts";
import { latin1 } from "./support/memory_socket.ts";
import { GET, LAST, open, OpenAnswer, settle } from "./support/open_connection.ts";
import { echo, readAll, text } from "./support/own_server.ts";

Deno.test("an answer that is at hand leaves in one write, head and body", async () => {
  for (
    const body of [
      "text",
      latin1("bytes"),
      "a".repeat(15_000),
      "ä".repeat(9_000),
      new Uint8Array(50_000),
    ]
  ) {
    const { socket, over } = open(() => ({ ...text(""), body }));
    socket.send(GET);
    await settle();
    assertEquals(socket.writes.length, 1);
    socket.end();
    await over;
  }
});

Deno.test("a long answer leaves whole, however little the client takes at a time", async () => {
  const body = "0123456789".repeat(50_000);
  const { socket, over } = open(() => text(body));
  socket.maxWriteBytes = 70_001;
  socket.send(LAST);
  await over;
  assertEquals(readAnswers(socket.output)[0]?.body, body);
});

Deno.test("text is written as UTF-8 and headers as Latin-1", async () => {
  const { socket, over } = open(() => ({
    status: 200,
    headers: new AnswerHeaders([["x-name", "caf\xe9"]]),
    body: "caf\xe9",
  }));
  socket.send(LAST);
  await over;
  const [answer] = readAnswers(socket.output);
  assertEquals(answer?.headers.get("x-name"), "caf\xe9");
  assertEquals(answer?.body, "caf\xc3\xa9");
});

Deno.test("a header that could be two is refused where it is set", () => {
  for (const value of ["a\r\nb: c", "a\nb", "a\0", "€"]) {
    let thrown: unknown;
    try {
      new AnswerHeaders().set("x-name", value);
    } catch (error) {
      thrown = error;
    }
    assert(thrown instanceof TypeError, JSON.stringify(value));
  }
});

Deno.test("requests that come at once are answered in their order", async () => {
  const answers: ((answer: HttpAnswer) => void)[] = [];
  const { socket, over } = open(() => new Promise((resolve) => answers.push(resolve)));
  socket.send(GET + GET + LAST);
  await settle();
  assertEquals(answers.length, 1);
  for (const body of ["1", "2", "3"]) {
    answers.at(-1)?.(text(body));
    await settle();
  }
  await over;
  assertEquals(readAnswers(socket.output).map(({ body }) => body), ["1", "2", "3"]);
});

Deno.test("the answer to HEAD has the length and no body, and a stream is not begun", async () => {
  const stream = new OpenAnswer(7);
  const answers = [text("hello"), stream.answer, new OpenAnswer().answer, text("last")];
  const { socket, over } = open(() => answers.shift() ?? text(""));
  const head = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";
  socket.send(head + head + head + LAST);
  await over;
  const read = readAnswers(socket.output, ["HEAD", "HEAD", "HEAD"]);
  assertEquals(read.map(({ headers }) => headers.get("content-length")), [
    "5",
    "7",
    undefined,
    "4",
  ]);
  assertEquals([stream.sink, stream.cancels], [undefined, 1]);
});

Deno.test("answers without a body say so by their status", async () => {
  for (const status of [204, 304]) {
    const { socket, over } = open(() => ({ status, headers: new AnswerHeaders(), body: "gone" }));
    socket.send(LAST);
    await over;
    const [answer] = readAnswers(socket.output);
    assertEquals([answer?.status, answer?.headers.get("content-length")], [status, undefined]);
  }
});

Deno.test("HTTP/1.0 is told that its connection stays, and a stream without length ends it", async () => {
  const stream = new OpenAnswer();
  const answers = [text("a"), stream.answer];
  const { socket, over } = open(() => answers.shift() ?? text(""));
  const request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  socket.send(request);
  await settle();
  assertEquals(readAnswers(socket.output)[0]?.headers.get("connection"), "keep-alive");
  socket.output = "";
  socket.send(request);
  await settle();
  stream.sink?.write(latin1("bytes"));
  stream.sink?.end();
  await over;
  const [answer] = readAnswers(socket.output);
  assertEquals([answer?.body, answer?.headers.get("transfer-encoding")], ["bytes", undefined]);
  assertEquals(answer?.headers.get("connection"), "close");
});

Deno.test("HTTP/1.0 without keep-alive is closed", async () => {
  const { socket, over } = open(echo);
  socket.send("GET / HTTP/1.0\r\n\r\n");
  await over;
  assertEquals(readAnswers(socket.output)[0]?.headers.get("connection"), "close");
});

Deno.test("a body is asked for once somebody wants it", async () => {
  let request: HttpRequest | undefined;
  const { socket, over } = open((given) => {
    request = given;
    return readAll(given).then((body) => text(`${body.length}`));
  });
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  await settle();
  assertEquals(socket.output, "HTTP/1.1 100 Continue\r\n\r\n");
  assertEquals(request?.lengthBytes, 2);
  socket.send("hi" + LAST);
  await over;
  assertEquals(readAnswers(socket.output).map(({ body }) => body), ["2", "0"]);
});

Deno.test("a body that nobody wants is not asked for, and the connection ends", async () => {
  const { socket, over } = open(() => text("no", 401));
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  await socket.finished;
  assertEquals(readAnswers(socket.output).map(({ status }) => status), [401]);
  assert(!socket.output.includes("100 Continue"));
  assertEquals(readAnswers(socket.output)[0]?.headers.get("connection"), "close");
  socket.end();
  await over;
});

Deno.test("the rest of a body that nobody reads is read within a bound", async () => {
  const { socket, over } = open(() => text("no", 413), { options: { maxDiscardedBytes: 100 } });
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
  await settle();
  socket.send("a".repeat(100) + GET);
  await settle();
  assertEquals(readAnswers(socket.output).length, 2);
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n");
  await socket.finished;
  assertEquals(readAnswers(socket.output).at(-1)?.headers.get("connection"), "close");
  socket.end();
  await over;
});

Deno.test("the rest of a chunked body ends the connection once it is beyond the bound", async () => {
  const { socket, over } = open(() => text("no", 413), { options: { maxDiscardedBytes: 100 } });
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  await settle();
  socket.send(`ff\r\n${"a".repeat(150)}`);
  await socket.finished;
  assertEquals(readAnswers(socket.output).map(({ status }) => status), [413]);
  socket.end();
  await over;
});

Deno.test("a body that nobody reads is not received beyond a bound, and is once it is read", async () => {
  let request: HttpRequest | undefined;
  const { socket, over } = open((given) => {
    request = given;
    return new Promise(() => {});
  });
  socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  for (let piece = 0; piece < 100; piece++) socket.send("a".repeat(10_000));
  await settle();
  assert(!socket.isRead);
  const body = request?.body;
  let length = 0;
  while (length < 1_000_000) length += (await body?.read())?.length ?? 0;
  assertEquals(await body?.read(), null);
  await settle();
  assert(socket.isRead);
  socket.close();
  await over;
});

Deno.test("a body that breaks off, or is malformed, fails whoever reads it", async () => {
  const kinds: string[] = [];
  const handler: HttpHandler = (request) =>
    readAll(request).then(() => text(""), ({ kind, code }) => {
      kinds.push(`${kind} ${code}`);
      return text("", 400);
    });
  const broken = open(handler);
  broken.socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhi");
  await settle();
  broken.socket.end();
  await broken.over;
  const malformed = open(handler);
  malformed.socket.send(
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhixx",
  );
  await malformed.socket.finished;
  malformed.socket.end();
  await malformed.over;
  assertEquals(kinds, ["client_closed client_closed", "invalid_request malformed_request"]);
});
