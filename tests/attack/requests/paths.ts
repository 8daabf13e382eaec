/** Each hostile text in each part of an address that is taken apart, looked up or handed on. */

import { escaped, HOSTILE_TEXTS } from "../hostile_texts.ts";
import { type HostileInput, requestOf, wireOf } from "../hostile_input.ts";
import type { ErrorShape } from "../surfaces.ts";

interface PathPlace {
  readonly name: string;
  readonly method?: string;
  readonly target: (text: string) => string;
  readonly statuses: readonly number[];
  readonly errors?: ErrorShape;
  readonly headers?: readonly string[];
  readonly body?: string;
}

const MESSAGES = { errors: "messages", headers: ["anthropic-version: 2023-06-01"] } as const;

const PLACES: readonly PathPlace[] = [
  { name: "the path", target: (text) => `/${text}`, statuses: [200, 308, 400, 404] },
  {
    name: "a path that is handed through",
    target: (text) => `/v1/${text}`,
    statuses: [200, 400, 404],
  },
  {
    name: "a path below the prefix",
    target: (text) => `/api/v1/${text}/things`,
    statuses: [200, 400, 404],
  },
  { name: "a model's id", target: (text) => `/v1/models/${text}`, statuses: [200, 400, 404] },
  {
    name: "a model's id in Messages",
    target: (text) => `/anthropic/v1/models/${text}`,
    statuses: [200, 400, 404],
    ...MESSAGES,
  },
  {
    name: "a response's id",
    target: (text) => `/v1/responses/${text}`,
    statuses: [200, 400, 404, 405],
  },
  {
    name: "the items of a response",
    target: (text) => `/v1/responses/resp_a/input_items?after=${text}&limit=${text}`,
    statuses: [400, 404],
  },
  {
    name: "a model of Gemini",
    method: "POST",
    target: (text) => `/v1beta/models/${text}:generateContent`,
    statuses: [200, 400, 404, 405],
    errors: "gemini",
    body: `{"contents":[{"parts":[{"text":"hi"}]}]}`,
  },
  {
    name: "a method of Gemini",
    method: "POST",
    target: (text) => `/v1beta/models/m:${text}`,
    statuses: [200, 400, 404],
    errors: "gemini",
    body: `{"contents":[{"parts":[{"text":"hi"}]}]}`,
  },
  {
    name: "a deployment of Azure",
    method: "POST",
    target: (text) => `/openai/deployments/${text}/chat/completions?api-version=${text}`,
    statuses: [200, 400, 404, 405],
    body: `{"messages":[{"role":"user","content":"hi"}]}`,
  },
  {
    name: "the cursor of a list",
    target: (text) => `/v1/models?after=${text}`,
    statuses: [200, 400],
  },
  {
    name: "the name of a parameter",
    target: (text) => `/api/v1/models?${text}=1`,
    statuses: [200, 400],
    errors: "service",
  },
  {
    name: "a filter of the service",
    target: (text) => `/api/v1/models/search?q=${text}&limit=${text}&sort=${text}`,
    statuses: [200, 400, 404, 414],
    errors: "service",
  },
  {
    name: "a key in the address",
    target: (text) => `/v1beta/models?key=${text}`,
    statuses: [200, 400, 401],
    errors: "gemini",
    headers: ["authorization: none"],
  },
  {
    name: "a file of the console",
    target: (text) => `/console/${text}`,
    statuses: [200, 303, 400, 404],
  },
  { name: "a check of health", target: (text) => `/healthz/${text}`, statuses: [200, 400, 404] },
];

/** What ends a line of a request, or parts it, makes it another one. */
const partsLine = (text: string): boolean => /[^\x21-\x7e]/.test(text);

/** A line with more than its three words, or with bytes that are none of a target. */
const RAW: readonly number[] = [400, 404, 414, 505];

export const hostilePaths: readonly HostileInput[] = PLACES.flatMap((place) =>
  HOSTILE_TEXTS.flatMap(({ name, text }) => {
    const { method = "GET", headers = [], body, errors = "openai", statuses } = place;
    const input = (how: string, written: string, allowed: readonly number[]): HostileInput => ({
      name: `${name} as ${place.name}${how}`,
      statuses: allowed,
      errors: allowed === RAW ? "openai" : errors,
      wire: () =>
        requestOf({
          method,
          target: place.target(written),
          headers,
          ...(body !== undefined && { body }),
        }),
    });
    return [
      input("", escaped(text), statuses),
      ...(partsLine(text) ? [input(", not escaped", wireOf(text), RAW)] : []),
    ];
  })
);
