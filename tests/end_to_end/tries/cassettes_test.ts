import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { promptOf, startFaultProvider } from "../../faults/fault_provider.ts";
import { FAULT_SCRIPTS } from "../../faults/fault_scripts.ts";
import { type Program, runProgram, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const SECRET = "sk-planted-in-the-recording-0123456789";

const said = (content: string) => [{ role: "user", content }];

/** One request in each of the APIs. */
const REQUESTS: readonly (readonly [path: string, body: object])[] = [
  ["/v1/chat/completions", { model: "m", messages: said("one") }],
  ["/v1/chat/completions", { model: "m", stream: true, messages: said("two") }],
  ["/v1/messages", { model: "m", max_tokens: 50, stream: true, messages: said("three") }],
  ["/v1/responses", { model: "m", input: "four" }],
  ["/v1beta/models/m:generateContent", { contents: [{ parts: [{ text: "five" }] }] }],
  ["/v1/embeddings", { model: "m", input: "six" }],
];

/** What a client gets for each of them, without what is another each time it is asked. */
async function answersOf({ url }: Program): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const [path, body] of REQUESTS) answers.push(await ask(url, path, body));
  return answers;
}

async function ask(url: string, path: string, body: object): Promise<string> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text().catch(() => "broken");
  return `${response.status} ${text}`.replaceAll(/"(resp|msg)_[\w-]+"|"created_at":\d+/g, "ID");
}

Deno.test("what was recorded is answered again, without the provider and without its key", async () => {
  await using folder = await workingDirectory({});
  const file = `${folder.path}/llm.cassette`;
  let recorded: readonly string[];
  {
    await using provider = await startProgram({ args: ["fake"] });
    await using weir = await startProgram({
      args: ["record", file],
      env: { OPENAI_API_KEY: SECRET, OPENAI_BASE_URL: `${provider.url}/v1`, WORKERS: "2" },
    });
    recorded = await answersOf(weir);
    assert(recorded.every((answer) => answer.startsWith("200")));
    await weir.stop();
  }
  await using weir = await startProgram({ args: ["replay", file] });
  assertEquals(await answersOf(weir), recorded);
  // A test that is run again asks the same again.
  assertEquals(await answersOf(weir), recorded);

  const miss = await ask(weir.url, "/v1/chat/completions", {
    model: "m",
    messages: said("never asked"),
  });
  assertStringIncludes(miss, "400");
  assertStringIncludes(miss, "the nearest differs at messages[0].content");
  assertStringIncludes(miss, "cassette_miss");

  await using own = await startProgram({
    env: { UPSTREAM_LAB_BASE_URL: `cassette:${file}`, REPLAY_MATCH: "order" },
  });
  const [, first = ""] = recorded;
  const ordered = { model: "lab/m", messages: said("another text") };
  assertEquals(await ask(own.url, "/v1/chat/completions", ordered), recorded[0]);
  assertEquals(await ask(own.url, "/v1/chat/completions", { ...ordered, stream: true }), first);
});

Deno.test("no secret is in a recording, wherever it stood, and the answer is still played", async () => {
  await using folder = await workingDirectory({});
  const file = `${folder.path}/llm.cassette`;
  const words = { id: "c", object: "chat.completion", created: 1, model: "m" };
  const content = `Your key is ${SECRET}, keep it`;
  const answer = JSON.stringify({
    ...words,
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
  });
  await using provider = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    const half = answer.indexOf(SECRET) + 10;
    const body = new ReadableStream({
      start: (controller) => {
        for (const part of [answer.slice(0, half), answer.slice(half)]) {
          controller.enqueue(new TextEncoder().encode(part));
        }
        controller.close();
      },
    });
    const headers = {
      "content-type": "application/json",
      "set-cookie": `session=${SECRET}`,
      "x-key": SECRET,
    };
    return new Response(body, { headers });
  });
  const base = `http://127.0.0.1:${provider.addr.port}/v1`;
  const prompt = { model: "m", messages: said(`I have ${SECRET}`) };
  {
    await using weir = await startProgram({
      env: { OPENAI_API_KEY: SECRET, OPENAI_BASE_URL: base, RECORD: file },
    });
    assertStringIncludes(await ask(weir.url, "/v1/chat/completions", prompt), "200");
    await weir.stop();
  }
  const text = await Deno.readTextFile(file);
  assert(!text.includes("planted") && !text.includes("set-cookie"), text);
  assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  await using weir = await startProgram({ args: ["replay", file] });
  assertStringIncludes(
    await ask(weir.url, "/v1/chat/completions", prompt),
    "Your key is [redacted], keep it",
  );
});

/** The client stays and takes what comes: what it sees is decided by the provider alone. */
const PLAYABLE = Object.entries(FAULT_SCRIPTS).filter(([, script]) =>
  script.leaves === undefined && script.isSlowClient !== true
).map(([name]) => name);

interface Cell {
  readonly fault: string;
  readonly stream: boolean;
}

const CELLS = PLAYABLE.flatMap((fault) => [false, true].map((stream) => ({ fault, stream })));

async function suffer({ url }: Program, cells: readonly Cell[]) {
  const seen = new Map<Cell, string>();
  const work = cells.values();
  const worker = async (): Promise<void> => {
    for (const cell of work) {
      const content = promptOf(cell.fault, `${cell.fault}-${cell.stream}`);
      const body = { model: "m", stream: cell.stream, messages: said(content) };
      seen.set(cell, await ask(url, "/v1/chat/completions", body).catch(() => "broken"));
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  assertEquals(seen.size, cells.length);
  return seen;
}

/** Those of which a client sees something else when they are played, with both. */
async function changed(cells: readonly Cell[]) {
  if (cells.length === 0) return [];
  await using folder = await workingDirectory({});
  const file = `${folder.path}/faults.cassette`;
  const env = {
    FIRST_BYTE_TIMEOUT_MS: "2500",
    FIRST_CONTENT_TIMEOUT_MS: "3000",
    IDLE_TIMEOUT_MS: "3500",
    FINISH_TIMEOUT_MS: "1000",
    MAX_IDLE_CONNECTIONS_PER_UPSTREAM: "0",
    MAX_RETRIES: "1",
    BASE_RETRY_DELAY: "0.01",
    RETRY_BUDGET: "1",
    MAX_EVENT_BYTES: "65536",
    MAX_RESPONSE_BYTES: "2000000",
    PACING: "off",
    RATE_LIMIT_V1_MAX_REQUESTS: "0",
    REPLAY_PACE: "recorded",
  };
  let suffered: ReadonlyMap<Cell, string>;
  {
    await using faulty = startFaultProvider();
    await using weir = await startProgram({
      env: { ...env, RECORD: file, OPENAI_API_KEY: SECRET, OPENAI_BASE_URL: faulty.baseUrl },
    });
    suffered = await suffer(weir, cells);
    await weir.stop();
  }
  await using weir = await startProgram({ args: ["replay", file], env });
  const played = await suffer(weir, cells);
  return cells
    .map((cell) => ({ ...cell, suffered: suffered.get(cell), played: played.get(cell) }))
    .filter((cell) => cell.played !== cell.suffered);
}

Deno.test("every failure of a provider is played as it was", async () => {
  // On a busy machine a clock may run out in one of the two: what was changed must be so again.
  assertEquals(await changed(await changed(CELLS)), []);
});

Deno.test("what is no recording, or may not be overwritten, is said at the start", async () => {
  await using folder = await workingDirectory({
    "text.cassette": "hello\n",
    "later.cassette": `${
      JSON.stringify({ title: { cassette: 2, by: "weir 9", at: "2030-01-01T00:00:00Z" } })
    }\n`,
  });
  const outputOf = async (...args: string[]) => (await runProgram({ args })).output;
  const at = (name: string) => `${folder.path}/${name}`;
  assertStringIncludes(await outputOf("replay", at("none")), "could not be read");
  assertStringIncludes(await outputOf("replay", at("text.cassette")), "Line 1 of");
  assertStringIncludes(await outputOf("replay", at("later.cassette")), "later version of Weir");
  assertStringIncludes(await outputOf("record", at("text.cassette")), "add --append");
  assertStringIncludes(await outputOf("record", at("none/none")), "could not be written");
});

Deno.test("what is too long is not kept, and a full file gets no more, which is told", async () => {
  await using folder = await workingDirectory({});
  const file = `${folder.path}/llm.cassette`;
  const chat = (content: string) => ({ model: "m", messages: said(content) });
  const long = chat(`[tokens=2000] ${"x".repeat(100)}`);
  const path = "/v1/chat/completions";
  {
    await using provider = await startProgram({ args: ["fake"] });
    await using weir = await startProgram({
      args: ["record", file],
      env: {
        OPENAI_API_KEY: SECRET,
        OPENAI_BASE_URL: `${provider.url}/v1`,
        RECORD_MAX_EXCHANGE_BYTES: "2000",
        RECORD_MAX_FILE_BYTES: "20000",
        WORKERS: "2",
      },
    });
    // Both too long, by what is asked and by what is answered, and told as they were.
    assertStringIncludes(await ask(weir.url, path, long), "200");
    assertStringIncludes(await ask(weir.url, path, chat("ä".repeat(1_500))), "200");
    // Letters of two bytes: the bound is of bytes.
    await Promise.all(
      Array.from(
        { length: 60 },
        (_, index) => ask(weir.url, path, chat(`${index} ${"ä".repeat(200)}`)),
      ),
    );
    await weir.printed(/RECORD_MAX_FILE_BYTES/);
    await weir.stop();
  }
  const { size } = await Deno.stat(file);
  // The last exchange of each thread may have been looked at while another was written.
  assert(size < 22_000 && size > 15_000, `${size}`);
  const lines = (await Deno.readTextFile(file)).trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  assertEquals(lines.filter((line) => "title" in line).length, 1);
  assertEquals(lines.filter((line) => line.end?.how === "not_kept").length, 2);
  // Each exchange is whole, whichever thread wrote it.
  const kinds = lines.slice(1).map((line) => Object.keys(line)[0]).join(" ");
  assertMatch(kinds, /^(request( head)?( chunk)* end ?)+$/);
  await using weir = await startProgram({ args: ["replay", file] });
  const miss = await ask(weir.url, path, long);
  assertStringIncludes(miss, "400");
  assertStringIncludes(miss, "RECORD_MAX_EXCHANGE_BYTES: raise it and record again");
});

Deno.test("a body that streams is recorded and played, and a WebSocket is refused with its reason", async () => {
  await using folder = await workingDirectory({});
  const file = `${folder.path}/llm.cassette`;
  const received: number[] = [];
  await using provider = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { length } = await request.bytes();
      received.push(length);
      return Response.json({ id: "file-1", bytes: length });
    },
  );
  const upload = async ({ url }: Program, letter: string): Promise<string> => {
    const piece = new TextEncoder().encode(letter.repeat(100_000));
    const body = ReadableStream.from(Array.from({ length: 30 }, () => piece.slice()));
    const headers = { "content-type": "application/octet-stream" };
    const response = await fetch(`${url}/v1/files`, { method: "POST", headers, body });
    return `${response.status} ${await response.text()}`;
  };
  let recorded: string;
  {
    await using weir = await startProgram({
      args: ["record", file],
      env: { OPENAI_API_KEY: SECRET, OPENAI_BASE_URL: `http://127.0.0.1:${provider.addr.port}/v1` },
    });
    recorded = await upload(weir, "a");
    assertEquals(recorded, '200 {"id":"file-1","bytes":3000000}');
    await weir.stop();
  }
  await using weir = await startProgram({ args: ["replay", file] });
  assertEquals(await upload(weir, "a"), recorded);
  assertStringIncludes(await upload(weir, "b"), "cassette_miss");
  assertEquals(received, [3_000_000]);

  const refused = await fetch(`${weir.url}/v1/realtime?model=gpt-realtime`, {
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    },
  });
  const { error } = await refused.json();
  assertEquals([refused.status, error.code], [400, "cassette_miss"]);
  assertStringIncludes(error.message, "WebSockets are not recorded");
});
