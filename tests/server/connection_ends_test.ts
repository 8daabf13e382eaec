/** How connections end: by the clock, by their bounds, and by clients that leave. */

import { assert, assertEquals } from "@std/assert";
import type { HttpRequest } from "../../src/core/http/http.ts";
import { readAnswers } from "./support/answers.ts";
import { latin1 } from "./support/memory_socket.ts";
import { GET, LAST, open, OpenAnswer, settle } from "./support/open_connection.ts";
import { echo, text } from "./support/own_server.ts";

Deno.test("a head that trickles in is refused in time, and not too early", async () => {
  const { socket, clock, over } = open(echo, { options: { headTimeoutMs: 10_000 } });
  socket.send("GET / HTTP/1.1\r\n");
  await settle();
  for (let second = 0; second < 10; second++) {
    clock.advance(1_000);
    socket.send("X-A: a\r\n");
    await settle();
    assertEquals(socket.output, "");
  }
  clock.advance(1_000);
  await socket.finished;
  const [answer] = readAnswers(socket.output);
  assertEquals([answer?.status, answer?.headers.get("connection")], [408, "close"]);
  socket.end();
  await over;
});

Deno.test("a connection without a request is closed without a word", async () => {
  const fresh = open(echo, { options: { headTimeoutMs: 10_000 } });
  for (let second = 0; second < 12; second++) fresh.clock.advance(1_000);
  await fresh.over;
  assertEquals(fresh.socket.output, "");
  const idle = open(echo, { options: { headTimeoutMs: 10_000, idleTimeoutMs: 20_000 } });
  idle.socket.send(GET);
  await settle();
  for (let second = 0; second < 19; second++) idle.clock.advance(1_000);
  assert(!idle.socket.isClosed);
  for (let second = 0; second < 3; second++) idle.clock.advance(1_000);
  await idle.over;
  assertEquals(readAnswers(idle.socket.output).length, 1);
});

Deno.test("no clock runs while a request is answered", async () => {
  const stream = new OpenAnswer();
  const { socket, clock, over } = open(() => stream.answer);
  socket.send(LAST);
  await settle();
  for (let minute = 0; minute < 60; minute++) clock.advance(60_000);
  stream.sink?.end();
  await over;
  assertEquals(readAnswers(socket.output).length, 1);
});

Deno.test("a client that takes nothing is given up, and one that takes little is not", async () => {
  const stream = new OpenAnswer();
  const { socket, clock, over, owner } = open(() => stream.answer, {
    options: { writeStallTimeoutMs: 10_000 },
  });
  socket.send(GET);
  await settle();
  socket.isStalled = true;
  for (let round = 0; round < 3; round++) {
    stream.sink?.write(new Uint8Array(1_000));
    for (let second = 0; second < 9; second++) clock.advance(1_000);
    socket.resume();
    await settle();
    socket.isStalled = true;
  }
  assertEquals(stream.cancels, 0);
  stream.sink?.write(new Uint8Array(1_000));
  for (let second = 0; second < 12; second++) clock.advance(1_000);
  await over;
  assertEquals([stream.cancels, owner.exchanges, owner.hasClosed], [1, 0, true]);
});

Deno.test("a writer is told that the client is behind, and when it no longer is", async () => {
  const stream = new OpenAnswer();
  const { socket, over } = open(() => stream.answer);
  socket.send(GET);
  await settle();
  socket.isStalled = true;
  assertEquals(stream.sink?.write(new Uint8Array(10_000)), undefined);
  assertEquals(stream.sink?.write(new Uint8Array(10_000)), undefined);
  const room = stream.sink?.write(new Uint8Array(10_000));
  assert(room instanceof Promise);
  socket.resume();
  await room;
  socket.isStalled = true;
  const last = [1, 2, 3].map(() => stream.sink?.write(new Uint8Array(10_000))).at(-1);
  assert(last instanceof Promise);
  socket.close();
  await last;
  await over;
  assertEquals(stream.cancels, 1);
});

Deno.test("what a stream writes while it begins leaves with the head", async () => {
  const { socket, over } = open(() => ({
    ...text(""),
    body: {
      start: (sink) => {
        sink.write(latin1("a"));
        sink.write(latin1("b"));
        sink.end();
      },
      cancel: () => {},
    },
  }));
  socket.send(LAST);
  await over;
  assertEquals(readAnswers(socket.output)[0]?.body, "ab");
  assertEquals(socket.writes.length, 1);
});

Deno.test("a stream that breaks off, or has another length, is never a shorter answer", async () => {
  for (const lengthBytes of [undefined, 5]) {
    for (const finish of ["abort", "end"] as const) {
      const stream = new OpenAnswer(lengthBytes);
      const { socket, over } = open(() => stream.answer);
      socket.send(GET);
      await settle();
      stream.sink?.write(latin1("abc"));
      if (lengthBytes === undefined) stream.sink?.abort();
      else stream.sink?.[finish]();
      await over;
      assert(socket.output.includes("abc"), "What was written leaves");
      assert(!socket.output.endsWith("0\r\n\r\n"));
    }
  }
  const stream = new OpenAnswer(2);
  const { socket, over } = open(() => stream.answer);
  socket.send(GET);
  await settle();
  stream.sink?.write(latin1("abc"));
  await over;
  assert(socket.output.endsWith("\r\n\r\n"), "Nothing beyond the length leaves");
});

Deno.test("whoever answers is told at once that the client has left", async () => {
  const leaves: string[] = [];
  let request: HttpRequest | undefined;
  const { socket, over, owner } = open((given) => {
    request = given;
    given.signal.addEventListener("abort", () => leaves.push("signal"));
    return new Promise(() => {});
  });
  socket.send(GET);
  await settle();
  socket.close();
  await over;
  assertEquals(leaves, ["signal"]);
  assert(request?.signal.aborted);
  assertEquals([owner.exchanges, owner.hasClosed], [0, true]);
});

Deno.test("a client that only sends no more gets an answer that is at hand, and no stream", async () => {
  const whole = Promise.withResolvers<ReturnType<typeof text>>();
  let aborted = false;
  const patient = open((request) => {
    request.signal.addEventListener("abort", () => aborted = true);
    return whole.promise;
  });
  patient.socket.send(GET);
  await settle();
  patient.socket.end();
  await settle();
  assert(aborted);
  whole.resolve(text("here"));
  await patient.socket.finished;
  assertEquals(readAnswers(patient.socket.output)[0]?.body, "here");
  await settle();
  assert(patient.owner.hasClosed);

  const stream = new OpenAnswer();
  const streaming = open(() => stream.answer);
  streaming.socket.send(GET);
  await settle();
  streaming.socket.end();
  await settle();
  assertEquals([stream.cancels, streaming.owner.hasClosed], [1, true]);
});

Deno.test("an answer that comes after the client has left goes nowhere", async () => {
  const late = Promise.withResolvers<OpenAnswer["answer"]>();
  const { socket, over } = open(() => late.promise);
  socket.send(GET);
  await settle();
  socket.close();
  await over;
  const stream = new OpenAnswer();
  late.resolve(stream.answer);
  await settle();
  assertEquals([stream.cancels, stream.sink], [1, undefined]);
});

Deno.test("after so many requests a connection is closed, and the last answer says so", async () => {
  const { socket, over } = open(echo, { options: { maxRequestsPerConnection: 2 } });
  socket.send(GET + GET + GET);
  await over;
  const answers = readAnswers(socket.output);
  assertEquals(answers.map(({ headers }) => headers.get("connection")), [undefined, "close"]);
});

Deno.test("an answer may ask for the end of its connection", async () => {
  const { socket, over } = open(() => {
    const answer = text("a");
    answer.headers.set("connection", "close");
    return answer;
  });
  socket.send(GET + GET);
  await over;
  assertEquals(readAnswers(socket.output).length, 1);
});

Deno.test("a server that is draining says so with its last answers", async () => {
  const stream = new OpenAnswer();
  const { socket, over, owner } = open(() => stream.answer);
  owner.isDraining = true;
  socket.send(GET);
  await settle();
  stream.sink?.end();
  await over;
  assertEquals(readAnswers(socket.output)[0]?.headers.get("connection"), "close");
});

Deno.test("a handler that fails is told of, and its client gets 500", async () => {
  const bugs: unknown[] = [];
  for (
    const fail of [() => Promise.reject(new Error("bug")), () => {
      throw new Error("bug");
    }]
  ) {
    const { socket, over } = open(fail, { reportBug: (thrown) => bugs.push(thrown) });
    socket.send(GET);
    await over;
    assertEquals(readAnswers(socket.output)[0]?.status, 500);
  }
  assertEquals(bugs.length, 2);
});
