/** The paths of the service: the document's own, wherever else requests are forwarded to. */

export const INFERENCE_PATH = "/api/v1/inference";
export const STREAM_PATH = `${INFERENCE_PATH}/stream`;
export const MODELS_PATH = "/api/v1/models";

/** Without one slash at its end, which some clients write. */
export function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
