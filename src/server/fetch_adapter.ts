/**
 * Requests and answers as the types of Fetch, for handlers that are written for those. Making them costs
 * more than all else the server does for a call, so no call of a model passes here.
 *
 * @module
 */

import { AnswerHeaders } from "../core/http/answer_headers.ts";
import type { Signal } from "../core/http/signal.ts";
import type { AnswerSink, HttpAnswer, HttpRequest, StreamedAnswer } from "../core/http/http.ts";

/** Where a request names no host, as in HTTP/1.0. */
const NO_HOST = "localhost";

/** Aborts as the request does. Throws `TypeError` where the target makes no address. */
export function toRequest(request: HttpRequest): Request {
  const { method, body } = request;
  const origin = `${request.isSecure ? "https" : "http"}://${request.host || NO_HOST}`;
  const target = request.target === "*" ? "" : request.target;
  const hasBody = body !== null && method !== "GET" && method !== "HEAD";
  return new Request(`${origin}${target}`, {
    method,
    headers: [...request.headers],
    body: hasBody ? streamOf(body) : null,
    signal: abortSignalOf(request.signal),
  });
}

function abortSignalOf(signal: Signal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  return controller.signal;
}

export function fromResponse(response: Response): HttpAnswer {
  const headers = new AnswerHeaders(response.headers);
  const { status, body } = response;
  if (body === null) return { status, headers, body: null };
  const length = headers.get("content-length");
  return {
    status,
    headers,
    body: new StreamAnswer(body, length === null ? undefined : Number(length)),
  };
}

function streamOf(body: NonNullable<HttpRequest["body"]>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const bytes = await body.read();
      if (bytes === null) controller.close();
      else controller.enqueue(bytes);
    },
    cancel: () => body.cancel(),
  }, { highWaterMark: 0 });
}

/** Reads a stream only as fast as the client takes it. */
class StreamAnswer implements StreamedAnswer {
  readonly lengthBytes?: number;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>, lengthBytes: number | undefined) {
    this.#reader = stream.getReader();
    if (lengthBytes !== undefined) this.lengthBytes = lengthBytes;
  }

  start(sink: AnswerSink): void {
    this.#pump(sink).catch(() => sink.abort());
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {}); // It rejects where the stream has failed.
  }

  async #pump(sink: AnswerSink): Promise<void> {
    while (true) {
      const { value, done } = await this.#reader.read();
      if (done) return sink.end();
      await sink.write(value);
    }
  }
}
