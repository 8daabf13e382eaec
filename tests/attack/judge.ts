/** What must hold of every answer, of the log and of the metrics, whatever was sent. */

import { assert, assertEquals } from "@std/assert";
import type { MetricsPage } from "../support/metrics.ts";
import { decoded, type RawAnswer } from "./raw_answer.ts";
import type { ErrorShape } from "./surfaces.ts";

/** Planted where they belong, and looked for everywhere else. */
export const SECRETS = {
  upstream: "sk-planted-upstream-a7c1",
  client: "weir-planted-client-b8d2",
  admin: "planted-admin-key-c9e3",
  reader: "planted-reader-key-d0f4",
  metrics: "planted-metrics-key-e1a5",
} as const;

/** Longest answer of an error: nothing that was sent is repeated at length. */
const MAX_ERROR_CHARACTERS = 8_192;
/** A provider's own may have its text in each place of it. */
const MAX_PROVIDERS_CHARACTERS = 16_384;
/** What a failure is called, by a provider too. */
const MAX_NAME_CHARACTERS = 128;
const MAX_LOG_LINE_CHARACTERS = 8_192;
/** What tells of the machine: stack traces, files, and the upstream's address. */
const REVEALING =
  /\n\s+at |file:\/\/\/(?!etc\/p)|\.ts:\d|\.js:\d+:\d|\bext:|\bnode:|127\.0\.0\.1:\d/;
/** What no answer says, and what would be there if a text had become a header. */
const FORBIDDEN_HEADERS = /^(x-evil|set-cookie|x-forged|server|x-powered-by)$/;

export function assertNoSecret(text: string, where: string): void {
  for (const secret of Object.values(SECRETS)) {
    assert(!text.includes(secret), `A secret is in ${where}: ${text.slice(0, 400)}`);
  }
}

/**
 * Of an answer to one request.
 *
 * @param mayBeProviders An error may be the provider's own, in whatever words it has.
 * @param mayBe500 The provider may have answered so.
 */
export function assertSound(
  { status, headers, body, isWhole, rest }: RawAnswer,
  shape: ErrorShape,
  mayBeProviders = false,
  mayBe500 = mayBeProviders,
): void {
  assertEquals(rest.slice(0, 200), "", "There is more than one answer");
  for (const [name] of headers) assert(!FORBIDDEN_HEADERS.test(name), `It has ${name}`);
  assertNoSecret(`${JSON.stringify(headers)}\n${body}`, "the answer");
  if (status === 0 || status < 400) return;
  assert(mayBe500 || status !== 500, `A bug: ${body.slice(0, 400)}`);
  assert(isWhole, "The error is cut off");
  const maxCharacters = mayBeProviders ? MAX_PROVIDERS_CHARACTERS : MAX_ERROR_CHARACTERS;
  assert(body.length < maxCharacters, `The error has ${body.length} bytes`);
  assert(!REVEALING.test(body), `The error tells of the machine: ${body}`);
  if (!mayBeProviders) assertError(decoded(body), shape);
}

/** Clients find what they look for in an error: a sentence, and a word for it where their API has words. */
export function assertError(text: string, shape: ErrorShape): void {
  const body = JSON.parse(text, (name, value) => {
    const isName = typeof value === "string" && /^(code|type|status)$/.test(name);
    if (isName) assert(value.length <= MAX_NAME_CHARACTERS, `A ${name} of ${value.length}`);
    return value;
  });
  const { error } = body;
  if (shape === "any" && typeof error === "string") return;
  if (shape === "ollama") return assertText(error, text);
  assertText(error?.message, text);
  if (shape === "openai") assertText(error.code, text);
  if (shape === "messages") {
    assertEquals(body.type, "error", text);
    assertText(error.type, text);
  }
  if (shape === "gemini") {
    assertText(error.status, text);
    assert(Number.isInteger(error.code), text);
  }
  if (shape === "service") assertText(error.type, text);
}

function assertText(value: unknown, error: string): void {
  assert(typeof value === "string" && value.length > 0, `No error of this API: ${error}`);
}

/** There is nothing in it that a terminal would act upon. */
export function assertPrintable(line: string): void {
  // deno-lint-ignore no-control-regex -- They are what is looked for.
  assert(!/[\x00-\x1f\x7f-\x9f]/.test(line), line);
}

/** A line that is JSON is a whole one, and by Weir itself. */
export function assertLogLine(line: string): void {
  assertNoSecret(line, "the log");
  if (!line.startsWith("{")) return;
  assert(
    line.length < MAX_LOG_LINE_CHARACTERS,
    `A line of ${line.length}: ${line.slice(0, 400)}`,
  );
  assertPrintable(line);
  const entry: { readonly logger?: string; readonly message?: string } = JSON.parse(line);
  assertEquals(entry.logger, "weir", line);
  assert(entry.message !== "forged", line);
  assert(entry.message !== "unhandled", line);
}

const MAX_SAMPLES = 6_000;
const MAX_LABEL_CHARACTERS = 200;

/** The page parses, nobody has added to it, and it has not grown with what callers think of. */
export function assertMetrics({ text, samples, sum }: MetricsPage): void {
  assertNoSecret(text, "the metrics");
  assertEquals(sum("weir_unhandled_errors_total"), 0);
  assert(samples.length < MAX_SAMPLES, `There are ${samples.length} samples`);
  for (const { name, labels, value } of samples) {
    assert(!name.includes("forged"), name);
    assert(!Number.isNaN(value), name);
    for (const [label, shown] of Object.entries(labels)) {
      assert(label !== "forged", name);
      assert(shown.length <= MAX_LABEL_CHARACTERS, `${name} has a label of ${shown.length}`);
    }
  }
}
