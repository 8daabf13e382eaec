/**
 * How providers fail, with what they echo of the request and tell of themselves.
 *
 * @module
 */

const ENCODER = new TextEncoder();

/** By what stands last in the model's name or in the path. */
export const FAILURES: Readonly<Record<string, (request: Request) => Response>> = {
  "unauthorized": () => Response.json({ error: { message: "Incorrect API key" } }, { status: 401 }),
  "page": () => new Response("<html>Bad gateway</html>", { status: 502 }),
  "redirect": () => new Response(null, { status: 302, headers: { location: "http://x.invalid" } }),
  "garbage": () => new Response("{", { headers: { "content-type": "application/json" } }),
  "cut": () =>
    new Response(
      new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) }),
      { headers: { "content-type": "text/event-stream" } },
    ),
  "account": () =>
    Response.json({ error: "No", user_id: "planted-account-1" }, {
      status: 402,
      headers: {
        "x-venice-balance-usd": "planted-balance-2",
        "openai-organization": "planted-organization-3",
        "set-cookie": "session=planted-session-4",
      },
    }),
  "whole-key": (request) =>
    Response.json({
      error: {
        message: `Incorrect API key provided: ${keyOf(request)}. You can find it elsewhere.`,
        type: "invalid_request_error",
        param: keyOf(request),
        code: `bad-${keyOf(request)}`,
        [keyOf(request)]: [{ header: `Bearer ${keyOf(request)}` }],
      },
    }, { status: 401 }),
  "part-of-key": (request) => {
    const key = keyOf(request);
    const message = `Incorrect API key provided: ${key.slice(0, 11)}****${key.slice(-4)}; ` +
      `${key.slice(0, 10)}...; ${key.slice(0, 9)}…${key.slice(-2)}`;
    return Response.json({ error: { message } }, { status: 401 });
  },
  "escaped-key": (request) =>
    new Response(`{"error":{"message":"${keyOf(request).replaceAll("-", "\\u002d")}"}}`, {
      status: 403,
      headers: { "content-type": "application/json" },
    }),
  "key-given-twice": (request) =>
    new Response(`{"error":{"message":"${keyOf(request)}"},"error":{"message":"no"}}`, {
      status: 403,
      headers: { "content-type": "application/json" },
    }),
  "key-as-text": (request) => new Response(`bad key ${keyOf(request)}`, { status: 400 }),
  "key-in-page": (request) =>
    new Response(`<html>${keyOf(request)} at ${new URL(request.url).host}</html>`, { status: 502 }),
  "key-in-headers": (request) =>
    new Response("{}", {
      status: 429,
      headers: { "x-generation-id": `id-${keyOf(request)}`, etag: `"${keyOf(request)}"` },
    }),
  "host-and-stack": (request) =>
    Response.json({
      error: {
        message:
          `POST ${request.url} failed\n    at send (/srv/app.js:10:20)\n    at /srv/app.js:1:1`,
        stack: 'Traceback (most recent call last):\n  File "/srv/lib.py", line 1, in f\n',
      },
    }, { status: 500 }),
  "page-of-a-proxy": () =>
    new Response("<h1>No answer from 10.1.2.3:8080</h1>", {
      status: 503,
    }),
  "fault": (request) => Response.json({ error: { message: `key ${keyOf(request)}`, code: 401 } }),
  "first-of-stream": (request) => streamOf(errorEvent(request)),
  "mid-stream": (request) => streamOf(contentEvent("hello"), errorEvent(request)),
};

/** Which of them a request asks for. */
export async function failureOf(request: Request): Promise<string> {
  const last = new URL(request.url).pathname.split("/").at(-1) ?? "";
  if (request.method !== "POST") return last === "models" ? "whole-key" : last;
  const { model } = await request.json();
  return String(model).split("/").at(-1) ?? "";
}

function keyOf({ headers }: Request): string {
  return headers.get("authorization")?.replace("Bearer ", "") ?? "";
}

function errorEvent(request: Request): string {
  const message = `key ${keyOf(request)} of ${new URL(request.url).host}`;
  return `data: ${JSON.stringify({ error: { message, code: 502 } })}\n\n`;
}

function contentEvent(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
}

/** The events one by one, so that the first is on its way before the next is. */
function streamOf(...events: readonly string[]): Response {
  const rest = [...events];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const event = rest.shift();
      if (event === undefined) controller.close();
      else controller.enqueue(ENCODER.encode(event));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
