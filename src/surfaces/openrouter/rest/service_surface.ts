/**
 * The REST part of the OpenRouter service: inference and the catalog of models below `/api/v1`.
 *
 * @module
 */

import { errorAnswer } from "../../error_answer.ts";
import type { PathRow } from "../../path_table.ts";
import type { Surface } from "../../surface.ts";
import { type CatalogParts, createCatalog } from "./catalog.ts";
import { answerInference, type InferenceParts } from "./inference.ts";
import { INFERENCE, MODELS, SERVICE_BASE, STREAM } from "./service_path.ts";

export type ServiceSurfaceParts = CatalogParts & InferenceParts;

export function serviceSurface(parts: ServiceSurfaceParts): Surface {
  const answerCatalog = createCatalog(parts);
  return {
    limitsOf: (_request, { endpoint }) =>
      isInference(endpoint) ? ["service", "inference"] : ["service"],
    answer: (request, context, { endpoint }) =>
      isInference(endpoint)
        ? answerInference(parts, request, context, endpoint)
        : answerCatalog(request, context, endpoint),
    errorAnswer: (error, requestId) => errorAnswer(error, parts.formats.error, requestId),
  };
}

/** Its paths with every method, and nothing else below their base. */
export function serviceRows(surface: Surface): readonly PathRow[] {
  return [{
    surface,
    bases: [SERVICE_BASE],
    endpoints: [INFERENCE, STREAM, MODELS],
    takes: (endpoint) => endpoint.startsWith(`${MODELS}/`),
  }];
}

function isInference(endpoint: string): boolean {
  return endpoint === INFERENCE || endpoint === STREAM;
}
