/**
 * A provider whose answers a test writes by hand, so that nothing depends on how fast a machine is.
 *
 * @module
 */

const WAIT_MS = 60_000;
const encoder = new TextEncoder();

/** One request, to be answered once. */
export interface HandRequest {
  readonly body: string;
  /** Begins a stream; what is written leaves at once. */
  stream(): { write(text: string): void; end(): void };
  json(body: object, status?: number): void;
  /** Resolves when the other end has given the request up. */
  readonly cancelled: Promise<void>;
}

export interface HandProvider extends AsyncDisposable {
  /** Its API, with `/v1`. */
  readonly baseUrl: string;
  /** All requests but those for the models. */
  readonly received: number;
  /** The next request that nobody has taken yet. */
  next(): Promise<HandRequest>;
  /** Answers every request to come that is not waited for. */
  answerOthers(answer: (request: HandRequest) => void): void;
}

export function startHandProvider(): HandProvider {
  const queue: HandRequest[] = [];
  const takers: ((request: HandRequest) => void)[] = [];
  let received = 0;
  let answerOther = (request: HandRequest): void => void queue.push(request);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") return Response.json({ object: "list", data: [] });
      const body = await request.text();
      const { promise, resolve } = Promise.withResolvers<Response>();
      received += 1;
      const hand = handRequest(body, request.signal, resolve);
      const taker = takers.shift();
      (taker ?? answerOther)(hand);
      return await promise;
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    get received() {
      return received;
    },
    next: () =>
      new Promise((resolve, reject) => {
        const request = queue.shift();
        if (request !== undefined) return resolve(request);
        const timer = setTimeout(() => reject(new Error("No request in time")), WAIT_MS);
        takers.push((taken) => {
          clearTimeout(timer);
          resolve(taken);
        });
      }),
    answerOthers: (answer) => {
      answerOther = answer;
    },
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

function handRequest(
  body: string,
  signal: AbortSignal,
  respond: (response: Response) => void,
): HandRequest {
  const cancelled = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => {
    cancelled.resolve();
    // A server that is to stop waits for every answer.
    respond(new Response(null, { status: 499 }));
  });
  return {
    body,
    cancelled: cancelled.promise,
    json: (json, status = 200) => respond(Response.json(json, { status })),
    stream: () => {
      let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
      const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (opened) => {
          controller = opened;
        },
        cancel: () => cancelled.resolve(),
      });
      respond(new Response(stream, { headers: { "content-type": "text/event-stream" } }));
      return {
        write: (text) => controller.enqueue(encoder.encode(text)),
        end: () => controller.close(),
      };
    },
  };
}

/** One event of a chat's stream. */
export function chatEvent(content: string, finishReason: "stop" | null = null): string {
  const delta = content === "" ? {} : { content };
  const choice = { index: 0, delta, finish_reason: finishReason };
  return `data: ${
    JSON.stringify({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [choice],
    })
  }\n\n`;
}

export const CHAT_END = `${chatEvent("", "stop")}data: [DONE]\n\n`;

/** A whole chat answer. */
export function chatAnswer(content: string): object {
  const message = { role: "assistant", content };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  return { id: "c", object: "chat.completion", created: 1, model: "m", choices, usage };
}
