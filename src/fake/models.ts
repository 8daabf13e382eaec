/** `GET /models` and `GET /models/:id`. */

import { GatewayError } from "../core/gateway_error.ts";
import type { Model } from "../core/provider.ts";
import { FAKE_MODEL, FIXED_CREATED_SECONDS } from "./answer.ts";

/** The second has a slash in its name, as many real ones do. Any other name is answered as well. */
const MODELS: readonly Model[] = [FAKE_MODEL, "fake-lab/fake-model"].map((id) => ({
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
