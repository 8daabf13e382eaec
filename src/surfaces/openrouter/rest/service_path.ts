/** The paths of the service: the document's own, wherever else requests are forwarded to. */

export const SERVICE_BASE = "/api/v1";
/** Endpoints below it. */
export const INFERENCE = "/inference";
export const STREAM = "/inference/stream";
export const MODELS = "/models";

/** Without one slash at its end, which some clients write. */
export function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
