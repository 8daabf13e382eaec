/** Reads a body to its end. */

import type { ByteSource } from "../../src/core/provider/transport.ts";

export async function readWhole(source: ByteSource): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
