/** Records every exchange with a provider as it happens. */

import { joinBytes } from "../bytes/read_whole.ts";
import type { Clock } from "../core/clock.ts";
import { type GatewayError, toGatewayError } from "../core/gateway_error.ts";
import type { Signal } from "../core/http/signal.ts";
import { credentialIn, type Redact, redactCredentials, redactText } from "../core/text/redactor.ts";
import type {
  ByteSource,
  HeaderList,
  HeaderReader,
  ProviderRequest,
  ProviderResponse,
  StreamedBody,
  Transport,
} from "../core/provider/transport.ts";
import { canonicalBody } from "./canonical_body.ts";
import {
  type RecordedChunk,
  type RecordedEnd,
  type RecordedExchange,
  type RecordedHead,
  writeContent,
  writeFailure,
} from "./exchange.ts";

/** What of a request's headers says what is asked; the rest says who asks. */
const REQUEST_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "anthropic-beta",
  "anthropic-version",
  "content-type",
  "openai-beta",
]);
/** Names a client to a provider. */
const HIDDEN_ANSWER_HEADER = "set-cookie";

export interface RecorderParts {
  readonly clock: Clock;
  readonly redact: Redact;
  readonly maxExchangeBytes: number;
  /** Told of each exchange when it is over. Must not throw. */
  readonly keep: (exchange: RecordedExchange) => void;
}

/** WebSockets are not recorded. */
export function recordTransport(transport: Transport, parts: RecorderParts): Transport {
  return async (request, signal) => {
    if (request.webSocket !== undefined) return await transport(request, signal);
    const exchange = new OpenExchange(parts, request, signal);
    let response: ProviderResponse;
    try {
      response = await transport(exchange.sent, signal);
    } catch (thrown) {
      exchange.fail(toGatewayError(thrown));
      throw thrown;
    }
    exchange.answered(response);
    return { ...response, body: new RecordedSource(response.body, exchange) };
  };
}

/** Bytes of one direction, up to a bound. */
class KeptBytes {
  readonly #maxBytes: number;
  #bytes = 0;
  isTooLong = false;
  readonly pieces: { readonly atMs: number; readonly bytes: Uint8Array<ArrayBuffer> }[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Copied: whoever reads them may do with them what they like. */
  add(bytes: Uint8Array<ArrayBuffer>, atMs: number): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#maxBytes) {
      this.isTooLong = true;
      this.pieces.length = 0;
    } else if (!this.isTooLong) {
      this.pieces.push({ atMs, bytes: bytes.slice() });
    }
  }

  get whole(): Uint8Array<ArrayBuffer> {
    return joinBytes(this.pieces.map(({ bytes }) => bytes), this.isTooLong ? 0 : this.#bytes);
  }
}

class OpenExchange {
  /** The request as it is to be sent, so that its body is heard where it streams. */
  readonly sent: ProviderRequest;
  readonly #parts: RecorderParts;
  readonly #signal: Signal;
  readonly #sentMs: number;
  readonly #sentAt: string;
  readonly #asked: KeptBytes;
  readonly #answer: KeptBytes;
  #head: RecordedHead | undefined;
  #isOver = false;

  constructor(parts: RecorderParts, request: ProviderRequest, signal: Signal) {
    const { clock, maxExchangeBytes } = parts;
    this.#parts = { ...parts, redact: withoutCredentials(parts.redact, request.headers) };
    this.#signal = signal;
    this.#sentMs = clock.nowMs();
    this.#sentAt = new Date(clock.epochMs()).toISOString();
    this.#asked = new KeptBytes(maxExchangeBytes);
    this.#answer = new KeptBytes(maxExchangeBytes);
    const { body } = request;
    if (body instanceof Uint8Array) this.#asked.add(body, 0);
    this.sent = body === undefined || body instanceof Uint8Array
      ? request
      : { ...request, body: this.#heard(body) };
  }

  answered({ status, headers }: ProviderResponse): void {
    const { redact } = this.#parts;
    this.#head = { ms: this.#ms(), status, headers: shownHeaders(headers, redact) };
  }

  read(bytes: Uint8Array<ArrayBuffer>): void {
    this.#answer.add(bytes, this.#ms());
  }

  complete(): void {
    this.#end({ how: "complete", ms: this.#ms() });
  }

  abandon(): void {
    this.#end({ how: "abandoned", ms: this.#ms() });
  }

  fail(error: GatewayError): void {
    // Nothing failed for a provider whose call was ended from this side.
    if (this.#signal.aborted) return this.abandon();
    const failure = writeFailure(error, this.#parts.redact(error.message));
    this.#end({ how: "failed", ms: this.#ms(), failure });
  }

  #heard(body: StreamedBody): StreamedBody {
    const { source } = body;
    const read = async (): Promise<Uint8Array<ArrayBuffer> | null> => {
      const bytes = await source.read();
      if (bytes !== null) this.#asked.add(bytes, 0);
      return bytes;
    };
    return { ...body, source: { read, cancel: () => source.cancel() } };
  }

  #end(end: RecordedEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { redact, keep } = this.#parts;
    const { method, url, headers } = this.sent;
    const isTooLong = this.#asked.isTooLong || this.#answer.isTooLong;
    const why = "It was longer than RECORD_MAX_EXCHANGE_BYTES";
    keep({
      request: {
        at: this.#sentAt,
        method,
        url: redact(url.href),
        headers: askedHeaders(headers, redact),
        ...canonicalBody(this.#asked.whole, redact),
      },
      ...(this.#head !== undefined && { head: this.#head }),
      chunks: isTooLong ? [] : this.#chunks(),
      end: isTooLong ? { how: "not_kept", ms: end.ms, why } : end,
    });
  }

  /** One by one as they came, but for an answer with a secret in it, which may lie across several. */
  #chunks(): readonly RecordedChunk[] {
    const { pieces } = this.#answer;
    const [first] = pieces;
    if (first === undefined) return [];
    const { whole } = this.#answer;
    const content = writeContent(whole);
    const text = "text" in content ? content.text : new TextDecoder("latin1").decode(whole);
    const shown = redactText(text, this.#parts.redact);
    if (shown !== text) return [{ ms: first.atMs, text: shown }];
    return pieces.map(({ atMs, bytes }) => ({ ms: atMs, ...writeContent(bytes) }));
  }

  #ms(): number {
    return Math.round((this.#parts.clock.nowMs() - this.#sentMs) * 10) / 10;
  }
}

/** Headers that hold who asks, which a provider may repeat. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  "api-key",
  "authorization",
  "x-api-key",
  "x-goog-api-key",
]);
/** Shorter ones are words, which stand in texts by chance. */
const MIN_CREDENTIAL_CHARACTERS = 8;

/** Those of a client's own are in no configuration. */
function withoutCredentials(redact: Redact, headers: HeaderList): Redact {
  const values = headers.filter(([name]) => CREDENTIAL_HEADERS.has(name))
    .map(([, value]) => value)
    .filter((value) => credentialIn(value).length >= MIN_CREDENTIAL_CHARACTERS);
  return redactCredentials(redact, values);
}

function askedHeaders(headers: HeaderList, redact: Redact): [string, string][] {
  return headers.filter(([name]) => REQUEST_HEADERS.has(name)).map(([name, value]) => [
    name,
    redact(value),
  ]);
}

function shownHeaders(headers: HeaderReader, redact: Redact): [string, string][] {
  return [...headers].filter(([name]) => name !== HIDDEN_ANSWER_HEADER).map(([name, value]) => [
    name,
    redact(value),
  ]);
}

class RecordedSource implements ByteSource {
  readonly #source: ByteSource;
  readonly #exchange: OpenExchange;

  constructor(source: ByteSource, exchange: OpenExchange) {
    this.#source = source;
    this.#exchange = exchange;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const bytes = await this.#source.read();
      if (bytes === null) this.#exchange.complete();
      else this.#exchange.read(bytes);
      return bytes;
    } catch (thrown) {
      this.#exchange.fail(toGatewayError(thrown));
      throw thrown;
    }
  }

  takeWhole(): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#source.takeWhole?.();
    if (bytes === undefined) return undefined;
    if (bytes.length > 0) this.#exchange.read(bytes);
    this.#exchange.complete();
    return bytes;
  }

  cancel(): void {
    this.#source.cancel();
    this.#exchange.abandon();
  }
}
