/** What OpenTelemetry calls an operation, in metrics and traces. */

import type { Operation } from "../core/provider/provider.ts";

export const OPERATION_NAMES: Readonly<Record<Operation, string>> = {
  chat: "chat",
  completions: "text_completion",
  embeddings: "embeddings",
  count_tokens: "count_tokens",
  compact: "compact",
  hand_through: "hand_through",
};
