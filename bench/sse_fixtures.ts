/**
 * The input of the framing benches: a chat stream in the form that OpenAI sends.
 *
 * @module
 */

// Mostly English, as traffic is; one word in six is beyond ASCII, since that costs a decoder more.
const WORDS =
  " the| gateway| keeps| every| token| in| order| –| and| sends| it| naïvely| to| a| client|,| in| 東京😀"
    .split("|");

/** What an encoder is told of the answers below. */
export const ENCODE = {
  id: "chatcmpl-BtqK0eWnD3vYh7RzXc5LmP9sJuAoF",
  model: "gpt-4.1-mini-2025-04-14",
  createdSeconds: 1_790_000_000,
  includeUsage: false,
};

/** The text of each event of `chatStreamEvents()`. */
export function chatStreamTexts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => WORDS[index % WORDS.length] ?? "");
}

/** Events of `chat.completion.chunk`, about 270 bytes each. */
export function chatStreamEvents(count: number): Uint8Array<ArrayBuffer>[] {
  const encoder = new TextEncoder();
  return chatStreamTexts(count).map((content) => {
    const chunk = {
      id: ENCODE.id,
      object: "chat.completion.chunk",
      created: ENCODE.createdSeconds,
      model: ENCODE.model,
      system_fingerprint: "fp_38647f5e19",
      choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
    };
    return encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`);
  });
}

/** The same bytes in chunks of `size`, as a connection may deliver them. */
export function rechunk(
  parts: readonly Uint8Array<ArrayBuffer>[],
  size: number,
): Uint8Array<ArrayBuffer>[] {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let from = 0; from < bytes.length; from += size) chunks.push(bytes.slice(from, from + size));
  return chunks;
}
