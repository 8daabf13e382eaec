/** The text of a first configuration file. */

import { gatewayVariables } from "../../config/sources/variables.ts";
import type { Environment } from "../../config/sources/settings.ts";
import { processEnvironment } from "../../host/system/environment.ts";
import { type Found, type Sketch, SketchBuilder, writeSketch } from "../import/sketch.ts";
import { findLocalServers } from "./local_servers.ts";
import { findOtherConfigs } from "./other_configs.ts";

/** What a file says where nothing was found, and below what was. */
const MORE = [
  "",
  "More that may stand here (weir schema names all of it, weir env the variables):",
  '  "auth": { "apiKey": "${PROXY_API_KEY}" }               who calls needs this key',
  '  "server": { "host": "127.0.0.1", "port": 3000 }        where it listens',
  '  "routing": { "aliases": { "fast": "openai/gpt-5-mini" } }   names of your own',
];

/** Looks at the environment, this machine and this directory. Throws `ConfigError`. */
export async function firstConfig(): Promise<string> {
  const environment = processEnvironment();
  const found = [
    ...await findOtherConfigs(),
    fromEnvironment(environment),
    await findLocalServers(environment),
  ];
  const { sections, left, notes } = merged(found.map(({ sketch }) => sketch));
  const sources = found.flatMap(({ source }) => source ?? []);
  const heading = sources.length === 0
    ? [
      "Nothing was found: no key of a provider, no local server, no other gateway's configuration.",
      "Until a provider stands here, the built-in fake LLM answers.",
    ]
    : [`Made of ${sources.join(", ")}.`];
  return writeSketch({ sections, left, notes: [...notes, ...MORE] }, [
    "The configuration of Weir; weir check tells what it amounts to.",
    ...heading,
  ]);
}

/** The keys of providers; a file that refers to them fails with a clear word where they are gone. */
function fromEnvironment(environment: Environment): Found {
  const sketch = new SketchBuilder();
  const names: string[] = [];
  for (const { name, path: [section, upstream = "", option, more] } of gatewayVariables()) {
    if (section !== "upstreams" || option !== "apiKey" || more !== undefined) continue;
    if ((environment[name] ?? "").trim() === "") continue;
    sketch.addUpstream(upstream, { apiKey: `\${${name}}` });
    names.push(name);
  }
  return {
    source: names.length === 0 ? undefined : `the environment (${names.join(", ")})`,
    sketch: sketch.sketch(),
  };
}

/** What comes first says how things are; members that it has not come from the others. */
function merged(sketches: readonly Sketch[]): Sketch {
  const builder = new SketchBuilder();
  for (const { sections, left, notes } of sketches.toReversed()) {
    const { upstreams = {}, routing = {}, ...others } = sections as Record<
      string,
      Sketch["sections"]
    >;
    const { compatible = {}, ...known } = upstreams as Record<string, Sketch["sections"]>;
    for (const [name, options] of Object.entries(known)) builder.addUpstream(name, options);
    for (const [name, options] of Object.entries(compatible)) {
      builder.addCompatible(name, options as Sketch["sections"]);
    }
    for (const [name, targets] of Object.entries(routing["aliases"] ?? {})) {
      builder.addAlias(name, targets);
    }
    for (const [section, options] of Object.entries(others)) {
      for (const [name, value] of Object.entries(options)) {
        if (value !== undefined) builder.setOption(section, name, value);
      }
    }
    for (const line of left) builder.leave(line);
    for (const line of notes) builder.note(line);
  }
  return builder.sketch();
}
