/** What Ollama's clients ask for, below an address without a path. */

import type { Operation } from "../../core/provider/provider.ts";

/** What calls are made of, by the names of their formats. */
export type OllamaCall = "chat" | "generate" | "embed" | "embeddings";

export const CALLS: ReadonlyMap<string, OllamaCall> = new Map([
  ["/api/chat", "chat"],
  ["/api/generate", "generate"],
  ["/api/embed", "embed"],
  ["/api/embeddings", "embeddings"],
]);

export const OPERATIONS: Readonly<Record<OllamaCall, Operation>> = {
  chat: "chat",
  generate: "chat",
  embed: "embeddings",
  embeddings: "embeddings",
};

export const ROOT = "/";
export const VERSION = "/api/version";
export const TAGS = "/api/tags";
export const RUNNING = "/api/ps";
export const SHOW = "/api/show";
export const PULL = "/api/pull";

const READ: readonly string[] = ["GET", "HEAD"];
const WRITE: readonly string[] = ["POST"];

/** Everything that is answered, with its methods. */
export const METHODS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    [ROOT]: READ,
    [VERSION]: READ,
    [TAGS]: READ,
    [RUNNING]: READ,
    [SHOW]: WRITE,
    [PULL]: WRITE,
    ...Object.fromEntries([...CALLS.keys()].map((endpoint) => [endpoint, WRITE])),
  }),
);
