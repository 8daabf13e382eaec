/**
 * A provider with a prompt cache: it knows the conversations that it has answered before.
 *
 * @module
 */

interface Message {
  readonly role: string;
  readonly content: string;
}

export interface CacheProvider extends AsyncDisposable {
  /** Its API, with `/v1`. */
  readonly baseUrl: string;
  /** Of its answers: to requests whose messages but for the last it had answered, and to all. */
  readonly hits: number;
  readonly answers: number;
  /** From now on every request fails with this status; `undefined` answers again. */
  failWith(status: number | undefined): void;
}

export function startCacheProvider(): CacheProvider {
  const known = new Set<string>();
  let hits = 0;
  let answers = 0;
  let failure: number | undefined;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") return Response.json({ object: "list", data: [] });
      const { messages } = await request.json() as { messages: readonly Message[] };
      if (failure !== undefined) {
        return Response.json({ error: { message: "Planted" } }, { status: failure });
      }
      answers += 1;
      // A turn adds the answer and a question.
      const before = messages.slice(0, -2);
      if (before.length > 0 && known.has(JSON.stringify(before))) hits += 1;
      known.add(JSON.stringify(messages));
      return Response.json({
        id: `chatcmpl-${answers}`,
        object: "chat.completion",
        created: 1,
        model: "model",
        choices: [{
          index: 0,
          message: { role: "assistant", content: `Answer ${messages.length}` },
          finish_reason: "stop",
        }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      });
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    get hits() {
      return hits;
    },
    get answers() {
      return answers;
    },
    failWith: (status) => failure = status,
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}
