/** Sends a request of the playground as any client does, and hands on each event as it comes. */

import { ownAddress } from "../../api/request.ts";
import { type Prepared, textAt } from "./surface.ts";

/** An event that no end comes of must not grow for ever. */
const MAX_FRAME = 4_000_000;

export interface Heard {
  /** The text of an event, or of the whole answer. */
  readonly onFrame: (text: string) => void;
  readonly onHead: (status: number, headers: Headers | undefined) => void;
}

/** Rejects where there is no answer; one that is an error is a frame as any other. */
export async function send(
  { path, headers, body }: Prepared,
  token: string | undefined,
  { onFrame, onHead }: Heard,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(ownAddress() + path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    // The session is for the admin API alone.
    credentials: "omit",
    body: JSON.stringify(body),
    signal,
  });
  onHead(response.status, response.headers);
  const type = response.headers.get("content-type") ?? "";
  if (response.body === null || !/event-stream|ndjson/.test(type)) {
    return onFrame(await response.text());
  }
  const separator = type.includes("ndjson") ? /\r?\n/ : /\r?\n\r?\n/;
  let held = "";
  for await (const text of textsOf(response.body)) {
    const frames = (held + text).split(separator);
    held = frames.pop() ?? "";
    if (held.length > MAX_FRAME) throw new Error("An event is too long to be shown");
    for (const frame of frames) if (frame !== "") onFrame(frame);
  }
  if (held !== "") onFrame(held);
}

/** Safari's streams cannot be gone through by `for await`. */
async function* textsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      yield decoder.decode(read.value, { stream: true });
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** The same over a connection of its own, which ends with the answer. */
export function sendOnSocket(
  { path, body }: Prepared,
  token: string | undefined,
  { onFrame, onHead }: Heard,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const address = ownAddress().replace(/^http/, "ws") + path;
    const key = token === undefined ? [] : [`bearer.${encodeURIComponent(token)}`];
    const socket = new WebSocket(address, ["weir", ...key]);
    signal.addEventListener("abort", () => socket.close());
    socket.onopen = () => {
      onHead(101, undefined);
      socket.send(JSON.stringify(body));
    };
    socket.onmessage = ({ data }) => {
      onFrame(String(data));
      if (isLast(String(data))) socket.close();
    };
    socket.onclose = ({ code }) =>
      code === 1005 || code === 1000 || signal.aborted
        ? resolve()
        : reject(new Error(`The connection was closed with ${code}`));
  });
}

function isLast(text: string): boolean {
  const message = parsed(text);
  return textAt(message, "type") === "error" || textAt(message, "data", "finish_reason") !== "";
}

/** What an event holds; `undefined` for what is no JSON, such as an end mark. */
export function parsed(frame: string): unknown {
  const lines = frame.split(/\r?\n/);
  const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5));
  try {
    return JSON.parse(data.length === 0 ? frame : data.join("\n"));
  } catch {
    return undefined;
  }
}
