/**
 * A gateway with two targets for one model, each a provider of the test.
 *
 * @module
 */

import type { Program } from "./program.ts";

/** Tags are meant for the first target; the second one answers as if there were none. */
export const withoutTags = (body: string): string => body.replaceAll(/\[[a-z0-9=-]+\]/g, "");

/** The environment with `both`, `one` (the second target alone) and `failing` (the first alone). */
export function twoTargets(
  first: { readonly baseUrl: string },
  second: { readonly baseUrl: string },
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    MAX_RETRIES: "0",
    UPSTREAM_FIRST_BASE_URL: first.baseUrl,
    UPSTREAM_SECOND_BASE_URL: second.baseUrl,
    MODEL_ALIASES: "both=first/model|second/model,one=second/model,failing=first/model",
    ...env,
  };
}

export interface Answer {
  readonly status: number;
  readonly upstream: string | null;
  readonly attempts: string | null;
  readonly headers: Headers;
  readonly text: string;
}

/** With a seed the fake LLM says the same, byte for byte. */
export async function ask(
  weir: Pick<Program, "url">,
  model: string,
  content: string,
  stream = false,
): Promise<Answer> {
  const response = await post(weir, { model, content, stream });
  const { status, headers } = response;
  return {
    status,
    headers,
    upstream: headers.get("x-weir-upstream"),
    attempts: headers.get("x-weir-attempts"),
    text: await response.text(),
  };
}

export function post(
  weir: Pick<Program, "url">,
  { model, content, stream, signal }: {
    readonly model: string;
    readonly content: string;
    readonly stream: boolean;
    readonly signal?: AbortSignal;
  },
): Promise<Response> {
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, stream, seed: 7, messages: [{ role: "user", content }] }),
    ...(signal && { signal }),
  });
}
