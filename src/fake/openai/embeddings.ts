/** `POST /embeddings`: small vectors that depend on the text alone. */

import { GatewayError } from "../../core/gateway_error.ts";
import { FAKE_MODEL } from "../answer.ts";
import { hashText } from "../hash.ts";
import type { FakeOptions } from "../options.ts";
import { readSwitches } from "../read_switches.ts";
import { readText } from "../read_body.ts";
import { reply } from "../reply.ts";
import { estimateTokens } from "../tokens.ts";
import { OPENAI } from "./api.ts";
import { embeddingRequest, parseRequest, textsOf } from "./request.ts";

const DEFAULT_DIMENSIONS = 8;

/** Numbers in one reply. */
const MAX_NUMBERS = 1_000_000;

/** Answers with one vector for each input; the tags of the last input count. */
export async function embed(request: Request, options: FakeOptions): Promise<Response> {
  const body = parseRequest(embeddingRequest, await readText(request, options.maxBodyBytes));
  const texts = textsOf(body.input);
  const dimensions = body.dimensions ?? DEFAULT_DIMENSIONS;
  if (texts.length * dimensions > MAX_NUMBERS) {
    throw new GatewayError(
      "invalid_request",
      `A reply may have ${MAX_NUMBERS} numbers; send fewer inputs or ask for fewer dimensions`,
      { param: "dimensions" },
    );
  }
  const tokens = estimateTokens(texts.reduce((sum, text) => sum + text.length, 0));
  const embeddings = {
    object: "list",
    data: texts.map((text, index) => {
      const vector = vectorOf(text, dimensions);
      const embedding = body.encoding_format === "base64" ? toBase64(vector) : Array.from(vector);
      return { object: "embedding", index, embedding };
    }),
    model: FAKE_MODEL,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
  const switches = readSwitches(texts.at(-1) ?? "");
  const content = { type: "body", text: JSON.stringify(embeddings) } as const;
  return await reply({ api: OPENAI, content, switches }, request, options);
}

/** A vector of length 1: numbers from a xorshift generator that starts at the text's hash. */
export function vectorOf(text: string, dimensions: number): Float32Array {
  let state = hashText(text) || 1; // At 0 the generator would stay there.
  const numbers = Array.from({ length: dimensions }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  });
  const norm = Math.hypot(...numbers);
  return Float32Array.from(numbers, (number) => number / norm);
}

/** Little-endian on every machine, as the API says. */
function toBase64(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((number, index) => view.setFloat32(index * 4, number, true));
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}
