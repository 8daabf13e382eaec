/** Calls over HTTP: what is asked, how the client behaves, and what it saw. */

import { parseAsPython } from "../faults/ends/ends.ts";
import type { Random } from "../../src/core/clock.ts";
import { FAULT_SCRIPTS } from "../faults/fault_scripts.ts";
import { promptOf } from "../faults/fault_provider.ts";
import { below } from "../transport/mutated_responses.ts";
import { KEY, LIMITED_KEY } from "./gateway.ts";
import type { Ledger, Seen } from "./ledger.ts";

/** With their shares. */
const KINDS = [
  { kind: "json", share: 24, path: "/v1/chat/completions", stream: false },
  { kind: "sse", share: 30, path: "/v1/chat/completions", stream: true },
  { kind: "inference", share: 10, path: "/api/v1/inference", stream: false },
  { kind: "inference_stream", share: 12, path: "/api/v1/inference/stream", stream: true },
  { kind: "embeddings", share: 8, path: "/v1/embeddings", stream: false },
  { kind: "passthrough", share: 10, path: "/v1/moderations", stream: false },
  { kind: "models", share: 6, path: "/v1/models", stream: false },
] as const;

export type HttpKind = typeof KINDS[number];

/** What the steady provider is asked for; most are well. */
const PROMPTS = [
  ...Array.from({ length: 12 }, () => "hi"),
  "[tokens=20]",
  "[tokens=200]",
  "[tokens=15] [pace=2]",
  "[slow=15]",
  "[comments=3]",
  "[500]",
  "[429] [retry-after=0]",
  "[error=2]",
  "[malformed=2]",
  "[empty]",
  "[nodone]",
  "[nofinish]",
];
/** One in so many waits for a clock of the gateway to run out. */
const STALL_EVERY = 400;
const FAULTS = Object.keys(FAULT_SCRIPTS);

export interface SoakClient {
  readonly url: string;
  readonly client: Deno.HttpClient;
  readonly ledger: Ledger;
  readonly random: Random;
}

export function pickKind(random: Random): HttpKind {
  let rest = below(100, random);
  for (const kind of KINDS) {
    if (rest < kind.share) return kind;
    rest -= kind.share;
  }
  return KINDS[0];
}

/** A prompt and the model that is to answer it. */
export function pickPrompt(
  id: string,
  random: Random,
): { readonly model: string; readonly content: string } {
  if (random() < 0.12) {
    const content = promptOf(FAULTS[below(FAULTS.length, random)] ?? "none", id);
    return { model: random() < 0.5 ? "faulty" : "both", content };
  }
  const content = below(STALL_EVERY, random) === 0
    ? "[stall=2]"
    : PROMPTS[below(PROMPTS.length, random)] ?? "hi";
  return { model: random() < 0.2 ? "both" : "steady", content };
}

/** Makes one call; what comes of it is in the books. */
export async function makeHttpCall(parts: SoakClient, id: string): Promise<void> {
  const { ledger, random } = parts;
  const { kind, path, stream } = pickKind(random);
  ledger.begin(id, kind);
  const controller = new AbortController();
  const leaves = random() < 0.15;
  // Before the answer, or with some of it.
  const chunks = leaves && random() < 0.5 ? 1 + below(4, random) : undefined;
  const timer = leaves && chunks === undefined
    ? setTimeout(() => controller.abort(), below(20, random))
    : undefined;
  const init = requestOf(parts, id, kind, stream);
  try {
    const response = await fetch(parts.url + path, {
      ...init,
      client: parts.client,
      signal: controller.signal,
    });
    if (chunks !== undefined) {
      await readSome(response, chunks);
      return ledger.end(id, { kind: "left" });
    }
    const seen = await readAnswer(response, kind);
    ledger.end(id, controller.signal.aborted ? { kind: "left" } : seen);
  } catch (thrown) {
    if (!(thrown instanceof TypeError || controller.signal.aborted)) throw thrown;
    ledger.end(id, { kind: controller.signal.aborted ? "left" : "broken" });
  } finally {
    clearTimeout(timer);
  }
}

function requestOf(
  { random }: SoakClient,
  id: string,
  kind: HttpKind["kind"],
  stream: boolean,
): RequestInit {
  const key = random() < 0.04 ? LIMITED_KEY : KEY;
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": "application/json",
    "x-request-id": id,
  };
  if (kind === "models") return { headers };
  const { model, content } = pickPrompt(id, random);
  const body = kind === "embeddings"
    ? { model, input: content }
    : { model, stream, messages: [{ role: "user", content }] };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/** Reads as many chunks as that, or all there are, and leaves. */
async function readSome(response: Response, chunks: number): Promise<void> {
  const reader = response.body?.getReader();
  try {
    for (let read = 0; read < chunks; read++) await reader?.read();
    await reader?.cancel();
  } catch {
    // It broke off before the client left.
  }
}

async function readAnswer(response: Response, kind: HttpKind["kind"]): Promise<Seen> {
  const { status, headers } = response;
  let text: string;
  try {
    text = await response.text();
  } catch {
    return { kind: "broken" };
  }
  if (status >= 400) {
    // What is handed through is the upstream's, codes included.
    return { kind: "error", status, ...(kind === "passthrough" ? {} : codeOf(text)) };
  }
  if (headers.get("content-type")?.startsWith("text/event-stream")) return endOfStream(text);
  // It is read along: an error that it states is its outcome, whatever its status, and in whatever form.
  if (kind === "passthrough") return { kind: /"error":\s*[{"]/.test(text) ? "failed" : "answered" };
  const { choices, data } = parseAsPython(text);
  if (choices === undefined && data === undefined) throw new Error(`Not an answer: ${text}`);
  return { kind: kind === "embeddings" || choices?.every(isFinished) ? "complete" : "unclear" };
}

/** In a word that every client knows. */
function isFinished({ finish_reason: reason }: { readonly finish_reason?: unknown }): boolean {
  return reason === "stop" || reason === "length";
}

/** The service's codes are numbers, and no part of the log. */
function codeOf(text: string): { readonly code?: string } {
  try {
    const code: unknown = JSON.parse(text).error?.code;
    return typeof code === "string" ? { code } : {};
  } catch {
    return {};
  }
}

function endOfStream(text: string): Seen {
  if (text.endsWith("data: [DONE]\n\n")) return { kind: "complete" };
  const last = /data: ?(\{[^\n]*\})\s*$/.exec(text)?.[1];
  // Its key may be spelt with escapes.
  if (last !== undefined && parseAsPython(last).error) return { kind: "failed" };
  throw new Error(`A stream without an end: ${text.slice(-300)}`);
}
