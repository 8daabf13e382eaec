/**
 * Plays one call: dispatch over a transport whose targets answer as they are told, on a clock that jumps.
 *
 * @module
 */

import type { Call, CallTrace } from "../../src/core/call.ts";
import type { Cooldown } from "../../src/core/provider/cooldown.ts";
import type { ClientFormats } from "../../src/core/format.ts";
import { GatewayError, toGatewayError } from "../../src/core/gateway_error.ts";
import type { Spending } from "../../src/core/ledger/spending.ts";
import type { Pacing } from "../../src/core/provider/pacing.ts";
import type { JsonObject } from "../../src/core/text/json.ts";
import { ANONYMOUS } from "../../src/core/principal.ts";
import type { ByteSource, Transport } from "../../src/core/provider/transport.ts";
import type { Operation, Provider, Route } from "../../src/core/provider/provider.ts";
import { ParsedBody } from "../../src/core/http/parsed_body.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiCompletions } from "../../src/formats/openai_completions/mod.ts";
import { openaiResponses } from "../../src/formats/openai_responses/mod.ts";
import { openaiEmbeddings } from "../../src/formats/openai_embeddings/mod.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { createAnswer } from "../../src/gateway/exchange.ts";
import type { Hedge } from "../../src/gateway/tries/hedge.ts";
import { ProviderKeys } from "../../src/gateway/tries/keys/provider_keys.ts";
import { UnspokenFormats } from "../../src/gateway/tries/sending/unspoken_formats.ts";
import { relayOptions } from "../../src/gateway/options.ts";
import { retryOptions } from "../../src/gateway/tries/retry.ts";
import { openaiStyle } from "../../src/providers/openai_style.ts";
import { toResponse } from "../support/http.ts";
import { redactor } from "../support/redactor.ts";
import { JumpingClock } from "./jumping_clock.ts";
import { type Answer, closed, type HttpAnswer, NOW_MS } from "./retry_cases.ts";

export interface PlayedTarget {
  readonly name: string;
  /** One for each try; the last of them for all that follow. */
  readonly answers: readonly Answer[];
  /** Changes of the upstream. */
  readonly provider?: Partial<Provider>;
  /** Its answers wait for it. */
  readonly answersAfter?: Promise<void>;
  /** Looking it up waits for it. */
  readonly resolvesAfter?: Promise<void>;
}

const FORMATS: Readonly<Record<Exclude<Operation, "hand_through">, ClientFormats>> = {
  chat: openaiChat,
  completions: openaiCompletions,
  embeddings: openaiEmbeddings,
  count_tokens: anthropicMessages,
  compact: openaiResponses,
};

/** Targets a, b, ... and what each answers, try by try. */
export function targetsOf(answers: readonly (readonly Answer[])[]): PlayedTarget[] {
  return answers.map((each, index) => ({ name: "abcdefgh"[index] ?? "", answers: each }));
}

export interface PlayOptions {
  readonly targets: readonly PlayedTarget[];
  readonly stream?: boolean | undefined;
  readonly idempotent?: boolean | undefined;
  readonly operation?: keyof typeof FORMATS | undefined;
  /** What the client speaks; OpenAI's by default. */
  readonly formats?: ClientFormats | undefined;
  /** Members of the body beside the model and the stream. */
  readonly body?: JsonObject | undefined;
  readonly maxRetries?: number | undefined;
  readonly clock?: JumpingClock | undefined;
  readonly cooldown?: Cooldown | undefined;
  readonly hedge?: Hedge | undefined;
  readonly unspoken?: UnspokenFormats | undefined;
  readonly keys?: ProviderKeys | undefined;
  readonly pacing?: Pacing | undefined;
  readonly spending?: Spending | undefined;
}

export interface Played {
  /** What was waited for, in milliseconds. */
  readonly waits: readonly number[];
  /** Names of the targets in the order of the tries, one word each, later ones included. */
  readonly tries: string;
  /** Status of the reply, `x-should-retry` and `after SECONDS` where they are sent. */
  readonly reply: string;
  /** Of the reply. */
  readonly body: string;
  readonly error: GatewayError | undefined;
  readonly trace: CallTrace;
  /** What was sent, try by try. */
  readonly sent: readonly JsonObject[];
  /** Names of the targets whose request was aborted. */
  readonly aborted: string;
}

/** Sends one call and lets time pass until it is answered. */
export async function playCall(options: PlayOptions): Promise<Played> {
  const { targets, stream = false, clock = new JumpingClock(NOW_MS) } = options;
  const [tries, aborted, sent]: [string[], string[], JsonObject[]] = [[], [], []];
  const transport: Transport = async (request, signal) => {
    const target = targets.find(({ name }) => request.url.hostname === `${name}.test`);
    const earlier = tries.filter((name) => name === target?.name).length;
    tries.push(target?.name ?? "");
    if (request.body instanceof Uint8Array) sent.push(parse(request.body));
    signal.addEventListener("abort", () => aborted.push(target?.name ?? ""));
    const answer = target?.answers[Math.min(earlier, target.answers.length - 1)];
    await target?.answersAfter;
    if (answer === "silence") {
      return await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    }
    if (answer === undefined || answer instanceof GatewayError) throw answer;
    const headers = new Headers({ "content-type": "application/json", ...answer.headers });
    return { status: answer.status ?? 200, headers, body: sourceOf(answer) };
  };
  const answer = createAnswer({
    transport,
    route: () => routeOf(targets),
    relay: relayOptions.parse({ totalTimeoutMs: 86_400_000 }),
    retry: retryOptions.parse(
      options.maxRetries === undefined ? {} : { maxRetries: options.maxRetries },
    ),
    cooldown: options.cooldown,
    hedge: options.hedge,
    redactor,
    watchAttempt: undefined,
    spending: options.spending,
    keys: options.keys ?? new ProviderKeys({ durationMs: 30_000 }, new Map()),
    unspoken: options.unspoken ?? new UnspokenFormats(clock),
    pacing: options.pacing,
    clock,
    random: () => 0.5,
    active: new ActiveCalls(),
  });
  const call = callOf(options, stream, clock.nowMs());
  let [reply, body]: [string | undefined, string] = [undefined, ""];
  let error: GatewayError | undefined;
  answer(call).then(async ({ answer }) => {
    body = await toResponse(answer).text();
    reply = String(answer.status);
  }).catch((thrown) => {
    error = toGatewayError(thrown);
    reply = describe(error);
  });
  const waits: number[] = [];
  while (true) {
    await new Promise((resolve) => setTimeout(resolve));
    if (reply !== undefined) {
      const { trace } = call;
      return {
        ...{ waits, reply, error, trace, sent, body },
        aborted: aborted.join(" "),
        get tries() {
          return tries.join(" ");
        },
      };
    }
    waits.push(clock.jump());
  }
}

function routeOf(targets: readonly PlayedTarget[]): Route {
  return targets.map(({ name, provider = {}, resolvesAfter }) => () => {
    const style = openaiStyle({ name, baseUrl: `http://${name}.test/v1`, reason: "" });
    const target = { provider: { ...style, ...provider }, model: "m" };
    return resolvesAfter?.then(() => target) ?? target;
  });
}

function parse(body: Uint8Array): JsonObject {
  return JSON.parse(new TextDecoder().decode(body));
}

function callOf(options: PlayOptions, stream: boolean, arrivedMs: number): Call {
  const json = { model: "m", stream, messages: [], ...options.body };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  return {
    id: "id",
    operation: options.operation ?? "chat",
    principal: ANONYMOUS,
    account: "203.0.113.7",
    surface: "test",
    formats: options.formats ?? FORMATS[options.operation ?? "chat"],
    model: "m",
    wantsStream: stream,
    body: new ParsedBody(json, bytes),
    bytes,
    headers: options.idempotent ? [["idempotency-key", "once"]] : [],
    signal: new AbortController().signal,
    arrivedMs,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  };
}

function describe({ status, shouldRetry, answer }: GatewayError): string {
  const after = answer?.headers.find(([name]) => name === "retry-after")?.[1];
  return `${status}${shouldRetry === undefined ? "" : ` ${shouldRetry}`}` +
    (after === undefined || shouldRetry === false ? "" : ` after ${after}`);
}

function sourceOf({ body, breaks }: HttpAnswer): ByteSource {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  let rest = bytes.length === 0 ? [] : [bytes];
  return {
    read: () => {
      const chunk = rest.shift();
      if (chunk === undefined && breaks) return Promise.reject(closed);
      return Promise.resolve(chunk ?? null);
    },
    cancel: () => void (rest = []),
  };
}
