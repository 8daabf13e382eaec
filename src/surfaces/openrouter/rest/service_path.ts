/** The paths of the service: the document's own, wherever else requests are forwarded to. */

export const SERVICE_PREFIX = "/api/v1";
export const INFERENCE_PATH = `${SERVICE_PREFIX}/inference`;
export const STREAM_PATH = `${INFERENCE_PATH}/stream`;
export const MODELS_PATH = `${SERVICE_PREFIX}/models`;

/** Without one slash at its end, which some clients write. */
export function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}
