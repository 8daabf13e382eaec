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
  /** Folders of `src` of which only types may be imported. */
  readonly typesOfOurs?: readonly string[];
  /** npm packages by name and `node:` modules; `node:*` is all of the latter. */
  readonly packages: readonly string[];
  /** Packages of which only types may be imported. */
  readonly typesOf?: readonly string[];
}

/** Each imports only what stands above it in this table. */
const FOLDERS_BELOW_APP: Readonly<Record<string, Allowance>> = {
  "core": { ours: [], packages: ["node:crypto"], typesOf: ["node:buffer", "zod"] },
  "bytes": { ours: ["core"], packages: [] },
  "framing": { ours: ["core", "bytes"], packages: ["node:buffer"] },
  "formats": {
    ours: ["core", "bytes", "framing"],
    packages: ["node:buffer", "node:crypto", "zod"],
  },
  "credentials": { ours: ["core", "bytes"], packages: ["node:buffer", "node:crypto"] },
  "providers": { ours: ["core", "formats", "credentials"], packages: ["node:crypto", "zod"] },
  "transport": { ours: ["core", "bytes", "framing"], packages: ["zod", "node:*"] },
  "server": {
    ours: ["core", "bytes", "framing"],
    packages: ["zod", "node:buffer", "node:crypto", "node:zlib"],
  },
  "observability": {
    ours: ["core"],
    packages: [
      "zod",
      "@opentelemetry/api",
      "@opentelemetry/context-async-hooks",
      "@opentelemetry/exporter-trace-otlp-http",
      "@opentelemetry/exporter-trace-otlp-proto",
      "@opentelemetry/resources",
      "@opentelemetry/sdk-trace",
      "prom-client",
    ],
  },
  "routing": { ours: ["core"], packages: ["zod", "fastest-levenshtein"] },
  "limits": { ours: ["core"], packages: ["zod", "ioredis", "node:buffer", "node:crypto"] },
  "access": { ours: ["core", "limits"], packages: ["zod", "node:crypto", "node:net"] },
  "gateway": { ours: ["core", "bytes", "framing"], packages: ["zod", "node:crypto"] },
  "surfaces": { ours: ["core", "bytes", "formats"], packages: ["zod"] },
  "fake": { ours: ["core"], packages: ["hono", "zod"] },
  "state": {
    ours: ["core"],
    packages: ["zod", "node:buffer", "node:crypto", "node:sqlite", "postgres"],
  },
  "cassettes": { ours: ["core", "bytes"], packages: ["zod", "node:buffer", "node:crypto"] },
  "ledger": {
    ours: ["core"],
    packages: ["zod", "node:buffer", "node:crypto", "@pydantic/genai-prices"],
  },
  "guards": { ours: ["core", "bytes", "ledger"], packages: ["zod", "refa"] },
  "config": {
    ours: [
      "core",
      "guards",
      "cassettes",
      "ledger",
      "providers",
      "transport",
      "server",
      "observability",
      "routing",
      "limits",
      "access",
      "gateway",
      "surfaces",
      "state",
    ],
    packages: ["zod", "jsonc-parser", "fastest-levenshtein", "node:path"],
  },
};

const ADMIN: Allowance = {
  ours: ["core", "limits", "access", "config", "surfaces"],
  packages: ["hono", "zod"],
};

const FOLDERS_BELOW_HOST: Readonly<Record<string, Allowance>> = {
  ...FOLDERS_BELOW_APP,
  "admin": ADMIN,
  "app": { ours: [...Object.keys(FOLDERS_BELOW_APP), "admin"], packages: [] },
};

export const MAY_IMPORT: Readonly<Record<string, Allowance>> = {
  ...FOLDERS_BELOW_HOST,
  "host": {
    ours: Object.keys(FOLDERS_BELOW_HOST),
    packages: ["node:process", "node:util", "node:v8", "node:worker_threads"],
  },
  "cli": {
    ours: [...Object.keys(FOLDERS_BELOW_HOST), "host"],
    packages: ["node:util", "yaml"],
  },
  // A program of its own, for browsers; of it the rest knows only the page that it is built to. It knows of the rest
  // how the admin API answers.
  "console": {
    ours: [],
    typesOfOurs: ["admin"],
    packages: ["@preact/signals", "htm", "preact"],
  },
  "main.ts": { ours: ["cli"], packages: [] },
};

/** Where programs begin: the gateway, and the console's page. */
export const ENTRIES: readonly string[] = ["main.ts", "src/console/main.ts"];

/** Files that are finished before what will use them, and what that is. */
export const AWAITED: Readonly<Record<string, string>> = {};

/**
 * The layer that a path of the project belongs to, as the table names it; `undefined` for what
 * is no part of the program, such as a test, and for what has no place in the table.
 */
export function layerOf(path: string): string | undefined {
  const layer = path === "main.ts" ? path : /^src\/([^/]+)/.exec(path)?.[1];
  return layer !== undefined && Object.hasOwn(MAY_IMPORT, layer) ? layer : undefined;
}
