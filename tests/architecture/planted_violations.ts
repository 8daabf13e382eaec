/** Small breaches of every rule, and a program that only looks as if it had some. */

import type { Import, RuleName, SourceFile } from "./source_file.ts";

/** A program that breaks one rule. */
export interface PlantedViolation {
  /** What is wrong, for the test's name. */
  readonly breach: string;
  readonly files: readonly SourceFile[];
  /** Path, and line where the report knows one. */
  readonly at: string;
  /** What the report tells the author. */
  readonly advice: string;
}

function ours(target: string): Import {
  return { target, isOurs: true, isTypeOnly: false };
}

function external(target: string): Import {
  return { target, isOurs: false, isTypeOnly: false };
}

/** A program of which `path` is a part, reached from `main.ts` as every file must be. */
function programWith(path: string, text: string, imports: readonly Import[] = []): SourceFile[] {
  return [
    { path: "main.ts", text: "", imports: [ours("src/cli/run.ts")] },
    { path: "src/cli/run.ts", text: "", imports: [ours("src/app/app.ts")] },
    { path: "src/app/app.ts", text: "", imports: [ours(path)] },
    { path, text, imports },
  ];
}

/** One line of code as the only line of a file at `path`. */
function line(path: string, code: string, advice: string): PlantedViolation {
  return { breach: code, files: programWith(path, code), at: `${path}:1`, advice };
}

/** A file too long for its own good, or with such a function, anywhere in the project. */
function long(breach: string, at: string, text: string, advice: string): PlantedViolation {
  const [path = at] = at.split(":");
  return { breach, files: [{ path, text, imports: [] }], at, advice };
}

const CALL = "src/core/call.ts";
const RELAY = "src/gateway/relay.ts";
const MODELS = "src/surfaces/models.ts";
const KEYS = "src/admin/entities/keys.ts";
const POOL = "src/transport/pool.ts";
const ANSWER = "src/fake/answer.ts";
const BENCH = "bench/relay_bench.ts";
const TEST = "tests/core/call_test.ts";

const LONGEST_FUNCTION = `export function long(): void {\n${"  step();\n".repeat(68)}}\n`;
// The first line has a character of two bytes and one of two UTF-16 units: neither moves lines.
const TOO_LONG_FUNCTION = `// é, 😀\n${LONGEST_FUNCTION.replace("{\n", "{\n  step();\n")}`;

/** Each rule has a breach, or this is a type error. */
export const PLANTED_VIOLATIONS: Readonly<
  Record<RuleName, readonly [PlantedViolation, ...PlantedViolation[]]>
> = {
  "layer": [
    {
      breach: "an import against the direction of the layers",
      files: [
        ...programWith(CALL, "", [ours(RELAY)]),
        { path: RELAY, text: "", imports: [] },
      ],
      at: CALL,
      advice: `core may not import ${RELAY}, only core; take what is needed as an argument`,
    },
    {
      breach: "an import of a test",
      files: programWith(CALL, "", [ours("tests/support/program.ts")]),
      at: CALL,
      advice: "core may not import tests/support/program.ts",
    },
    {
      breach: "code of a folder of which types are allowed",
      files: [
        { path: "src/console/main.ts", text: "", imports: [ours(KEYS)] },
        { path: KEYS, text: "", imports: [] },
      ],
      at: "src/console/main.ts",
      advice: `console may not import ${KEYS}, only console, types of admin`,
    },
    {
      breach: "a folder that is no layer",
      files: programWith("src/utils/strings.ts", ""),
      at: "src/utils/strings.ts",
      advice: "belongs to no layer; move it into one of src's folders",
    },
  ],
  "package": [
    {
      breach: "a package of another layer",
      files: programWith("src/access/cors.ts", "", [external("hono")]),
      at: "src/access/cors.ts",
      advice: "access may not import hono, only zod",
    },
    {
      breach: "code of a package of which types are allowed",
      files: programWith(CALL, "", [external("zod")]),
      at: CALL,
      advice: "core may not import zod, only node:crypto, types of node:buffer, types of zod",
    },
    {
      breach: "a node: module",
      files: programWith(RELAY, "", [external("node:buffer")]),
      at: RELAY,
      advice: "gateway may not import node:buffer, only zod",
    },
  ],
  "cycle": [{
    breach: "two files that import each other, one for types only",
    files: [
      ...programWith(CALL, "", [ours("src/core/format.ts")]),
      {
        path: "src/core/format.ts",
        text: "",
        imports: [{ ...ours(CALL), isTypeOnly: true }],
      },
    ],
    at: CALL,
    advice: `${CALL} -> src/core/format.ts -> ${CALL}; move what they share`,
  }],
  "unreachable": [{
    breach: "a file that nothing imports",
    files: [
      ...programWith(CALL, ""),
      { path: "src/core/unused.ts", text: "", imports: [ours(CALL)] },
    ],
    at: "src/core/unused.ts",
    advice: "nothing below main.ts imports it; use it or delete it",
  }],
  "network": [
    line(
      MODELS,
      'await fetch("http://127.0.0.1");',
      "fetch belongs to transport, console; send requests",
    ),
    line(MODELS, "export const send = globalThis.fetch;", "fetch belongs to transport"),
    line(MODELS, "await Deno.connect({ port: 80 });", "Deno.connect belongs to transport"),
    line(MODELS, 'new WebSocket("ws://127.0.0.1");', "WebSocket belongs to transport"),
  ],
  "runtime": [
    line(
      RELAY,
      'Deno.env.get("HOME");',
      "Deno.env.get belongs to main.ts, cli, host, config, cassettes, state, transport",
    ),
    line(RELAY, "export type Info = Deno.ServeHandlerInfo;", "Deno belongs to main.ts, cli"),
  ],
  "clock": [
    line(POOL, "Date.now();", "Date.now belongs to app, host, cli, main.ts, console; take a Clock"),
    line(POOL, "new Date();", "new Date() belongs to app, host, cli, main.ts"),
    line(POOL, "performance.now();", "performance.now belongs to app, host, cli, main.ts"),
    line(POOL, "setTimeout(wake, 1);", "setTimeout belongs to app, host, cli, main.ts"),
    line(
      POOL,
      "export const every = setInterval;",
      "setInterval belongs to app, host, cli, main.ts",
    ),
    line(POOL, "AbortSignal.timeout(1);", "AbortSignal.timeout belongs to app, host, cli, main.ts"),
  ],
  "randomness": [
    line(ANSWER, "Math.random();", "Math.random belongs to app, host, cli, main.ts; take a Random"),
    line(ANSWER, "crypto.randomUUID();", "crypto.randomUUID belongs to app, host, cli, main.ts"),
    line(ANSWER, "crypto.getRandomValues(bytes);", "crypto.getRandomValues belongs to app"),
  ],
  "any": [
    line(CALL, "let value: any;", "use unknown and narrow it"),
    line(CALL, "list as any[];", "use unknown and narrow it"),
    line(CALL, "new Map<string, any>();", "use unknown and narrow it"),
  ],
  "provider-name": [
    line(RELAY, 'if (upstream.name === "openai") quirk();', "let the Provider or Format declare"),
    line(RELAY, 'model.startsWith("openrouter/");', '"openrouter/" names a provider'),
    line(RELAY, "export const url = `https://api.venice.ai/${path}`;", "names a provider"),
    line(RELAY, 'environment["ANTHROPIC_API_KEY"];', '"ANTHROPIC_API_KEY" names a provider'),
    line(RELAY, 'export type Provider = "Ollama";', '"Ollama" names a provider'),
    line(MODELS, 'export const target = "openrouter";', '"openrouter" names a provider'),
  ],
  "file-length": [
    long("301 lines", BENCH, "\n".repeat(301), "has 301 lines, at most 300; split it by subject"),
  ],
  "function-length": [
    long(
      "a function of 71 lines",
      `${TEST}:2`,
      TOO_LONG_FUNCTION,
      "function of 71 lines, at most 70",
    ),
    long(
      "an arrow function of 71 lines",
      `${TEST}:2`,
      TOO_LONG_FUNCTION.replace("function long(): void", "const long = () =>"),
      "give a part of it a name",
    ),
    long(
      "a method of 71 lines",
      `${TEST}:2`,
      TOO_LONG_FUNCTION.replace("export function", "class Long {") + "}",
      "give a part of it a name",
    ),
  ],
};

/** A program in which nothing is to be found. */
export const CLEAN_FILES: readonly SourceFile[] = [
  ...programWith(
    "src/surfaces/openai/openai.ts",
    `/** fetch("https://api.openai.com"), Date.now(), any and whatever else a comment says. */
import { openaiChat } from "../formats/openai_chat/mod.ts";
export const surface = "openai";
export const hint = "Set a provider's key, such as OPENAI_API_KEY; fetch() and Date.now() are words";
export const answer = app.fetch(request);
export const options = { fetch: send, setTimeout: 3, any: true };
export const day = new Date(epochMs);
export type Send = typeof fetch;
export class Clock {
  setTimeout(): void {}
  fetch = 3;
}
export function talk(socket: WebSocket): void {}
`,
    [ours("src/formats/openai_chat/mod.ts"), external("zod")],
  ),
  {
    path: "src/formats/openai_chat/mod.ts",
    text: 'export const name = "openai";',
    imports: [ours("src/core/call.ts")],
  },
  { path: "src/core/call.ts", text: "", imports: [{ ...external("zod"), isTypeOnly: true }] },
  { path: "src/console/main.ts", text: "", imports: [{ ...ours(KEYS), isTypeOnly: true }] },
  { path: KEYS, text: "", imports: [] },
  {
    path: "tests/core/call_test.ts",
    text: `${LONGEST_FUNCTION}
Deno.test("x", async () => { await fetch("https://api.openai.com"); Date.now(); });
`,
    imports: [ours("src/core/call.ts")],
  },
];
