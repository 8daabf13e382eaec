/** Keeps each key to the models that it may call. */

import type { Call } from "../core/call.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { mayCall } from "../core/principal.ts";

/** Throws `forbidden` where a call names a model that its key may not call, or may name one unseen. */
export function allowModels(call: Call): void {
  if (call.principal.models === undefined) return;
  if (call.handThrough?.isCallersOwn === true) return;
  if (call.operation === "hand_through") {
    // Of such a body only the beginning is read, and a batch names models further on.
    throw forbidden(
      "This API key is for certain models; requests that are handed through are not",
    );
  }
  const refused = namedModels(call).find((model) => !mayCall(call.principal, model));
  if (refused === undefined) return;
  throw forbidden(
    `${JSON.stringify(refused.slice(0, 200))} is none of the models of this API key`,
  );
}

/** Also those that some providers fall back to, which are the client's to name, in `models` or `Models`. */
function namedModels({ model, body }: Call): readonly string[] {
  const others = Object.entries(body.json).filter(([name]) => name.toLowerCase() === "models");
  return [model, ...others.flatMap(([, models]) => models).map(String)];
}

function forbidden(message: string): GatewayError {
  return new GatewayError(
    "forbidden",
    `${message}; GET /v1/models lists those that are`,
    { code: "model_not_allowed", param: "model" },
  );
}
