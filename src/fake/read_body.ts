/** Reads the bodies of requests: their size and their JSON. */

import { GatewayError } from "../core/gateway_error.ts";

/** Reads a body as text. Throws `GatewayError` `body_too_large`. */
export async function readText(request: Request, maxBodyBytes: number): Promise<string> {
  const declaredBytes = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declaredBytes <= maxBodyBytes) return await request.text();
  if (declaredBytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Parses a body. Throws `GatewayError` `invalid_request`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError("invalid_request", "The body is not valid JSON; send a JSON object", {
      code: "invalid_json",
    });
  }
}

function tooLarge(maxBodyBytes: number): GatewayError {
  return new GatewayError("body_too_large", `The body may have up to ${maxBodyBytes} bytes`);
}
