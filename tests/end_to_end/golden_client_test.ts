/** The official client reads every golden stream through the gateway, and reads what the file says. */

import OpenAI from "openai";
import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import {
  cutAtRandom,
  loadGoldenCases,
  seededRandom,
  type StreamCase,
} from "../formats/stream_cases.ts";
import { startProgram } from "../support/program.ts";

const GOLDEN = new URL("../golden/", import.meta.url);
const MAX_PIECE_BYTES = 400;

/** Streams the golden case that the request's model names, cut at random. */
function startGoldenProvider(cases: ReadonlyMap<string, StreamCase>, seed: number) {
  const random = seededRandom(seed);
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (request.method === "GET") return new Response(null, { status: 404 }); // No model list.
    const body = await request.json();
    const { bytes } = cases.get(body.model ?? body.chatOptions.selectedModel)!;
    const pieces = cutAtRandom(bytes, random, MAX_PIECE_BYTES).filter(({ length }) => length > 0);
    return new Response(ReadableStream.from(pieces), {
      headers: { "content-type": "text/event-stream" },
    });
  });
}

interface Choice {
  text: string;
  reasoning: string;
  refusal: string;
  finish: string | undefined;
  readonly calls: { id: string; name: string; input: string }[];
}

/** What the client makes of a stream; `error` where it throws. */
async function read(client: OpenAI, model: string, n: number) {
  const choices = new Map<number, Choice>();
  let usage: unknown;
  let error: unknown;
  try {
    const stream = await client.chat.completions.create({
      model,
      n,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: "user", content: "hi" }],
    });
    for await (const chunk of stream) {
      usage = chunk.usage ?? usage;
      for (const { index, delta, finish_reason } of chunk.choices) {
        if (!choices.has(index)) {
          choices.set(index, {
            text: "",
            reasoning: "",
            refusal: "",
            finish: undefined,
            calls: [],
          });
        }
        add(choices.get(index)!, delta as unknown as JsonObject, finish_reason);
      }
    }
  } catch (thrown) {
    error = thrown;
  }
  return { choices, usage, error };
}

function add(choice: Choice, delta: JsonObject | undefined, finish: string | null): void {
  choice.text += typeof delta?.content === "string" ? delta.content : "";
  choice.reasoning += String(delta?.reasoning_content ?? delta?.reasoning ?? "");
  choice.refusal += String(delta?.refusal ?? "");
  choice.finish = finish ?? choice.finish;
  const calls = (delta?.tool_calls ?? []) as unknown as {
    index: number;
    id?: string;
    function?: { name?: string; arguments?: string };
  }[];
  for (const { index, id, function: called } of calls) {
    const call = choice.calls[index] ??= { id: "", name: "", input: "" };
    call.id = id || call.id;
    call.name = called?.name || call.name;
    call.input += called?.arguments ?? "";
  }
}

for (const repair of ["off", "on"]) {
  Deno.test(`openai client: every golden stream says what it says, REPAIR=${repair}`, async (test) => {
    const cases = new Map((await loadGoldenCases(GOLDEN)).map((one) => [one.name, one]));
    await using provider = startGoldenProvider(cases, 7);
    const baseUrl = `http://127.0.0.1:${provider.addr.port}`;
    await using weir = await startProgram({
      env: {
        OPENAI_API_KEY: "sk-upstream",
        OPENAI_BASE_URL: baseUrl,
        CHATJIMMY_BASE_URL: baseUrl,
        REPAIR: repair,
        MAX_RETRIES: "0",
      },
    });
    const client = new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: "none", maxRetries: 0 });
    for (const { name, dialect, expected } of cases.values()) {
      await test.step(name, async () => {
        const model = dialect === "chatjimmy" ? `chatjimmy/${name}` : name;
        const { choices, usage, error } = await read(client, model, expected.asked ?? 1);
        assertEquals(error === undefined, expected.ending === "complete", String(error));
        if (error !== undefined) assert(error instanceof OpenAI.APIError, String(error));
        if (choices.size === 0) return;
        // Without repair a client meets calls without an index and other forms as they came.
        const isRaw = repair === "off" && ["tool_no_index", "mistral_array_content"].includes(name);
        if (isRaw) return;
        for (const choice of expected.choices) {
          const actual = choices.get(choice.index)!;
          assertEquals(actual.text, choice.text ?? "");
          assertEquals(actual.reasoning, choice.reasoning ?? "");
          assertEquals(actual.refusal, choice.refusal ?? "");
          // Repaired, the finish reason is OpenAI's word for what happened.
          const finish = repair === "on" ? choice.finish?.reason : choice.finish?.raw;
          if (error === undefined) assertEquals(actual.finish, finish);
          assertEquals(
            actual.calls,
            (choice.toolCalls ?? []).map(({ id, name, input }) => ({ id, name, input })),
          );
        }
        if (error === undefined) assertEquals(usage, expected.usage);
      });
    }
  });
}
