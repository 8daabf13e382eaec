/** Responses for tests of where they are kept. */

import type { KeptResponse } from "../../../src/core/response_store.ts";
import { type ResponsesOptions, responsesOptions } from "../../../src/state/responses/options.ts";

const encoder = new TextEncoder();

export function keptResponse(id: string, given: Partial<KeptResponse> = {}): KeptResponse {
  return {
    id,
    owner: "key:alice",
    previous: undefined,
    input: encoder.encode("[]"),
    answer: encoder.encode(JSON.stringify({ id, object: "response", status: "completed" })),
    isBackground: false,
    ...given,
  };
}

export function optionsWith(given: Partial<ResponsesOptions> = {}): ResponsesOptions {
  return { ...responsesOptions.parse(undefined), ...given };
}

/** Events as a stream of Responses has them, from a sequence number on. */
export function events(
  from: number,
  count: number,
): { bytes: Uint8Array<ArrayBuffer>; ends: number[] } {
  let text = "";
  const ends: number[] = [];
  for (let number = from; number < from + count; number++) {
    text += `event: e\ndata: {"sequence_number":${number}}\n\n`;
    ends.push(text.length);
  }
  return { bytes: encoder.encode(text), ends };
}
