/**
 * What can be said in a request or an answer, in the words of each format.
 *
 * @module
 */

import type { JsonObject } from "../../../src/core/text/json.ts";
import type { Pattern } from "./pattern.ts";

/** The formats of this table. */
export type Name =
  | "openai_chat"
  | "openai_responses"
  | "anthropic_messages"
  | "chatjimmy"
  | "gemini"
  | "bedrock_converse"
  | "ollama";

/** Those that clients speak. */
export type ClientName = Exclude<Name, "chatjimmy" | "bedrock_converse">;

/** One thing that can be said. */
export interface Feature {
  /** The model that is asked, where it matters: what Claude's models take is different. */
  readonly model?: string;
  /**
   * The words that say it, laid over a plain request or answer; none where the format has none. It has
   * arrived in a format where the format's own words are found.
   */
  readonly words: Partial<Record<Name, JsonObject>>;
  /** What must be found instead, where a format has more than one way to say it. */
  readonly carried?: Partial<Record<Name, Pattern>>;
  /** It can be said in a stream alone. */
  readonly isStreamedOnly?: true;
  /** What is found where something near it has arrived, by how that is told to people. */
  readonly approximated?: Partial<Record<Name, Readonly<Record<string, Pattern>>>>;
}

export type Features = Readonly<Record<string, Feature>>;

/** What a format alone has words for holds this, so that it is recognised where it must not be. */
export function onlyOf(name: Name): string {
  return `only-${name}`;
}
