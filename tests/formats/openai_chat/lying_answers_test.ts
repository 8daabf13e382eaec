/** What an observer makes of answers that are not what they seem. */

import { assert, assertEquals } from "@std/assert";
import { content, FINISH, observer } from "./text_observer.ts";

Deno.test("StreamObserver takes out the word that there is no usage yet, and nothing else", () => {
  const cases: readonly (readonly [before: string, after: string])[] = [
    [`{"id":"c1","choices":[],"usage":null}`, `{"id":"c1","choices":[]}`],
    [`{"id":"c1", "usage" : null , "choices":[]}`, `{"id":"c1" , "choices":[]}`],
    [`{"usage":null,"id":"c1","choices":[]}`, `{"id":"c1","choices":[]}`],
    [`{"usage":null}`, `{}`],
  ];
  const same = [
    `{"id":"c1","choices":[{"index":0,"delta":{"usage":null}}]}`,
    `{"choices":[{"delta":{"content":"\\",\\"usage\\":null"}}],"id":"\\"usage"}`,
    `{"a\\"usage":null,"choices":[]}`,
    `{"choices":[{"delta":{"content":"usage"}}],"x":null}`,
    `{"choices":[{"index":0,"delta":{},"finish_reason":null,"usage":{}}]}`,
  ].map((json) => [json, json] as const);
  const beginnings = ["", content("a")];
  for (const beginning of beginnings) {
    for (const [before, after] of [...cases, ...same]) {
      const event = (json: string): string => `event: message\ndata: ${json}\r\n\r\n`;
      for (const frame of [event, (json: string): string => `data: ${json}\n\n`]) {
        const [sent, kept] = [frame(before), frame(after)].map((text) => beginning + text);
        assertEquals(observer({ dropNullUsage: true }).push(sent! + FINISH), kept! + FINISH);
        assertEquals(observer().push(sent! + FINISH), sent! + FINISH);
      }
    }
  }
  const cut = observer({ dropNullUsage: true });
  cut.push(content("a"));
  cut.push(content("b", `,"usage":null`).trimEnd());
  assertEquals(cut.flush(), content("b"));
});

Deno.test("StreamObserver leaves one error at the end, wherever it comes and however it is spelt", () => {
  const body = `{"message":"boom","code":502}`;
  const long = "x".repeat(2_000);
  const errors = {
    plain: `{"error":${body}}`,
    text: `{"error":"boom"}`,
    escaped: `{"\\u0065rror":${body}}`,
    "wholly escaped": `{"\\u0065\\u0072\\u0072\\u006F\\u0072":${body}}`,
    "with choices": `{"id":"c1","choices":[{"index":0,"delta":{}}],"error":${body}}`,
    long: `{"error":{"message":"${long}","code":502}}`,
    "long and escaped": `{"e\\u0072ror":{"message":"${long}"}}`,
    "long, and an error in its last bytes": `{"id":"${long}","choices":[],"error":${body}}`,
    "of another form": `{"object":"error","message":"boom"}`,
    "begun as a chunk is": `{"object":"errorr",${body.slice(1)}`,
    "numbered as a chunk is": `{"id":"c1","created":1,"detail":[{"msg":"boom"}]}`,
    "around choices": `{"id":"c1","data":{"choices":[{"index":0}]},${body.slice(1)}`,
    "without numbers": `{"error":{"message":"boom","at":NaN}}`,
  };
  const beginnings = ["", content("a"), content("a") + FINISH, content("a") + FINISH + FINISH];
  for (const [name, error] of Object.entries(errors)) {
    for (const beginning of beginnings) {
      const gotByStep = [1, 700, 1_100, 10_000].map((step) => {
        const observed = observer();
        const sent = `${beginning}data: ${error}\n\n${content("late")}data: [DONE]\n\n`;
        let got = "";
        for (let at = 0; at < sent.length; at += step) {
          got += observed.push(sent.slice(at, at + step));
        }
        assert(observed.progress.fault !== undefined, name);
        got += observed.flush() + observed.fail();
        const events = got.slice(beginning.length).trim().split("\n\n");
        assertEquals([events.length, got.slice(0, beginning.length)], [1, beginning], name);
        const { error: last } = JSON.parse(events[0]!.slice("data: ".length).replace("NaN", "0"));
        assert(last, name);
        return got;
      });
      for (const got of gotByStep) assertEquals(got, gotByStep[0], name);
    }
  }
});

Deno.test("StreamObserver takes nothing out of an event that is too long to hold, however it is cut", () => {
  const long = content("x".repeat(2_000), `,"usage":null`);
  for (const step of [1, 700, 10_000]) {
    const observed = observer({ dropNullUsage: true });
    let got = "";
    for (let at = 0; at < long.length; at += step) got += observed.push(long.slice(at, at + step));
    assertEquals(got, long);
  }
});

Deno.test("StreamObserver passes a long event that only speaks of errors", () => {
  const long = "x".repeat(2_000);
  const events = [
    `{"choices":[{"index":0,"delta":{"tool_calls":[{"error":"${long}"}]}}]}`,
    `{"choices":[],"id":"error","x":"${long}","error":null}`,
    `{"choices":[],"a":"\\"error\\":1","b":{"error":1},"error":false,"x":"${long}"}`,
    `{"errors":1,"${long}":1,"x":["error"],"y":"${long}"}`,
  ];
  for (const event of events) {
    const observed = observer();
    const sent = content("a") + `data: ${event}\n\n` + FINISH;
    assertEquals(observed.push(sent), sent);
    assertEquals([observed.progress.fault, observed.progress.isFinished], [undefined, true]);
  }
});

Deno.test("StreamObserver passes numbers that JSON does not have, and reads what is beside them", () => {
  const finish = FINISH.replace(`"delta":{}`, `"delta":{},"logprobs":[NaN,-Infinity,Infinity]`);
  for (const beginning of ["", content("a")]) {
    const observed = observer();
    assertEquals(observed.push(beginning + finish), beginning + finish);
    assertEquals([observed.progress.isFinished, observed.progress.malformedEvents], [true, 0]);
  }
});

Deno.test("StreamObserver looks for every choice that was asked for, and for no more", () => {
  const other = content("b").replace(`"index":0`, `"index":1`);
  const otherFinish = FINISH.replace(`"index":0`, `"index":1`);
  const cases: readonly (readonly [stream: string, isFinishedByEnd: boolean])[] = [
    [content("a") + FINISH, true],
    [content("a") + other + FINISH, false],
    [content("a") + FINISH + other, false],
    [content("a") + other + FINISH + otherFinish, true],
    [content("a") + other + FINISH + otherFinish.replace("stop", "eos"), true],
    [content("a") + other + FINISH + otherFinish.replace("stop", "null"), false],
  ];
  for (const [stream, isFinishedByEnd] of cases) {
    const observed = observer({ choices: 2 });
    observed.push(stream);
    assertEquals(observed.progress.isFinishedByEnd, isFinishedByEnd, stream);
  }
});

Deno.test("StreamObserver believes a whole answer as much as a stream, behind comments as well", () => {
  const message = { role: "assistant", content: "Hi" };
  const finished = { index: 0, message, finish_reason: "eos" };
  const cases = [
    { choices: [finished], isFinished: true, hasOutput: true, hasFault: false },
    { choices: [{ ...finished, finish_reason: "null" }], hasOutput: true },
    { choices: [{ message }], hasOutput: true },
    { choices: [{ ...finished, index: 128 }], hasFault: true },
    { choices: [{ ...finished, index: -1 }], hasFault: true },
    { choices: [] },
  ];
  for (const { choices, isFinished = false, hasOutput = false, hasFault = false } of cases) {
    for (const opening of ["", "\r\n \t", ": WORKING\n\n: WORKING\n", "\uFEFF"]) {
      const observed = observer();
      for (const byte of opening + JSON.stringify({ choices })) observed.push(byte);
      observed.flush();
      const { progress } = observed;
      assertEquals(
        [progress.isFinishedByEnd, progress.hasOutput, progress.fault !== undefined],
        [isFinished, hasOutput, hasFault],
        JSON.stringify(choices),
      );
    }
  }
});
