/**
 * What of this format a provider takes.
 *
 * - `openai`: what OpenAI documents, for it refuses the rest: no reasoning in messages, no `top_k`.
 * - `common`: reasoning texts as well, which DeepSeek, Kimi and GLM want back with tool calls.
 * - `openrouter`: cache marks, signed reasoning and the object `reasoning` as well.
 */
export type RequestVariant = "openai" | "common" | "openrouter";

/** How one request is written. */
export interface RequestEncoding {
  readonly variant: RequestVariant;
  /** What was left out or is said in other words, a sentence each. */
  readonly warnings: Set<string>;
}
