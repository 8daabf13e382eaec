/** The runtime's HTTP server in front of a handler of plain objects. */

import type { AnswerHeaders } from "../../src/core/http/answer_headers.ts";
import {
  type AnswerSink,
  type HttpAnswer,
  type HttpHandler,
  type HttpRequest,
  isStreamed,
  type RequestBody,
  type StreamedAnswer,
  type WebSocketUpgrade,
} from "../../src/core/http/http.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { HeaderReader } from "../../src/core/provider/transport.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is no host, so that whoever judges hosts refuses it. */
const NO_HOST = "?";

/** Answers of the runtime's own making, such as that to an upgrade. */
const responses = new WeakMap<HttpAnswer, Response>();

export function answerOf(response: Response, headers: AnswerHeaders): HttpAnswer {
  const answer = { status: response.status, headers, body: null };
  responses.set(answer, response);
  return answer;
}

/** What `Deno.serve` calls. */
export function toServeHandler(handler: HttpHandler): Deno.ServeHandler<Deno.NetAddr> {
  return (request, info) => {
    const answer = handler(new RuntimeRequest(request, info.remoteAddr.hostname));
    return answer instanceof Promise ? answer.then(toResponse) : toResponse(answer);
  };
}

/** A request of the runtime as its own server would have read it. */
export class RuntimeRequest implements HttpRequest {
  readonly runtime: Request;
  readonly peerAddress: string;
  readonly target: string;
  readonly host: string;
  #body: RuntimeBody | undefined;

  constructor(runtime: Request, peerAddress = "127.0.0.1") {
    this.runtime = runtime;
    this.peerAddress = peerAddress;
    const { url, headers } = runtime;
    const authority = url.indexOf("//") + 2;
    const path = url.indexOf("/", authority);
    this.target = path < 0 ? "/" : url.slice(path);
    this.host = hostOf(url.slice(authority), headers.get("host") ?? "");
  }

  get method(): string {
    return this.runtime.method;
  }

  get headers(): HeaderReader {
    return this.runtime.headers;
  }

  get body(): RequestBody | null {
    const { body } = this.runtime;
    return body === null ? null : this.#body ??= new RuntimeBody(body);
  }

  get lengthBytes(): number | undefined {
    const length = this.runtime.headers.get("content-length");
    return length === null ? undefined : Number(length);
  }

  get isSecure(): boolean {
    return this.runtime.url.startsWith("https:");
  }

  get signal(): AbortSignal {
    return this.runtime.signal;
  }

  upgrade(): WebSocketUpgrade {
    throw new Error("The runtime's own upgrade is asked for elsewhere");
  }
}

/**
 * The runtime puts the Host in front of the target as it is, so a slash in it would choose the path. A target
 * that is a whole address names a host as well, which may be another one.
 */
function hostOf(address: string, host: string): string {
  if (host === "") return /^[\w.:[\]-]*(\/|$)/.test(address) ? host : NO_HOST;
  const next = address[host.length];
  if (next !== undefined && next !== "/") return NO_HOST;
  return address.toLowerCase().startsWith(host.toLowerCase()) ? host : NO_HOST;
}

class RuntimeBody implements RequestBody {
  readonly #reader: ReadableStreamDefaultReader<Bytes>;

  constructor(stream: ReadableStream<Bytes>) {
    this.#reader = stream.getReader();
  }

  takeWhole(): undefined {
    return undefined;
  }

  async read(): Promise<Bytes | null> {
    while (true) {
      const { value } = await this.#reader.read();
      if (value === undefined) return null;
      if (value.length > 0) return value;
    }
  }

  cancel(): void {
    this.#reader.cancel().catch(() => {}); // It rejects where the stream has failed.
  }
}

export function toResponse(answer: HttpAnswer): Response {
  const own = responses.get(answer);
  if (own !== undefined) return own;
  const { status, headers, body } = answer;
  const init = { status, headers: [...headers] };
  return new Response(isStreamed(body) ? streamOf(body) : body, init);
}

/** A streamed answer as a stream: begun by the first read, and then as far ahead as it is read. */
export function streamOf(answer: StreamedAnswer): ReadableStream<Bytes> {
  let sink: StreamSink | undefined;
  return new ReadableStream<Bytes>({
    pull: (controller) => {
      if (sink !== undefined) return sink.pull();
      sink = new StreamSink(controller);
      answer.start(sink);
      return sink.pulled();
    },
    cancel: () => {
      sink?.close();
      answer.cancel();
    },
  }, { highWaterMark: 0 });
}

class StreamSink implements AnswerSink {
  readonly #controller: ReadableStreamDefaultController<Bytes>;
  #isOver = false;
  #room: PromiseWithResolvers<void> | undefined;
  /** A pull that enqueues nothing is not called again, so it lasts until something was. */
  #pulling: PromiseWithResolvers<void> | undefined = Promise.withResolvers();

  constructor(controller: ReadableStreamDefaultController<Bytes>) {
    this.#controller = controller;
  }

  pull(): Promise<void> {
    this.#pulling = Promise.withResolvers();
    this.#room?.resolve();
    this.#room = undefined;
    return this.pulled();
  }

  pulled(): Promise<void> {
    return this.#pulling?.promise ?? Promise.resolve();
  }

  close(): void {
    this.#isOver = true;
    this.#room?.resolve();
    this.#done();
  }

  write(bytes: Bytes): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    this.#controller.enqueue(bytes);
    this.#done();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  end(): void {
    if (this.#isOver) return;
    this.#controller.close();
    this.close();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#controller.error(new GatewayError("client_closed", "The answer breaks off"));
    this.close();
  }

  #done(): void {
    this.#pulling?.resolve();
    this.#pulling = undefined;
  }
}
