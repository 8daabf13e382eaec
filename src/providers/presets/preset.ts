/** A provider that is known by name, as data. */

import type { Quirk } from "../compatible/quirks.ts";
import type { FieldRules } from "../compatible/field_rules.ts";
import type { ChatFormatName } from "../spoken_formats.ts";

export interface Preset {
  /** For people. */
  readonly title: string;
  /** The beginning of its variables' names, where that is not its name in capitals. */
  readonly prefix?: string;
  /** Where its API lies; absent where only its operator knows: then its address switches it on. */
  readonly baseUrl?: string;
  /** What Anthropic's Messages lie below, where that is not `baseUrl`; a path is below the host. */
  readonly messagesPath?: string;
  /** Of its chats, the one for translations first; `chat` alone by default. */
  readonly formats?: readonly ChatFormatName[];
  /** Which of the operations beside chats it has; both by default. */
  readonly others?: readonly ("completions" | "embeddings")[];
  /** Where its list of models lies: below its address, `/models` by default, or with `//` below its host. */
  readonly list?: string;
  readonly rules?: FieldRules;
  readonly quirks?: readonly Quirk[];
  /** `false` where its streams tell their usage by themselves and refuse to be asked. */
  readonly acceptsStreamUsage?: false;
  readonly routingSuffixes?: readonly string[];
  /** What its operator should know, a sentence each. */
  readonly notes?: readonly string[];
}
