/** Plain requests and answers out of the runtime's, and back, for tests that are written in those. */

import { type HttpAnswer, isStreamed, type StreamedAnswer } from "../../src/core/http/http.ts";
import type { ByteSource } from "../../src/core/provider/transport.ts";
import { RuntimeRequest, streamOf } from "./runtime_adapter.ts";

export { streamOf, toResponse } from "./runtime_adapter.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** @param path With its query. */
export function requestOf(path: string, init: RequestInit = {}): RuntimeRequest {
  const headers = new Headers(init.headers);
  const host = headers.get("host") ?? "weir";
  headers.set("host", host);
  return new RuntimeRequest(new Request(`http://${host}${path}`, { ...init, headers }));
}

/** What a client reads of an answer. */
export function streamOfBody(body: HttpAnswer["body"]): ReadableStream<Bytes> {
  if (isStreamed(body)) return streamOf(body);
  const { body: stream } = new Response(body);
  if (stream === null) throw new Error("There is no body");
  return stream;
}

/** A stream as a request's body comes in. */
export function sourceOf(stream: ReadableStream<Bytes>): ByteSource {
  const { body } = new RuntimeRequest(
    new Request("http://weir/", { method: "POST", body: stream }),
  );
  if (body === null) throw new Error("There is no body");
  return body;
}

/** A stream as an answer that is written as it comes. */
export function answerOf(stream: ReadableStream<Bytes>): StreamedAnswer {
  const reader = stream.getReader();
  return {
    start: async (sink) => {
      try {
        for (let read; !(read = await reader.read()).done;) await sink.write(read.value);
        sink.end();
      } catch {
        sink.abort();
      }
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}
