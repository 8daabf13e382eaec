/** Answers requests to providers from a recording. */

import { readBody } from "../bytes/read_whole.ts";
import type { CancelTimer, Clock } from "../core/clock.ts";
import { clientGone, GatewayError } from "../core/gateway_error.ts";
import { AnswerHeaders } from "../core/http/answer_headers.ts";
import type { Signal } from "../core/http/signal.ts";
import { isJsonObject, type JsonValue } from "../core/text/json.ts";
import type { Redact } from "../core/text/redactor.ts";
import type {
  ByteSource,
  ProviderRequest,
  ProviderResponse,
  StreamedBody,
} from "../core/provider/transport.ts";
import { type CanonicalBody, canonicalBody, firstDifference } from "./canonical_body.ts";
import { readCassette } from "./cassette_file.ts";
import { ExchangesToPlay, pathOf } from "./exchanges_to_play.ts";
import { readContent, readFailure, type RecordedExchange } from "./exchange.ts";
import type { CassetteOptions } from "./options.ts";

/** A miss, which no other target and no repetition mends. */
const MISS = "cassette_miss";
const MAX_WAIT_MS = 86_400_000;
/** Longest streamed request that is looked for in a recording. */
const MAX_REQUEST_BYTES = 1_073_741_824;

export interface PlayerParts {
  readonly clock: Clock;
  readonly redact: Redact;
  readonly options: Pick<CassetteOptions, "match" | "pace">;
}

/** One recording, and what of it has been played. */
export class CassettePlayer {
  readonly #path: string;
  readonly #exchanges: ExchangesToPlay;
  readonly #parts: PlayerParts;

  /** Throws `CassetteError`. */
  constructor(path: string, parts: PlayerParts) {
    this.#path = path;
    this.#exchanges = new ExchangesToPlay(readCassette(path).exchanges, parts.options.match);
    this.#parts = parts;
  }

  /** A `Transport`. Rejects with `cassette_miss` where the recording has no such exchange. */
  async send(request: ProviderRequest, signal: Signal): Promise<ProviderResponse> {
    if (signal.aborted) throw signal.reason;
    if (request.webSocket !== undefined) {
      throw this.#refusal("WebSockets are not recorded", "ask over HTTP");
    }
    const asked = canonicalBody(await bytesOf(request.body), this.#parts.redact);
    const exchange = this.#exchanges.take(request, asked.hash);
    if (exchange === undefined) throw this.#miss(request, asked);
    const { end } = exchange;
    if (end.how === "not_kept") throw this.#refusal(`${end.why}`, "raise it and record again");
    return await new Playback(exchange, this.#parts, signal).head();
  }

  #miss(request: ProviderRequest, asked: CanonicalBody): GatewayError {
    const what = `${request.method} ${pathOf(request.url)}`;
    const recorded = this.#exchanges.at(request);
    const nearest = nearestOf(recorded, jsonOf(asked.body));
    if (nearest === undefined) return this.#refusal(`It has no ${what}`, "record it");
    if (this.#parts.options.match === "order") {
      return this.#refusal(
        `All ${recorded.length} of ${what} have been played`,
        "record more of them",
      );
    }
    const difference = firstDifference(jsonOf(asked.body), jsonOf(nearest.request.body));
    const where = difference === undefined ? "" : `; the nearest differs at ${difference}`;
    return this.#refusal(
      `It has no ${what} with this body${where}`,
      'record it again, or set REPLAY_MATCH to "order"',
    );
  }

  #refusal(what: string, whatToDo: string): GatewayError {
    return new GatewayError(
      "invalid_request",
      `The recording ${this.#path} cannot answer. ${what}: ${whatToDo}`,
      { code: MISS, shouldRetry: false },
    );
  }
}

/** The first in which most members are the same. */
function nearestOf(
  exchanges: readonly RecordedExchange[],
  asked: JsonValue | undefined,
): RecordedExchange | undefined {
  const members = Object.entries(isJsonObject(asked) ? asked : {});
  let nearest: RecordedExchange | undefined;
  let most = -1;
  for (const exchange of exchanges) {
    const json = jsonOf(exchange.request.body);
    const same = isJsonObject(json)
      ? members.filter(([name, value]) => firstDifference(value, json[name]) === undefined).length
      : 0;
    if (same <= most) continue;
    nearest = exchange;
    most = same;
  }
  return nearest;
}

function jsonOf(body: CanonicalBody["body"]): JsonValue | undefined {
  return body !== undefined && "json" in body ? body.json : undefined;
}

async function bytesOf(body: Uint8Array<ArrayBuffer> | StreamedBody | undefined) {
  if (body === undefined) return new Uint8Array(0);
  if (body instanceof Uint8Array) return body;
  const { bytes, isCut } = await readBody(body.source, MAX_REQUEST_BYTES);
  if (!isCut) return bytes;
  throw new GatewayError(
    "body_too_large",
    "The request is too long to be looked for in a recording",
  );
}

/** One exchange that is being played. */
class Playback implements ByteSource {
  readonly #exchange: RecordedExchange;
  readonly #parts: PlayerParts;
  readonly #signal: Signal;
  readonly #startedMs: number;
  #next = 0;
  #cancelWait: CancelTimer = () => {};
  /** Ends a wait before its time. */
  #wake: () => void = () => {};
  #isCancelled = false;

  constructor(exchange: RecordedExchange, parts: PlayerParts, signal: Signal) {
    this.#exchange = exchange;
    this.#parts = parts;
    this.#signal = signal;
    this.#startedMs = parts.clock.nowMs();
    signal.addEventListener("abort", () => this.#stopWaiting());
  }

  async head(): Promise<ProviderResponse> {
    const { head } = this.#exchange;
    if (head === undefined) await this.#end();
    await this.#until(head?.ms ?? 0);
    // An answer that is complete has a head.
    if (head === undefined) throw clientGone();
    return { status: head.status, headers: new AnswerHeaders(head.headers), body: this };
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const chunk = this.#exchange.chunks[this.#next];
    if (chunk === undefined) return await this.#end();
    await this.#until(chunk.ms);
    this.#next += 1;
    return readContent(chunk);
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#stopWaiting();
  }

  /** Throws what it ended with. */
  async #end(): Promise<never | null> {
    const { end } = this.#exchange;
    if (end.how === "failed") {
      await this.#until(end.ms);
      throw readFailure(end.failure);
    }
    if (end.how === "complete") {
      await this.#until(end.ms);
      return null;
    }
    // What came after nobody waited for: silence, until nobody waits again.
    await this.#until(MAX_WAIT_MS, "recorded");
    throw clientGone();
  }

  /** Waits until so long after the request, as fast as the recording is played. Throws what ended the call. */
  async #until(atMs: number, pace = this.#parts.options.pace): Promise<void> {
    const { clock } = this.#parts;
    const speed = pace === "recorded" ? 1 : pace;
    const dueMs = speed === "instant" ? 0 : atMs / speed;
    const waitMs = this.#startedMs + dueMs - clock.nowMs();
    if (waitMs > 0 && !this.#isCancelled && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#cancelWait = clock.schedule(waitMs, resolve);
      });
    }
    if (this.#signal.aborted) throw this.#signal.reason;
    if (this.#isCancelled) throw clientGone();
  }

  #stopWaiting(): void {
    this.#cancelWait();
    this.#wake();
  }
}
