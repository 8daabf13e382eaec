/**
 * The REST part of the OpenRouter service: inference and the catalog of models below `/api/v1`.
 *
 * @module
 */

import { errorResponse } from "../../error_response.ts";
import { rawPath } from "../../request/raw_path.ts";
import type { Surface } from "../../surface.ts";
import { type CatalogParts, createCatalog } from "./catalog.ts";
import { answerInference, type InferenceParts } from "./inference.ts";
import { INFERENCE_PATH, MODELS_PATH, STREAM_PATH, withoutSlash } from "./service_path.ts";

export type ServiceSurfaceParts = CatalogParts & InferenceParts;

/** Takes the paths of the service, with every method, and nothing else below their base. */
export function serviceSurface(parts: ServiceSurfaceParts): Surface {
  const answerCatalog = createCatalog(parts);
  return {
    takes: (_request, path) => isCatalog(path) || isInference(path),
    limitsOf: (_request, path) => isInference(path) ? ["service", "inference"] : ["service"],
    fetch: (request, context) =>
      isInference(rawPath(request.url))
        ? answerInference(parts, request, context)
        : answerCatalog(request, context),
    errorResponse: (error, requestId) => errorResponse(error, parts.formats.error, requestId),
  };
}

function isInference(path: string): boolean {
  if (!path.startsWith(INFERENCE_PATH)) return false;
  const asked = withoutSlash(path);
  return asked === INFERENCE_PATH || asked === STREAM_PATH;
}

function isCatalog(path: string): boolean {
  return path.startsWith(MODELS_PATH) &&
    (path.length === MODELS_PATH.length || path[MODELS_PATH.length] === "/");
}
