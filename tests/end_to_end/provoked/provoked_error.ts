/** An error that is provoked through the real program, and what docs/failures.md says of it. */

/** Who has to do something about it. */
export type Actor = "caller" | "operator" | "provider";

export interface ProvokedError {
  /** What happened, for the page. */
  readonly title: string;
  readonly actor: Actor;
  readonly status: number;
  readonly code: string;
  /** POST by default where there is a body. */
  readonly method?: string;
  /** Of chats by default. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or what is sent as it is; a short chat where neither it nor `model` is given. */
  readonly body?: BodyInit | Readonly<Record<string, unknown>>;
  /** Model of a short chat. */
  readonly model?: string;
  /** Members of that chat beyond its messages. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Bytes on a connection of its own, for what no client would send. */
  readonly wire?: string;
}

/** What was answered. */
export interface Answered {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** None takes so long, unless it is not answered at all. */
const TIMEOUT_MS = 60_000;
const CHAT = "/v1/chat/completions";

/** Provokes it. */
export async function provoke(url: string, error: ProvokedError): Promise<Answered> {
  if (error.wire !== undefined) return await provokeByWire(url, error.wire);
  const { path = CHAT, model = "any", fields = {}, headers = {}, body } = error;
  const isPlain = body === undefined || !isText(body);
  const method = error.method ?? "POST";
  const response = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { ...(method === "POST" && { "content-type": "application/json" }), ...headers },
    ...(method !== "GET" && {
      body: isPlain
        ? JSON.stringify(body ?? { model, messages: [{ role: "user", content: "hi" }], ...fields })
        : body as BodyInit,
    }),
  });
  return read(response.status, await response.text());
}

function isText(body: NonNullable<ProvokedError["body"]>): boolean {
  return typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
}

async function provokeByWire(url: string, wire: string): Promise<Answered> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(wire));
  const text = await new Response(connection.readable).text();
  const [head = "", body = ""] = text.split("\r\n\r\n");
  return read(Number(head.split(" ")[1]), body);
}

/** In whichever form the error is: each API has its own. */
function read(status: number, text: string): Answered {
  const start = text.startsWith("data: ") ? text.slice(6, text.indexOf("\n")) : text;
  const body = JSON.parse(start);
  const error = typeof body.error === "object" && body.error !== null ? body.error : body;
  // Gemini's code is the status, and its word for it stands beside; Ollama has none.
  const code = [error.code, error.type, error.status].find((code) => typeof code === "string");
  return {
    status,
    code: code ?? String(status),
    message: String(error.message ?? body.error),
  };
}
