/** An observer in a test's hands, as text, and what it is given. */

import type { ObserveOptions, StreamProgress } from "../../../src/core/format.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { redactor } from "../../support/redactor.ts";
import { ENCODE_OPTIONS } from "../stream_cases.ts";

export const utf8 = new TextEncoder();
const FAILED = {
  kind: "failed",
  error: new GatewayError("upstream_truncated", "It broke off"),
} as const;

/** A `StreamTranslation` of text. */
export interface TextObserver {
  readonly progress: Readonly<StreamProgress>;
  push(text: string): string;
  flush(): string;
  complete(): string;
  fail(): string;
  keepAlive(form: "comment" | "chunk"): string;
}

export function observer(options: Partial<ObserveOptions> = {}): TextObserver {
  const observed = openaiChat.answer.streamObserver({
    choices: 1,
    maxEventBytes: 1_024,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
    ...options,
  });
  return {
    progress: observed.progress,
    push: (text: string) => decodeText(observed.push(utf8.encode(text))),
    flush: () => decodeText(observed.flush()),
    complete: () => decodeText(observed.close({ kind: "complete" })),
    fail: () => decodeText(observed.close(FAILED)),
    keepAlive: (form: "comment" | "chunk") => decodeText(observed.keepAlive(form)),
  };
}

export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export function content(text: string, extra = ""): string {
  return `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"${text}"},` +
    `"finish_reason":null}]${extra}}\n\n`;
}

export const FINISH =
  `data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`;
export const USAGE = `"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}`;
