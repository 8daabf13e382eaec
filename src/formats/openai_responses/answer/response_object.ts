/**
 * The response around its items: what it says of itself and what it echoes of its request.
 *
 * @module
 */

import type { EncodeOptions } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { isGiven } from "../../request_fields.ts";

/** Members that a response repeats, and what stands there where the request says nothing. */
const ECHOED: Readonly<Record<string, JsonValue>> = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: "default",
  store: false,
  temperature: 1,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: "disabled",
  user: null,
};

/** What changes from the first event of a stream to its last. */
export interface ResponseState {
  readonly status: "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";
  readonly output: readonly JsonValue[];
  readonly error?: JsonObject;
  readonly incompleteReason?: string;
  readonly usage?: JsonValue;
}

/** Writes the response of one answer as it stands; one per answer. */
export class ResponseObject {
  readonly id: string;
  readonly #echo: JsonObject;
  model: string;
  createdSeconds: number;

  constructor(options: EncodeOptions) {
    const { id, model, createdSeconds, request = {}, kept } = options;
    this.id = kept?.id ?? `resp_${id}`;
    this.model = model;
    this.createdSeconds = createdSeconds;
    const said = Object.entries(ECHOED).map(([name, absent]) => {
      const value = request[name];
      return [name, isGiven(value) && name !== "store" ? value : absent];
    });
    this.#echo = { ...Object.fromEntries(said), ...textOf(request), ...kept?.echo };
  }

  write(state: ResponseState): JsonObject {
    const { status, output, error, incompleteReason, usage = null } = state;
    return {
      id: this.id,
      object: "response",
      created_at: this.createdSeconds,
      status,
      error: error ?? null,
      incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
      model: this.model,
      output,
      usage,
      ...this.#echo,
    };
  }
}

/** Clients read the format without asking whether there is one. */
function textOf({ text }: JsonObject): JsonObject {
  if (!isJsonObject(text) || isGiven(text["format"])) return {};
  return { text: { ...text, format: { type: "text" } } };
}
