/**
 * Who may import what: the layers of the design, as data. A folder may always import itself.
 *
 * The table in src/README.md says the same, and a test holds the two together.
 *
 * @module
 */

export interface Allowance {
  /** Folders of `src`, or the files that stand for a layer of their own. */
  readonly ours: readonly string[];
  /** npm packages by name and `node:` modules; `node:*` is all of the latter. */
  readonly packages: readonly string[];
  /** Packages of which only types may be imported. */
  readonly typesOf?: readonly string[];
}

const FOLDERS_BELOW_APP: Readonly<Record<string, Allowance>> = {
  "core": { ours: [], packages: [], typesOf: ["zod"] },
  "framing": { ours: ["core"], packages: [] },
  "transport": { ours: ["core"], packages: ["zod", "node:*"] },
  "observability": {
    ours: ["core"],
    packages: ["zod", "@logtape/logtape", "@opentelemetry/api", "prom-client"],
  },
  "policy": {
    ours: ["core"],
    packages: ["zod", "ioredis", "node:buffer", "node:crypto", "node:net"],
  },
  "routing": { ours: ["core"], packages: ["zod", "fastest-levenshtein"] },
  "dialects": { ours: ["core", "framing"], packages: ["zod"] },
  "formats": { ours: ["core", "dialects", "framing"], packages: [] },
  "upstreams": { ours: ["core", "dialects"], packages: ["zod"] },
  "fake": { ours: ["core", "dialects", "framing"], packages: ["hono", "zod"] },
  "gateway": { ours: ["core", "framing"], packages: ["zod"] },
  "surfaces": { ours: ["core", "dialects"], packages: ["hono", "zod"] },
  "config": {
    ours: [
      "core",
      "gateway",
      "observability",
      "policy",
      "routing",
      "surfaces",
      "transport",
      "upstreams",
    ],
    packages: ["zod", "jsonc-parser", "fastest-levenshtein", "node:path"],
  },
};

export const MAY_IMPORT: Readonly<Record<string, Allowance>> = {
  ...FOLDERS_BELOW_APP,
  "composition": { ours: Object.keys(FOLDERS_BELOW_APP), packages: [] },
  "app.ts": { ours: [...Object.keys(FOLDERS_BELOW_APP), "composition"], packages: [] },
  "cli": {
    ours: [
      "app.ts",
      "config",
      "core",
      "fake",
      "gateway",
      "observability",
      "policy",
      "transport",
      "upstreams",
    ],
    packages: ["node:fs", "node:util", "node:process", "node:v8", "node:worker_threads"],
  },
  "main.ts": { ours: ["cli"], packages: [] },
};

/** Files that are finished before what will use them, and what that is. */
export const AWAITED: Readonly<Record<string, string>> = {
  "src/framing/ndjson_decoder.ts": "the dialect of Ollama",
  "src/formats/anthropic_messages/mod.ts": "Anthropic as a surface and as a provider",
};

/**
 * The layer that a path of the project belongs to, as the table names it; `undefined` for what
 * is no part of the program, such as a test, and for what has no place in the table.
 */
export function layerOf(path: string): string | undefined {
  const layer = path === "main.ts" ? path : /^src\/([^/]+)/.exec(path)?.[1];
  return layer !== undefined && Object.hasOwn(MAY_IMPORT, layer) ? layer : undefined;
}
