/** Responses that run in the background: whether their client is there or not, and resumed from anywhere. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import {
  ask,
  eventsOf,
  failure,
  framesOf,
  json,
  keyOf,
  keysNamed,
  outputText,
} from "../../support/responses.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const TERMINAL = /^response\.(completed|incomplete|failed)$/;

function background(prompt: string, more: object = {}): object {
  return { model: "m", input: prompt, background: true, ...more };
}

/** Reads on until the response is over, however often its client is cut. */
async function untilOver(weir: Program, id: string, key?: string): Promise<void> {
  const given = key === undefined ? {} : { key };
  await (await ask(weir, `/responses/${id}?stream=true`, given)).text();
}

/** The frames of one connection, which the client closes after so many bytes. */
async function readUpTo(response: Response, bytes: number): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  while (text.length < bytes) {
    const read = await reader?.read();
    if (read === undefined || read.done) break;
    text += decoder.decode(read.value, { stream: true });
  }
  await reader?.cancel();
  // What was cut within an event is asked for again.
  return framesOf(text.slice(0, text.lastIndexOf("\n\n") + 2));
}

Deno.test("a response in the background is answered at once and is there when it is over", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({ env: { UPSTREAM_LAB_BASE_URL: provider.baseUrl } });
  const begun = await json(ask(weir, "/responses", { body: background("[tokens=5] [pace=20]") }));
  assertMatch(begun.id, /^resp_[0-9a-f]{48}$/);
  assertEquals([begun.status, begun.background, begun.store], ["queued", true, true]);
  await untilOver(weir, begun.id);
  const over = await json(ask(weir, `/responses/${begun.id}`));
  assertEquals([over.status, over.background, over.id], ["completed", true, begun.id]);
  assert(outputText(over).length > 0);
  // Cancelling what is over changes nothing.
  const cancelled = await json(ask(weir, `/responses/${begun.id}/cancel`, { method: "POST" }));
  assertEquals(cancelled, over);
  const body = { model: "m", input: "on", previous_response_id: begun.id };
  assertEquals((await json(ask(weir, "/responses", { body }))).status, "completed");
});

Deno.test("a stream in the background that is cut at 50 places is whole, byte for byte", async () => {
  await using provider = startProvider();
  const auth = keysNamed("alice", "bob");
  const config = { upstreams: { compatible: { lab: { baseUrl: provider.baseUrl } } }, auth };
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(config) });
  await using weir = await startProgram({ cwd: directory.path, env: { WORKERS: "2" } });
  const key = keyOf("alice");
  const body = background("[tokens=1000] [pace=2]", { stream: true });
  const response = await ask(weir, "/responses", { key, body });
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  let seed = 17;
  const random = (bound: number): number => (seed = (seed * 48_271) % 2_147_483_647) % bound;
  let joined = await readUpTo(response, 3_000);
  const id = eventsOf(joined)[0]?.response.id;
  for (let cut = 0; cut < 50; cut++) {
    const after = eventsOf(joined).at(-1)?.sequence_number ?? -1;
    const path = `/responses/${id}?stream=true&starting_after=${after}`;
    joined += await readUpTo(await ask(weir, path, { key }), 200 + random(8_000));
  }
  const last = eventsOf(joined).at(-1)?.sequence_number;
  const rest = await ask(weir, `/responses/${id}?stream=true&starting_after=${last}`, { key });
  joined += framesOf(await rest.text());
  const whole = framesOf(await (await ask(weir, `/responses/${id}?stream=true`, { key })).text());
  assertEquals(joined, whole);
  const events = eventsOf(whole);
  assert(events.length > 1_000, `${events.length}`);
  assertEquals(events.map((event) => event.sequence_number), events.map((_, index) => index));
  assertEquals(events.at(-1)?.type, "response.completed");
  assertEquals(events.at(-1)?.response, await json(ask(weir, `/responses/${id}`, { key })));
  const stranger = { key: keyOf("bob") };
  assertEquals(
    await failure(ask(weir, `/responses/${id}?stream=true&starting_after=4`, stranger)),
    "404 response_not_found",
  );
});

Deno.test("a response in the background ends when it is cancelled or deleted", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({ env: { UPSTREAM_LAB_BASE_URL: provider.baseUrl } });
  const body = background("[tokens=500] [pace=20]", { stream: true });
  const response = await ask(weir, "/responses", { body });
  const [first] = eventsOf(await readUpTo(response, 500));
  const id = first?.response.id;
  const follower = ask(weir, `/responses/${id}?stream=true`);
  const cancelled = await json(ask(weir, `/responses/${id}/cancel`, { method: "POST" }));
  assertEquals([cancelled.id, cancelled.status], [id, "cancelled"]);
  await provider.answered("cancelled");
  const told = eventsOf(await (await follower).text()).at(-1);
  assertEquals([told?.type, told?.response.status], ["response.incomplete", "cancelled"]);
  assertEquals((await json(ask(weir, `/responses/${id}`))).status, "cancelled");

  const other = await json(ask(weir, "/responses", { body: background("[tokens=500] [pace=20]") }));
  await json(ask(weir, `/responses/${other.id}`, { method: "DELETE" }));
  assertEquals(await failure(ask(weir, `/responses/${other.id}`)), "404 response_not_found");
  const plain = await json(ask(weir, "/responses", { body: { model: "m", input: "a" } }));
  const refused = ask(weir, `/responses/${plain.id}/cancel`, { method: "POST" });
  assertEquals((await refused).status, 400);
  await (await refused).body?.cancel();
  assertEquals(
    await failure(ask(weir, `/responses/${plain.id}?stream=true`)),
    "400 stream_not_kept",
  );
});

Deno.test("a response in the background that fails has a whole stream too", async () => {
  await using provider = startProvider();
  const env = { UPSTREAM_LAB_BASE_URL: provider.baseUrl, MAX_RETRIES: "0" };
  await using weir = await startProgram({ env });
  for (const prompt of ["[500]", "[400]", "[cut=3]"]) {
    const body = background(prompt, { stream: true });
    const events = eventsOf(await (await ask(weir, "/responses", { body })).text());
    assertEquals(events[0]?.type, "response.created", prompt);
    assertEquals(events.at(-1)?.type, "response.failed", prompt);
    assertEquals(events.map((event) => event.sequence_number), events.map((_, index) => index));
    const kept = await json(ask(weir, `/responses/${events[0]?.response.id}`));
    assertEquals(kept.status, "failed", prompt);
    assertEquals(kept.error, events.at(-1)?.response.error);
  }
});

Deno.test("a response in the background runs on through a reload", async () => {
  await using provider = startProvider();
  const config = { upstreams: { compatible: { lab: { baseUrl: provider.baseUrl } } } };
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(config) });
  await using weir = await startProgram({ cwd: directory.path });
  const { id } = await json(
    ask(weir, "/responses", { body: background("[tokens=60] [pace=25]") }),
  );
  weir.signal("SIGHUP");
  await weir.printed(/"message":"reloaded"/);
  const events = eventsOf(await (await ask(weir, `/responses/${id}?stream=true`)).text());
  assertMatch(events.at(-1)?.type ?? "", TERMINAL);
  assertEquals((await json(ask(weir, `/responses/${id}`))).status, "completed");
});

Deno.test("a stop waits for what runs in the background", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({ env: { UPSTREAM_LAB_BASE_URL: provider.baseUrl } });
  await json(ask(weir, "/responses", { body: background("[tokens=30] [pace=25]") }));
  await weir.stop();
  await provider.answered("done");
});

Deno.test("more than may run in the background are refused", async () => {
  await using provider = startProvider();
  const env = { UPSTREAM_LAB_BASE_URL: provider.baseUrl, RESPONSES_MAX_BACKGROUND: "1" };
  await using weir = await startProgram({ env });
  const { id } = await json(
    ask(weir, "/responses", { body: background("[tokens=500] [pace=20]") }),
  );
  const refused = ask(weir, "/responses", { body: background("hi") });
  assertEquals(await failure(refused), "503 overloaded");
  await json(ask(weir, `/responses/${id}/cancel`, { method: "POST" }));
  await untilOver(weir, id);
  const next = await json(ask(weir, "/responses", { body: background("hi") }));
  assertEquals(next.status, "queued");
});
