/**
 * A transport over the runtime's `fetch`: the measure that the own client is held against.
 *
 * What `fetch` cannot do is listed with the contract suite (tests/transport/contract_test.ts).
 *
 * @module
 */

import type { Signal } from "../../src/core/http/signal.ts";
import { bodyIsSilent } from "../../src/bytes/client_body.ts";
import type { CancelTimer, Clock } from "../../src/core/clock.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { InflatedSource } from "../../src/bytes/inflated_source.ts";
import type {
  ByteSource,
  ProviderRequest,
  ProviderResponse,
} from "../../src/core/provider/transport.ts";
import {
  abortReason,
  cancelled,
  closedBeforeHeaders,
  closedWithinBody,
  connectFailure,
  corruptBody,
  invalidResponse,
  textOf,
  timedOut,
  unknownContentEncoding,
} from "../../src/transport/failures.ts";
import { contentCodingOf, incomingHeaders, outgoingFields } from "../../src/transport/headers.ts";
import { OutgoingBody } from "../../src/transport/outgoing_body.ts";
import { checkHost } from "../../src/transport/address/address_rules.ts";
import { isChunked } from "../../src/transport/response/response_head.ts";
import { proxyFor } from "../../src/transport/address/proxy.ts";
import type { TransportClient } from "../../src/transport/http1_transport.ts";
import type { TransportOptions } from "../../src/transport/transport_options.ts";

const READ_BYTES = 16_384;

/** Makes a transport of `fetch`. */
export function createFetchTransport(options: TransportOptions, clock: Clock): TransportClient {
  const direct = createHttpClient(options, undefined);
  const proxied = options.httpsProxy === undefined
    ? undefined
    : createHttpClient(options, options.httpsProxy);
  let isClosed = false;
  return {
    send: async (request, signal) => {
      const usesProxy = proxyFor(request.url, options) !== undefined;
      const client = usesProxy ? proxied ?? direct : direct;
      const outgoing = OutgoingBody.of(request);
      try {
        checkHost(request.url, options);
        return await send(request, outgoing, signal, { options, clock, client });
      } catch (error) {
        outgoing?.cancel();
        throw error;
      }
    },
    close: () => {
      if (isClosed) return; // The runtime throws the second time.
      isClosed = true;
      direct.close();
      proxied?.close();
    },
  };
}

function createHttpClient(options: TransportOptions, proxyUrl: string | undefined) {
  return Deno.createHttpClient({
    caCerts: options.caCerts,
    poolMaxIdlePerHost: options.maxIdleConnectionsPerOrigin,
    poolIdleTimeout: options.idleConnectionMs,
    ...(proxyUrl === undefined ? {} : { proxy: { url: proxyUrl } }),
  });
}

interface FetchContext {
  readonly options: TransportOptions;
  readonly clock: Clock;
  readonly client: Deno.HttpClient;
}

async function send(
  request: ProviderRequest,
  outgoing: OutgoingBody | undefined,
  signal: Signal,
  { options, clock, client }: FetchContext,
): Promise<ProviderResponse> {
  if (signal.aborted) throw abortReason(signal);
  const headers = headersOf(outgoingFields(request.headers));
  const controller = new AbortController();
  const onAbort = () => controller.abort(abortReason(signal));
  const release = () => {
    signal.removeEventListener("abort", onAbort);
    outgoing?.cancel(); // The runtime reads it on, whatever becomes of the answer.
  };
  signal.addEventListener("abort", onAbort);
  // `fetch` does not tell when it is connected, so the two clocks run as one.
  const timeoutMs = options.connectTimeoutMs + options.headersTimeoutMs;
  const silence = new Silence(clock, timeoutMs, () =>
    controller.abort(
      outgoing?.isWaiting ? bodyIsSilent(timeoutMs) : timedOut("sent no answer", timeoutMs),
    ));
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: request.method,
      headers,
      ...bodyOf(request, outgoing, silence),
      redirect: "manual", // A redirect could carry our credentials elsewhere.
      signal: controller.signal,
      client,
    });
  } catch (thrown) {
    const failure = outgoing?.failure;
    release();
    if (controller.signal.aborted) throw controller.signal.reason;
    throw thrown instanceof GatewayError ? thrown : failure ?? headFailure(thrown);
  } finally {
    silence.end();
  }
  const body = new FetchBody(response.body, controller, release);
  const fault = faultOf(response);
  if (fault !== undefined) {
    body.cancel();
    throw invalidResponse(fault);
  }
  const encoding = response.body === null ? null : response.headers.get("content-encoding");
  const length = encoding === null ? response.headers.get("content-length") : null;
  return {
    status: response.status,
    headers: incomingHeaders([...response.headers]),
    ...(length !== null && { lengthBytes: Number(length) }),
    body: encoding === null
      ? body
      : decodedBody(body, encoding, headers.get("accept-encoding") ?? ""),
  };
}

/** A bound on a silence, until it is ended for good. */
class Silence {
  readonly #clock: Clock;
  readonly #boundMs: number;
  readonly #onTooLong: () => void;
  #cancelTimer: CancelTimer = () => {};
  #isOver = false;

  constructor(clock: Clock, boundMs: number, onTooLong: () => void) {
    this.#clock = clock;
    this.#boundMs = boundMs;
    this.#onTooLong = onTooLong;
    this.begin();
  }

  /** Something happened: the silence begins anew. */
  begin(): void {
    this.#cancelTimer();
    if (!this.#isOver) this.#cancelTimer = this.#clock.schedule(this.#boundMs, this.#onTooLong);
  }

  end(): void {
    this.#isOver = true;
    this.#cancelTimer();
  }
}

/** A stream goes out in chunks, also where its length is known: the runtime has no other way. */
function bodyOf(
  { body }: ProviderRequest,
  outgoing: OutgoingBody | undefined,
  silence: Silence,
): RequestInit & { readonly duplex?: "half" } {
  if (outgoing === undefined) return { body: body instanceof Uint8Array ? body : null };
  async function* chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (let bytes; (bytes = await outgoing?.next() ?? null) !== null;) {
      yield bytes;
      silence.begin();
    }
  }
  return { body: ReadableStream.from(chunks()), duplex: "half" };
}

/** What the runtime lets pass and the own client does not. */
function faultOf({ status, headers }: Response): string | undefined {
  if (status < 200 || status > 599) return `its status is ${status}`;
  const transferEncoding = headers.get("transfer-encoding");
  if (transferEncoding === null) return undefined;
  if (headers.has("content-length")) return "it has both Content-Length and Transfer-Encoding";
  if (isChunked(transferEncoding)) return undefined;
  return "it has a transfer encoding other than chunked";
}

/**
 * The body without its content encoding.
 *
 * Deno 2.4 undoes gzip and brotli always and drops the header. Deno 2.9 keeps the header, and
 * undoes them only where the request asked for them, which a server may not have heeded (T44).
 */
function decodedBody(body: ByteSource, contentEncoding: string, asked: string): ByteSource {
  const coding = contentCodingOf(contentEncoding);
  if (coding === "identity") return body;
  if (coding !== "other" && asked.includes(coding)) return body;
  if (coding === "gzip") return new InflatedSource(body, "gzip", corruptBody);
  body.cancel();
  throw unknownContentEncoding();
}

/** Reads with a buffer of its own: half the cost of letting the runtime allocate each chunk. */
class FetchBody implements ByteSource {
  readonly #reader: ReadableStreamBYOBReader | null;
  readonly #controller: AbortController;
  readonly #onEnd: () => void;
  #buffer: ArrayBuffer | undefined;
  #failure: GatewayError | undefined;
  #isDone: boolean;

  constructor(
    body: ReadableStream<Uint8Array> | null,
    controller: AbortController,
    onEnd: () => void,
  ) {
    this.#reader = body?.getReader({ mode: "byob" }) ?? null;
    this.#controller = controller;
    this.#onEnd = onEnd;
    this.#isDone = this.#reader === null;
    if (this.#isDone) onEnd();
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isDone || this.#reader === null) return null;
    try {
      const buffer = this.#buffer ?? new ArrayBuffer(READ_BYTES);
      const { done, value } = await this.#reader.read(new Uint8Array(buffer));
      if (this.#failure !== undefined) throw this.#failure;
      if (done || value === undefined) {
        this.#isDone = true;
        this.#onEnd();
        return null;
      }
      this.#buffer = value.buffer;
      return value.slice();
    } catch (thrown) {
      throw this.#fail(thrown);
    }
  }

  cancel(): void {
    if (!this.#isDone) this.#end(cancelled());
  }

  #fail(thrown: unknown): GatewayError {
    const { signal } = this.#controller;
    return this.#end(signal.aborted ? signal.reason : bodyFailure(thrown));
  }

  /** Keeps the first failure and lets the connection go. */
  #end(failure: GatewayError): GatewayError {
    if (this.#failure !== undefined) return this.#failure;
    this.#failure = failure;
    this.#onEnd();
    this.#controller.abort(failure);
    this.#reader?.cancel().catch(() => {}); // It rejects with the reason of the abort.
    return failure;
  }
}

function headFailure(thrown: unknown): GatewayError {
  const text = textOf(thrown);
  if (/\(Connect\)/.test(text)) return connectFailure(thrown);
  if (/\bparsed\b|too large/.test(text)) return invalidResponse("it is not valid HTTP");
  if (/\(SendRequest\)|os error/.test(text)) return closedBeforeHeaders(thrown);
  return connectFailure(thrown);
}

function bodyFailure(thrown: unknown): GatewayError {
  if (/gzip|deflate|brotli|invalid (data|input)/i.test(textOf(thrown))) {
    return corruptBody(thrown);
  }
  return closedWithinBody(thrown);
}

function headersOf(lines: string): Headers {
  return new Headers(
    lines.split("\r\n").filter((line) => line !== "").map((line): [string, string] => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
}
