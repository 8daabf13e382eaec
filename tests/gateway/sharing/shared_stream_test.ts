import { assertEquals, assertRejects } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { AnswerSink, StreamedAnswer } from "../../../src/core/http/http.ts";
import { type SharedEnding, SharedStream } from "../../../src/gateway/sharing/shared_stream.ts";
import { streamOf } from "../../support/http.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const encode = (text: string): Bytes => new TextEncoder().encode(text);

/** A source that a test feeds, with a count of how often it was asked for more. */
function handSource() {
  const state = { pulls: 0, isCancelled: false, cause: undefined as GatewayError | undefined };
  let sink: AnswerSink | undefined;
  const source: StreamedAnswer = {
    start: (given) => {
      sink = given;
      state.pulls += 1;
    },
    cancel: (cause) => {
      state.isCancelled = true;
      state.cause = cause;
    },
  };
  const give = (text: string): void => {
    const behind = sink?.write(encode(text));
    if (behind === undefined) state.pulls += 1;
    else behind.then(() => state.pulls += 1);
  };
  return { source, state, give, fail: () => sink?.abort(), end: () => sink?.end() };
}

function share(maxBufferBytes = 100) {
  const source = handSource();
  const closes = { count: 0 };
  const shared = new SharedStream(source.source, maxBufferBytes, () => closes.count += 1);
  const join = () => {
    const endings: [SharedEnding, number][] = [];
    let begun = 0;
    const stream = streamOf(shared.join({
      tooSlow: encode("!"),
      begin: () => begun += 1,
      settle: (...ending) => endings.push(ending),
    }));
    const reader = stream.getReader();
    const read = async () => {
      const { value, done } = await reader.read();
      return done ? null : new TextDecoder().decode(value);
    };
    return { read, leave: () => reader.cancel(), endings, begun: () => begun };
  };
  return { ...source, shared, join, closes };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("SharedStream reads for the fastest reader, and only when it wants more", async () => {
  const { join, give, state, end } = share();
  const [fast, slow] = [join(), join()];
  await settle();
  assertEquals(state.pulls, 0, "nobody wants anything yet");
  const pending = fast.read();
  await settle();
  assertEquals(state.pulls, 1);
  give("one");
  assertEquals(await pending, "one");
  await settle();
  assertEquals(state.pulls, 1, "the slow one wants what is there already");
  assertEquals(await slow.read(), "one");
  const both = [fast.read(), slow.read()];
  await settle();
  assertEquals(state.pulls, 2, "one read for both");
  give("two");
  assertEquals(await Promise.all(both), ["two", "two"]);
  end();
  assertEquals([await fast.read(), await slow.read()], [null, null]);
  assertEquals([...fast.endings, ...slow.endings], [["complete", 6], ["complete", 6]]);
  assertEquals([fast.begun(), slow.begun()], [1, 1]);
});

Deno.test("SharedStream can be joined while all of it is kept", async () => {
  const { join, give, shared, end, closes } = share(10);
  const first = join();
  for (const text of ["1234", "5678"]) {
    const pending = first.read();
    await settle();
    give(text);
    await pending;
  }
  assertEquals(shared.isJoinable, true);
  const late = join();
  assertEquals([await late.read(), await late.read()], ["1234", "5678"]);
  const pending = first.read();
  await settle();
  give("90");
  await pending;
  assertEquals(shared.isJoinable, true, "as much as is kept");
  const over = first.read();
  await settle();
  give("!");
  await over;
  assertEquals(shared.isJoinable, false);
  end();
  assertEquals(await first.read(), null);
  assertEquals(closes.count, 1);
});

Deno.test("SharedStream ends a reader that falls too far behind, and goes on for the others", async () => {
  const { join, give, end } = share(10);
  const [fast, slow] = [join(), join()];
  for (const text of ["12345", "67890", "abcde"]) {
    const pending = fast.read();
    await settle();
    give(text);
    assertEquals(await pending, text);
  }
  assertEquals(slow.endings, [["too_slow", 0]]);
  assertEquals([await slow.read(), await slow.read()], ["!", null]);
  // What is larger than the buffer still reaches who waits for it.
  const pending = fast.read();
  await settle();
  give("x".repeat(50));
  assertEquals((await pending)?.length, 50);
  end();
  assertEquals(await fast.read(), null);
  assertEquals(fast.endings, [["complete", 65]]);
});

Deno.test("SharedStream is cancelled when its last reader leaves", async () => {
  const { join, give, state, shared, closes } = share();
  const [one, two] = [join(), join()];
  const pending = one.read();
  await settle();
  give("a");
  await pending;
  await one.leave();
  assertEquals([state.isCancelled, one.endings], [false, [["left", 1]]]);
  const blocked = two.read();
  assertEquals(await blocked, "a");
  const waiting = two.read();
  await settle();
  await two.leave();
  assertEquals(await waiting, null);
  assertEquals([state.isCancelled, two.endings], [true, [["left", 1]]]);
  assertEquals([shared.isJoinable, closes.count], [false, 1]);
});

Deno.test("SharedStream tells its source what kept it from its last reader", () => {
  const { shared, state } = share();
  const tooLong = new GatewayError("upstream_invalid_response", "Too long");
  const endings: SharedEnding[] = [];
  const join = (): StreamedAnswer =>
    shared.join({
      tooSlow: encode("!"),
      begin: () => {},
      settle: (ending) => void endings.push(ending),
    });
  const [one, two] = [join(), join()];
  one.cancel();
  two.cancel(tooLong);
  assertEquals(endings, ["left", tooLong]);
  assertEquals(state.cause, tooLong);
});

Deno.test("SharedStream lets go of a source that waited for its last reader", async () => {
  let sink: AnswerSink | undefined;
  const source: StreamedAnswer = { start: (given) => sink = given, cancel: () => {} };
  const shared = new SharedStream(source, 100, () => {});
  const reader = shared.join({ tooSlow: encode("!"), begin: () => {}, settle: () => {} });
  const behind = new Promise<void>(() => {});
  reader.start({ write: () => behind, end: () => {}, abort: () => {} });
  let isAnswered = false;
  sink?.write(encode("a"))?.then(() => isAnswered = true);
  await settle();
  assertEquals(isAnswered, false);
  reader.cancel();
  await settle();
  assertEquals(isAnswered, true);
});

Deno.test("SharedStream breaks off where its source does", async () => {
  const { join, fail, closes } = share();
  const reader = join();
  const pending = reader.read();
  await settle();
  fail();
  await assertRejects(() => pending, Error, "breaks off");
  assertEquals(closes.count, 1);
  assertEquals(reader.endings, [["complete", 0]]);
});
