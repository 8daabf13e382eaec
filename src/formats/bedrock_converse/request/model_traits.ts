/** What models take through Converse beyond what all take, by their names; as data. */

import { createHash } from "node:crypto";

export interface ConverseTraits {
  /** The prompt may be kept up to a mark. */
  readonly hasCachePoints: boolean;
  /** Such a mark may stand behind a tool, too: with Amazon's own models it may not. */
  readonly hasToolCachePoints: boolean;
  /** In whose words it is told how much to think. */
  readonly thinking: "claude" | "nova" | "gpt_oss" | "none";
  /** An answer may be bound to a schema. */
  readonly hasStructuredOutput: boolean;
  /** Where the number of tokens to choose from stands. */
  readonly topK: "top_k" | "inferenceConfig" | "none";
}

const OTHERS: ConverseTraits = {
  hasCachePoints: false,
  hasToolCachePoints: false,
  thinking: "none",
  hasStructuredOutput: false,
  topK: "none",
};

/** Each row adds to those before it. */
const ROWS: readonly (readonly [name: RegExp, traits: Partial<ConverseTraits>])[] = [
  [/anthropic\.claude/, {
    hasCachePoints: true,
    hasToolCachePoints: true,
    thinking: "claude",
    topK: "top_k",
  }],
  [/amazon\.nova/, { hasCachePoints: true, topK: "inferenceConfig" }],
  [/amazon\.nova-[\w-]*2[-.:]|amazon\.nova-2/, { thinking: "nova" }],
  [/openai\.gpt-oss/, { thinking: "gpt_oss", hasStructuredOutput: true }],
  [/anthropic\.claude-(opus|sonnet|haiku)-4-[5-9]|qwen\.qwen3|deepseek\.v3/, {
    hasStructuredOutput: true,
  }],
];

/** By its id, or that of an inference profile; an address of an application's profile tells nothing. */
export function traitsOf(model: string): ConverseTraits {
  const rows = ROWS.filter(([name]) => name.test(model));
  return rows.reduce<ConverseTraits>((traits, [, row]) => ({ ...traits, ...row }), OTHERS);
}

/** Longest name of a tool call. */
const MAX_ID_CHARACTERS = 64;
const HASH_CHARACTERS = 16;

/**
 * An id as Bedrock takes it, of letters, digits, `_` and `-`. The same id always becomes the same, in a call and
 * in its result.
 */
export function converseToolId(id: string, place: string): string {
  const plain = id.replace(/[^a-zA-Z0-9_-]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}`);
  if (plain.length === 0) return `tooluse_${place.replace(/\W/g, "_")}`;
  if (plain.length <= MAX_ID_CHARACTERS) return plain;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, HASH_CHARACTERS);
  return `${plain.slice(0, MAX_ID_CHARACTERS - HASH_CHARACTERS - 1)}_${hash}`;
}
