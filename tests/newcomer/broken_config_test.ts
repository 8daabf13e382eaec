/** Configurations with the mistakes that people make first: `weir check` tells how to mend each. */

import { PRESETS } from "../../src/providers/presets/presets.ts";
import { assertEquals } from "@std/assert";
import { runProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";

interface Mistake {
  readonly what: string;
  readonly text: string;
  /** All that is printed, but for the name of the file. */
  readonly says: string;
  /** What is replaced to do as it says. */
  readonly mended: readonly [from: string, to: string];
}

const HASH = `sha256:${"5e".repeat(32)}`;

const MISTAKES: readonly Mistake[] = [
  {
    what: "names without quotes",
    text: '{\n  server: { "port": 8080 }\n}',
    says: '2:3: names and texts must stand in double quotes ("...")',
    mended: ["server", '"server"'],
  },
  {
    what: "a forgotten comma",
    text: '{\n  "retry": { "maxRetries": 2 }\n  "log": { "level": "warn" }\n}',
    says: "3:3: a comma must stand before this",
    mended: ["2 }", "2 },"],
  },
  {
    what: "an option at the top that belongs into a group",
    text: '{\n  "port": 8080\n}',
    says: '2:3: port: there is no such option; did you mean "server.port"?',
    mended: ['"port": 8080', '"server": { "port": 8080 }'],
  },
  {
    what: "an upstream of one's own where the known ones are",
    text: '{\n  "upstreams": {\n    "acme": { "baseUrl": "https://api.acme.test/v1" }\n  }\n}',
    says:
      "3:5: upstreams.acme: there is no such option; there are default, openai, openrouter, venice, " +
      "compatible, chatjimmy, anthropic, gemini, ollama, azure, bedrock, vertex, " +
      `${Object.keys(PRESETS).join(", ")}, fake; ` +
      'names of your own belong into "upstreams.compatible"',
    mended: ['"acme": { "baseUrl": "https://api.acme.test/v1" }', '"compatible": { $& }'],
  },
  {
    what: "an address without its scheme",
    text: '{ "upstreams": { "compatible": {\n  "local": { "baseUrl": "localhost:11434/v1" }\n} } }',
    says: "2:14: upstreams.compatible.local.baseUrl: must be a web address such as " +
      "https://api.example.com/v1",
    mended: ["localhost", "http://localhost"],
  },
  {
    what: "a variable that is named as a shell does",
    text: '{ "upstreams": {\n  "openai": { "apiKey": "$MY_OPENAI_KEY" }\n} }',
    says:
      '2:15: upstreams.openai.apiKey: names a variable; write "${MY_OPENAI_KEY}" in the file, ' +
      "or the secret itself",
    mended: ["$MY_OPENAI_KEY", "$${MY_OPENAI_KEY}"],
  },
  {
    what: "a time with its unit",
    text: '{\n  "relay": { "idleTimeoutMs": "30s" }\n}',
    says: "2:14: relay.idleTimeoutMs: must be a whole number of milliseconds from 1 to 86400000",
    mended: ['"30s"', "30000"],
  },
  {
    what: "a key where its hash belongs",
    text: '{ "auth": { "keys": [\n  { "name": "ci", "hash": "weir_planted" }\n] } }',
    says: "2:19: auth.keys[0].hash: must be sha256: and 64 hexadecimal digits, as `weir key new` " +
      "prints it",
    mended: ["weir_planted", HASH],
  },
];

for (const { what, text, says, mended } of MISTAKES) {
  Deno.test(`weir check tells how to mend ${what}`, async () => {
    const right = text.replace(...mended);
    await using folder = await workingDirectory({ "wrong.jsonc": text, "right.jsonc": right });
    const check = (file: string) =>
      runProgram({ args: ["check", file], cwd: folder.path, env: { MY_OPENAI_KEY: "sk-1" } });
    const [refused, accepted] = await Promise.all([check("wrong.jsonc"), check("right.jsonc")]);
    assertEquals(refused, { code: 1, output: `wrong.jsonc:${says}\n` });
    assertEquals(accepted.code, 0, accepted.output);
  });
}
