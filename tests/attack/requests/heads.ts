/** Each hostile text in each header that is read, written down or handed on. */

import { hasControls, HOSTILE_TEXTS } from "../hostile_texts.ts";
import { type HostileInput, requestOf, wireOf } from "../hostile_input.ts";
import { SURFACES } from "../surfaces.ts";

interface HeaderPlace {
  readonly header: string;
  /** What becomes of a text that a header may hold. */
  readonly statuses: readonly number[];
}

const OK = [200];
const UNAUTHORIZED = [401];

/** Headers that nobody is let in or refused by. */
const HARMLESS = [
  "x-request-id",
  "x-client-request-id",
  "user-agent",
  "referer",
  "cookie",
  "accept",
  "accept-language",
  "accept-encoding",
  "traceparent",
  "tracestate",
  "baggage",
  "via",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "x-original-url",
  "x-http-method-override",
  "idempotency-key",
  "openai-beta",
  "openai-organization",
  "session_id",
  "x-session-id",
  "if-none-match",
  "range",
  "x-stainless-retry-count",
  "priority",
  "trailer",
  "te",
];

const PLACES: readonly HeaderPlace[] = [
  ...HARMLESS.map((header) => ({ header, statuses: OK })),
  { header: "authorization", statuses: UNAUTHORIZED },
  // Beside the right key; what has a space in it is no key.
  { header: "x-api-key", statuses: [200, 400] },
  { header: "x-weir-tags", statuses: [200, 400] },
  { header: "x-weir-cache", statuses: [200, 400] },
  // Ollama's clients need not say it.
  { header: "content-type", statuses: [200, 415] },
  { header: "content-encoding", statuses: [200, 400, 415] },
  { header: "expect", statuses: [200, 417] },
  { header: "origin", statuses: [200, 403] },
];

/** In turn, so that each header is read before each surface. */
const surfaceOf = (index: number) => SURFACES[index % SURFACES.length] ?? SURFACES[0]!;

/** White space alone is no value, so that the header says nothing. */
const isBlank = (text: string): boolean => /^[ \t]*$/.test(text);

export const hostileHeads: readonly HostileInput[] = PLACES.flatMap(({ header, statuses }, at) =>
  HOSTILE_TEXTS.map(({ name, text }, index): HostileInput => {
    const surface = surfaceOf(at + index);
    // Whole line ends make another header of the rest, or the body.
    const splits = text.includes("\r\n");
    const refused = !splits && hasControls(text);
    return {
      name: `${name} in ${header}`,
      statuses: refused
        ? [400]
        : splits || isBlank(text)
        ? [...statuses, 200, 400, 401, 415]
        : statuses,
      // Refused before anybody has looked for what the client speaks.
      errors: refused || header === "expect" ? "any" : surface.errors,
      wire: () =>
        requestOf({
          method: "POST",
          target: surface.path,
          headers: [...surface.headers, wireOf(`${header}: ${text}`)],
          body: wireOf(JSON.stringify(surface.body)),
        }),
    };
  })
);

/** Hosts that are none, or somebody else's. */
export const hostileHosts: readonly HostileInput[] = HOSTILE_TEXTS.filter(({ text }) =>
  // Two requests have two answers.
  !text.includes("\r\n\r\n")
).map(({ name, text }) => ({
  name: `${name} as the host`,
  statuses: [200, 400, 401],
  errors: "openai",
  wire: () => requestOf({ method: "GET", target: "/v1/models", host: wireOf(text) }),
}));

/** Methods that nobody knows; a space in one makes the target another. */
export const hostileMethods: readonly HostileInput[] = HOSTILE_TEXTS.map(({ name, text }) => ({
  name: `${name} as the method`,
  statuses: [400, 404, 405, 501, 505],
  errors: "openai",
  wire: () => requestOf({ method: wireOf(text), target: "/v1/models" }),
}));
