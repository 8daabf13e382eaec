/** A provider that numbers what it answers. */

export interface CountingProvider extends AsyncDisposable {
  readonly baseUrl: string;
  /** Requests that it has got. */
  readonly asked: number;
}

/** Says of each request which one it was, and what it asked. One that asks for `fail` fails the first time. */
export function startCountingProvider(): CountingProvider {
  let asked = 0;
  const failed = new Set<string>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = await request.json();
      const number = ++asked;
      const prompt = body.input ?? body.prompt ?? body.messages.at(-1).content;
      const text = `<${number}:${typeof prompt === "string" ? prompt : prompt[0].text}>`;
      if (text.includes("fail") && !failed.has(text.replace(/\d+:/, ""))) {
        failed.add(text.replace(/\d+:/, ""));
        return Response.json({ error: { message: "no", code: "bad" } }, { status: 400 });
      }
      if (request.url.endsWith("/embeddings")) {
        const data = [{ object: "embedding", index: 0, embedding: [number] }];
        const usage = { prompt_tokens: 1, total_tokens: 1 };
        return Response.json({ object: "list", data, model: body.model, usage });
      }
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
      const about = { id: `c-${number}`, created: 1, model: body.model };
      if (!body.stream) {
        const message = { role: "assistant", content: text };
        const choices = [{ index: 0, message, finish_reason: "stop" }];
        return Response.json({ ...about, object: "chat.completion", choices, usage });
      }
      const chunks = [
        { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
        ...text.match(/.{1,5}/g)!.map((content) => ({
          choices: [{ index: 0, delta: { content } }],
        })),
        { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
        { choices: [], usage },
      ].map((chunk) =>
        `data: ${JSON.stringify({ ...about, object: "chat.completion.chunk", ...chunk })}\n\n`
      );
      // A stream that is cut never reaches its end.
      const sent = text.includes("cut") ? chunks.slice(0, 3) : [...chunks, "data: [DONE]\n\n"];
      return new Response(sent.join(""), { headers: { "content-type": "text/event-stream" } });
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    get asked() {
      return asked;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
