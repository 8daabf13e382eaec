/**
 * Requests for a provider of this format, without what it cannot read.
 *
 * What is sealed is an item that only its issuer knows: it goes as it came or not at all (T88).
 *
 * @module
 */

import { ENVELOPE_PREFIX, type Envelopes } from "../../../core/envelope.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { WEIR } from "../name.ts";

/** The body with other items where there are any; the same one where nothing changes. */
export function withoutSeals(
  body: JsonObject,
  which: "foreign" | "all",
  envelopes: Envelopes | undefined,
): EncodedRequest {
  const { input } = body;
  if (!Array.isArray(input)) return { body, warnings: [] };
  const warnings = new Set<string>();
  const items = input.flatMap((item): readonly JsonValue[] => {
    const sealed = isJsonObject(item) ? item["encrypted_content"] : undefined;
    if (!isJsonObject(item) || typeof sealed !== "string" || sealed === "") return [item];
    const isOurs = sealed.startsWith(ENVELOPE_PREFIX);
    if (!isOurs && (which === "foreign" || item["type"] !== "reasoning")) return [item];
    const summary = item["type"] === "compaction" ? readSummary(sealed, envelopes) : undefined;
    if (summary !== undefined) return [{ role: "user", content: summary }];
    warnings.add(
      isOurs
        ? `Reasoning of another provider is left out: nobody else can check it`
        : `Reasoning that the provider could not check is left out`,
    );
    return [];
  });
  if (items.every((item, index) => item === input[index]) && items.length === input.length) {
    return { body, warnings: [] };
  }
  return { body: { ...body, input: items }, warnings: [...warnings] };
}

/** A summary that Weir has written says the same to everybody. */
function readSummary(sealed: string, envelopes: Envelopes | undefined): string | undefined {
  const opened = envelopes?.open(sealed);
  return opened?.issuer.format === WEIR ? opened.text : undefined;
}
