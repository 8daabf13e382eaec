/** A provider that says a secret, split where the prompt tells. */

export const SECRET = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
export const SAID = `Your token ${SECRET} is here.`;

export interface Talker extends AsyncDisposable {
  readonly baseUrl: string;
  /** The bodies of its requests, oldest first. */
  readonly asked: readonly string[];
}

/** Says the text in two deltas, split where the prompt tells: `at=N`. */
export function startTalker(): Talker {
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const text = await request.text();
      asked.push(text);
      const body = JSON.parse(text);
      const at = Number(/at=(\d+)/.exec(text)?.[1] ?? 0);
      const about = { id: "c", created: 1, model: "m" };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      if (!body.stream) {
        const choices = [{
          index: 0,
          message: { role: "assistant", content: SAID },
          finish_reason: "stop",
        }];
        return Response.json({ ...about, object: "chat.completion", choices, usage });
      }
      const delta = (delta: object, finish_reason: string | null = null) => ({
        choices: [{ index: 0, delta, finish_reason }],
      });
      const chunks = [
        delta({ role: "assistant", content: SAID.slice(0, at) }),
        delta({ content: SAID.slice(at) }),
        delta({}, "stop"),
        { choices: [], usage },
      ].map((chunk) =>
        `data: ${JSON.stringify({ ...about, object: "chat.completion.chunk", ...chunk })}\n\n`
      );
      return new Response([...chunks, "data: [DONE]\n\n"].join(""), {
        headers: { "content-type": "text/event-stream" },
      });
    },
  );
  return {
    asked,
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
