/**
 * The upstream of the growth measurements: the first part of a path says how much it answers with.
 *
 * `/json-1000/v1` answers 1,000 bytes, `/chunks-1000/v1` a stream of 1,000 chunks as fast as they are
 * read, `/models-1000/v1` lists 1,000 models, and `/down-1/v1` answers no call. Whatever else is asked, the answer is
 * a short one.
 *
 * @module
 */

const CHUNK_BYTES = 250;
/** So many leave together, so that the gateway and not this server is the slower one. */
const CHUNKS_A_WRITE = 100;
const EVENT_STREAM = { headers: { "content-type": "text/event-stream" } };

export interface GrowthProvider extends AsyncDisposable {
  /** Base URL of an API that answers with so much of `kind`. */
  baseUrl(kind: "json" | "chunks" | "models" | "down", size: number): string;
}

export function startProvider(): GrowthProvider {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const [, kind = "", size = ""] = /^\/([a-z]+)-(\d+)\//.exec(pathname) ?? [];
      for await (const _ of request.body ?? []);
      if (request.method === "GET") return modelList(kind === "models" ? Number(size) : 1);
      if (kind === "down") return Response.json({ error: { message: "down" } }, { status: 503 });
      if (kind === "chunks") return new Response(chunks(Number(size)), EVENT_STREAM);
      return chatAnswer(kind === "json" ? Number(size) : 0);
    },
  );
  return {
    baseUrl: (kind, size) => `http://127.0.0.1:${server.addr.port}/${kind}-${size}/v1`,
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

/** Name of one of the models that are listed. */
export function modelName(index: number): string {
  return `model-${index}`;
}

function modelList(count: number): Response {
  const data = Array.from({ length: count }, (_, index) => ({
    id: modelName(index),
    object: "model",
    created: 1_790_000_000,
    owned_by: "growth",
  }));
  return Response.json({ object: "list", data });
}

const ANSWER = { id: "chatcmpl-growth", created: 1_790_000_000, model: "growth-model" };

function chatAnswer(bytes: number): Response {
  const message = { role: "assistant", content: "x".repeat(bytes) };
  return Response.json({
    ...ANSWER,
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
}

function event(content: string, finishReason: string | null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ ...ANSWER, object: "chat.completion.chunk", choices })}\n\n`;
}

const CHUNK = event("x".repeat(CHUNK_BYTES - event("", null).length), null);
const END = `${event("", "stop")}data: [DONE]\n\n`;

function chunks(count: number): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  const whole = utf8.encode(CHUNK.repeat(CHUNKS_A_WRITE));
  let left = count;
  return new ReadableStream({
    pull(controller) {
      if (left >= CHUNKS_A_WRITE) controller.enqueue(whole);
      else if (left > 0) controller.enqueue(utf8.encode(CHUNK.repeat(left)));
      left -= CHUNKS_A_WRITE;
      if (left > 0) return;
      controller.enqueue(utf8.encode(END));
      controller.close();
    },
  });
}
