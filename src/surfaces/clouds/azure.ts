/**
 * OpenAI's API as Azure serves it by deployments, for clients made for Azure: the deployment stands in the
 * address, in place of the model.
 *
 * @module
 */

import { patchedBody } from "../../bytes/json/patch.ts";
import type { Call, Exchange } from "../../core/call.ts";
import type { ClientFormats } from "../../core/format.ts";
import type { LimitClass } from "../../core/principal.ts";
import { errorAnswer } from "../error_answer.ts";
import { READ_ENVELOPE, readCall } from "../openai/openai_call.ts";
import { CALLS, type OpenaiOperation } from "../openai/openai_path.ts";
import type { PathRow } from "../path_table.ts";
import { refuseMethod } from "../refuse_method.ts";
import { decodeSegment } from "../request/decode_segment.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import type { Surface } from "../surface.ts";

export interface AzureSurfaceParts {
  readonly exchange: Exchange;
  readonly formats: Readonly<Record<OpenaiOperation, ClientFormats>>;
  readonly bodyLimits: BodyLimits;
}

const LIMITS: readonly LimitClass[] = ["v1"];
const SURFACE = "azure";
const BASES = ["/azure", "/v1", ""];
const ENDPOINT =
  /^\/openai\/deployments\/([^/]+)(\/chat\/completions|\/completions|\/embeddings)\/?$/;

export function azureSurface({ exchange, formats, bodyLimits }: AzureSurfaceParts): Surface {
  return {
    limitsOf: () => LIMITS,
    answer: async (request, context, { endpoint }) => {
      if (request.method !== "POST") refuseMethod("POST");
      const [, name = "", path = ""] = ENDPOINT.exec(endpoint) ?? [];
      const deployment = decodeSegment(name, "deployment");
      const operation = CALLS.get(path) ?? "chat";
      const read = await readCall(request, context, operation, {
        surface: SURFACE,
        formats: formats[operation],
        // Azure's clients may leave the model out.
        readEnvelope: (body) => READ_ENVELOPE[operation]({ ...body, model: deployment }),
        bodyLimits,
      });
      const call = withModel(read, deployment);
      context.call = call;
      return (await exchange(call)).answer;
    },
    errorAnswer: (error, requestId) => errorAnswer(error, formats.chat.error, requestId),
  };
}

export function azureRow(surface: Surface): PathRow {
  return { surface, bases: BASES, takes: (endpoint) => ENDPOINT.test(endpoint) };
}

/** Whatever the body names: Azure goes by the address. */
function withModel(call: Call, model: string): Call {
  const before = call.body.json;
  return { ...call, ...patchedBody(call.bytes, before, { ...before, model }) };
}
