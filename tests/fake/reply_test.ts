import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { REFUSALS } from "../../src/fake/errors.ts";
import { errorText } from "../../src/fake/openai/api.ts";
import { eventsOf, FakeServer, readBroken } from "./fake_server.ts";

// "hello world" as a stream: role, "hello", " world", finish, [DONE].
const EVENTS_OF_HELLO_WORLD = 5;
const STREAM = { stream: true };

Deno.test("fake: [cut=N] delivers N events and then breaks the connection", async () => {
  await using server = new FakeServer();
  const whole = eventsOf(await (await server.chat("hi", { ...STREAM, seed: 1 })).text());
  for (let count = 0; count <= EVENTS_OF_HELLO_WORLD + 1; count++) {
    const response = await server.chat(`[cut=${count}]`, { ...STREAM, seed: 1 });
    assertEquals(response.status, 200);
    const { text, ended } = await readBroken(response);
    assertEquals(eventsOf(text), whole.slice(0, count));
    assertEquals(ended, count > EVENTS_OF_HELLO_WORLD);
  }
  assertEquals(server.events.includes("cancelled"), false);
});

Deno.test("fake: [cut=N] loses nothing when its reader starts late", async () => {
  await using server = new FakeServer({ isInstant: true });
  const messages = [{ role: "user", content: "[cut=3]" }];
  const body = JSON.stringify({ messages, stream: true });
  const response = await server.app.request("/v1/chat/completions", { method: "POST", body });
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  const { text, ended } = await readBroken(response);
  assertEquals([eventsOf(text).length, ended], [3, false]);
});

Deno.test("fake: [cut=N] breaks a JSON body off in the middle", async () => {
  await using server = new FakeServer();
  const whole = await (await server.chat("hi", { seed: 1 })).text();
  for (const prompt of ["[cut=0]", "[cut=3]"]) {
    const { text, ended } = await readBroken(await server.chat(prompt, { seed: 1 }));
    assertEquals([text, ended], [whole.slice(0, text.length), false]);
    assertEquals(text.length > 0 && text.length < whole.length, true);
  }
});

Deno.test("fake: [stall=N] delivers N events, then nothing until the client leaves", async () => {
  for (const [body, expected] of [[STREAM, 2], [{}, 0]] as const) {
    await using server = new FakeServer();
    const controller = new AbortController();
    const response = await server.chat("[stall=2]", body, { signal: controller.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (text.split("\n\n").length - 1 < expected || text === "") {
      text += (await reader.read()).value ?? "";
    }
    const silence = reader.read();
    controller.abort();
    await assertRejects(() => silence, DOMException);
    await server.until("cancelled");
    assertEquals([server.events, server.pendingTimers], [["open", "cancelled"], 0]);
    assertEquals(server.delaysMs, [600_000]);
  }
});

Deno.test("fake: [stall=N] is over after ten minutes", async () => {
  await using server = new FakeServer({ isInstant: true });
  const { text, ended } = await readBroken(await server.chat("[stall=1]", STREAM));
  assertEquals([eventsOf(text).length, ended], [1, false]);
  assertEquals(server.delaysMs[0], 600_000);
});

Deno.test("fake: [malformed=N] breaks the Nth event alone", async () => {
  await using server = new FakeServer();
  const whole = eventsOf(await (await server.chat("hi", { ...STREAM, seed: 1 })).text());
  for (let nth = 1; nth <= EVENTS_OF_HELLO_WORLD; nth++) {
    const events = eventsOf(
      await (await server.chat(`[malformed=${nth}]`, { ...STREAM, seed: 1 })).text(),
    );
    assertThrows(() => JSON.parse(events[nth - 1] ?? ""), SyntaxError);
    assertEquals(events.toSpliced(nth - 1, 1), whole.toSpliced(nth - 1, 1));
  }
  const response = await server.chat("[malformed=1]");
  assertEquals(response.headers.get("content-type"), "application/json");
  await assertRejects(() => response.json(), SyntaxError);
});

Deno.test("fake: [error=N] ends a stream with an error event and without [DONE]", async () => {
  await using server = new FakeServer();
  for (let count = 0; count < EVENTS_OF_HELLO_WORLD; count++) {
    const events = eventsOf(await (await server.chat(`[error=${count}]`, STREAM)).text());
    assertEquals(events.length, count + 1);
    assertEquals(events.at(-1), errorText(REFUSALS["500"]));
  }
  const response = await server.chat("[error=1]");
  assertEquals([response.status, await response.text()], [200, errorText(REFUSALS["500"])]);
});

Deno.test("fake: [empty] is a 200 without a body, or an error without one", async () => {
  await using server = new FakeServer();
  const cases = [
    ["[empty]", STREAM, 200, "text/event-stream; charset=utf-8"],
    ["[empty]", {}, 200, "application/json"],
    ["[empty] [503]", STREAM, 503, "application/json"],
  ] as const;
  for (const [prompt, body, status, contentType] of cases) {
    const response = await server.chat(prompt, body);
    assertEquals([response.status, response.headers.get("content-type")], [status, contentType]);
    assertEquals(await response.text(), "");
  }
});

Deno.test("fake: [slow=MS] waits once, [pace=MS] between events and comments", async () => {
  await using server = new FakeServer({ isInstant: true });
  const response = await server.chat("[slow=3000] [pace=200] [comments=2]", STREAM);
  const text = await response.text();
  assertEquals(text.startsWith(": waiting\n\n: waiting\n\ndata: {"), true);
  assertEquals(server.delaysMs, [3000, 200, 200, ...Array(EVENTS_OF_HELLO_WORLD - 1).fill(200)]);
  await (await server.chat("[500] [slow=70]")).text();
  assertEquals(server.delaysMs.at(-1), 70);
});

Deno.test("fake: a client that leaves during [slow=MS] stops the timer", async () => {
  for (const body of [STREAM, {}]) {
    await using server = new FakeServer();
    const controller = new AbortController();
    const answer = server.chat("[slow=600000]", body, { signal: controller.signal });
    await server.until("open");
    controller.abort();
    await assertRejects(() => answer, DOMException);
    await server.until("cancelled");
    assertEquals([server.events, server.pendingTimers], [["open", "cancelled"], 0]);
  }
});

Deno.test("fake: a client that leaves in mid-stream stops generator and timer", async () => {
  await using server = new FakeServer();
  const controller = new AbortController();
  const response = await server.chat("[tokens=100000] [pace=5]", STREAM, {
    signal: controller.signal,
  });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.read();
  controller.abort();
  await server.until("cancelled");
  assertEquals([server.events, server.pendingTimers], [["open", "cancelled"], 0]);
});

Deno.test("fake: tags combine, also with an error's body", async () => {
  await using server = new FakeServer({ isInstant: true });
  const response = await server.chat("[tokens=9] [malformed=3] [pace=1] [cut=5]", STREAM);
  const { text, ended } = await readBroken(response);
  const events = eventsOf(text);
  assertEquals([events.length, ended], [5, false]);
  assertThrows(() => JSON.parse(events[2] ?? ""), SyntaxError);
  const refusal = await server.chat("[503] [cut=1]");
  assertEquals(refusal.status, 503);
  const broken = await readBroken(refusal);
  assertEquals(broken.ended, false);
  assertStringIncludes(errorText(REFUSALS["503"]), broken.text);
});
