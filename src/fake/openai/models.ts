/** `GET /models` and `GET /models/:id` for clients of OpenAI's API. */

import { GatewayError } from "../../core/gateway_error.ts";
import type { Model } from "../../core/provider/provider.ts";
import { FIXED_CREATED_SECONDS } from "../answer.ts";
import { MODEL_IDS } from "../models.ts";

const MODELS: readonly Model[] = MODEL_IDS.map((id) => ({
  id,
  object: "model",
  created: FIXED_CREATED_SECONDS,
  owned_by: "fake",
}));

/** The list, as JSON text. */
export const MODELS_TEXT: string = JSON.stringify({ object: "list", data: MODELS });

/** One model, as JSON text. Throws `GatewayError` `not_found`. */
export function modelText(id: string): string {
  const model = MODELS.find((candidate) => candidate.id === id);
  if (model !== undefined) return JSON.stringify(model);
  throw new GatewayError("not_found", `The model '${id}' does not exist; see GET /v1/models`, {
    code: "model_not_found",
    param: "model",
  });
}
