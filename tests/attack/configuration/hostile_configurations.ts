/** Files and variables that are not what they should be: each option with each wrong value, each variable with texts. */

import type { JsonObject } from "../../../src/core/text/json.ts";
import { type OptionSchema, optionTree } from "../../../src/config/option_tree.ts";
import { gatewayVariables } from "../../../src/config/sources/variables.ts";
import { inTurn } from "../choice.ts";
import { HOSTILE_TEXTS } from "../hostile_texts.ts";
import { HOSTILE_VALUES, jsonWith } from "../hostile_values.ts";
import { SECRETS } from "../judge.ts";

export interface HostileConfiguration {
  readonly name: string;
  readonly file?: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Set in all of them, and told in none. */
const KEYS = { PROXY_API_KEY: SECRETS.client, OPENAI_API_KEY: SECRETS.upstream };
/** Of the values, how many take turns at an option, and of the texts at a variable. */
const VALUES_AN_OPTION = 3;
const TEXTS_A_VARIABLE = 2;

type Path = readonly string[];

/** Every option and every group of them, under a name of the operator's where that is theirs. */
function pathsOf(schema: OptionSchema, path: Path = []): readonly Path[] {
  const named = Object.entries((schema["properties"] ?? {}) as Record<string, OptionSchema>);
  const free = schema["additionalProperties"];
  const below = [
    ...named,
    ...(typeof free === "object" && free !== null
      ? [["named", free as OptionSchema] as const]
      : []),
  ];
  return [
    ...(path.length === 0 ? [] : [path]),
    ...below.flatMap(([name, inner]) => pathsOf(inner, [...path, name])),
  ];
}

function nested(path: Path): JsonObject {
  return path.reduceRight<JsonObject>((inner, name) => ({ [name]: inner }), {});
}

function optionRows(): readonly HostileConfiguration[] {
  return pathsOf(optionTree()).flatMap((path, turn) =>
    inTurn(HOSTILE_VALUES, VALUES_AN_OPTION, turn).map(({ name, json }) => ({
      name: `${name} as ${path.join(".")}`,
      file: jsonWith(nested(path), path, json),
      environment: KEYS,
    }))
  );
}

function variableRows(): readonly HostileConfiguration[] {
  return gatewayVariables().flatMap(({ name: variable }, turn) =>
    inTurn(HOSTILE_TEXTS, TEXTS_A_VARIABLE, turn).map(({ name, text }) => ({
      name: `${name} in ${variable}`,
      environment: { ...KEYS, [variable.replaceAll(/<\w+>/g, "OTHER")]: text },
    }))
  );
}

/** What operators name themselves. */
const NAMED: readonly (readonly [what: string, of: (text: string) => JsonObject])[] = [
  ["an alias", (text) => ({ routing: { aliases: { [text]: "openai/m" } } })],
  ["an alias's target", (text) => ({ routing: { aliases: { fast: text } } })],
  [
    "an upstream",
    (text) => ({ upstreams: { compatible: { [text]: { baseUrl: "http://127.0.0.1:9" } } } }),
  ],
  [
    "an upstream's address",
    (text) => ({ upstreams: { compatible: { other: { baseUrl: text } } } }),
  ],
  [
    "an upstream's key",
    (text) => ({
      upstreams: { compatible: { other: { baseUrl: "http://127.0.0.1:9", apiKey: text } } },
    }),
  ],
  [
    "a key's name",
    (text) => ({ auth: { keys: [{ name: text, hash: `sha256:${"ab".repeat(32)}` }] } }),
  ],
  ["a key's hash", (text) => ({ auth: { keys: [{ name: "a", hash: text }] } })],
  ["an option", (text) => ({ [text]: {} })],
  ["an option of a group", (text) => ({ server: { [text]: 1 } })],
];

function namedRows(): readonly HostileConfiguration[] {
  return NAMED.flatMap(([what, of]) =>
    HOSTILE_TEXTS.map(({ name, text }) => ({
      name: `${name} as ${what}`,
      file: JSON.stringify(of(text)),
      environment: KEYS,
    }))
  );
}

const DEPTH = 50_000;

const FILES:
  readonly (readonly [name: string, file: string, more?: Readonly<Record<string, string>>])[] = [
    ["no JSON", "{"],
    ["a list", "[]"],
    ["a text", `"text"`],
    ["null", "null"],
    ["YAML", "server:\n  port: 1\n"],
    ["YAML's bomb", `a: &a ["lol"]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b]`],
    ["a tag of YAML", "!!python/object/apply:os.system [ls]"],
    ["a comment without end", "/*"],
    ["a text without end", `{"server": {"host": "a`],
    ["depth of lists", "[".repeat(DEPTH)],
    ["depth of objects", `{"a":`.repeat(DEPTH)],
    ["depth behind an option", `{"server":${`{"a":`.repeat(DEPTH)}`],
    ["NULs", "\0".repeat(1_000)],
    ["bytes that were no UTF-8", "\ufffd".repeat(1_000)],
    ["an option twice", `{"server":{"port":1},"server":{"port":2}}`],
    ["__proto__", `{"__proto__":{"server":{"port":1}}}`],
    ["__proto__ in a group", `{"server":{"__proto__":{"port":1}}}`],
    ["constructor", `{"constructor":{"prototype":{"port":1}}}`],
    ["20,000 options", `{${Array.from({ length: 20_000 }, (_, at) => `"o${at}":1`).join()}}`],
    ["a text of 2 MB", `{"server":{"host":"${"h".repeat(2_000_000)}"}}`],
    ["a variable that names itself", `{"server":{"host":"\${LOOP}"}}`, { LOOP: "${LOOP}" }],
    ["a variable that grows", `{"server":{"host":"${"${BIG}".repeat(100)}"}}`, {
      BIG: "${BIG}".repeat(5_000),
    }],
    ["a variable that there is not", `{"server":{"host":"\${NOBODY}"}}`],
    ["a secret in place of a host", `{"server":{"host":"\${PROXY_API_KEY} x"}}`],
    ["a secret in place of a number", `{"server":{"port":"\${PROXY_API_KEY}"}}`],
    ["a secret as an option", `{"\${PROXY_API_KEY}":1}`],
    ["a folder as a secret", `{"auth":{"apiKey":"file:/proc"}}`],
    ["a device without end as a secret", `{"auth":{"apiKey":"file:/dev/zero"}}`],
    ["a file that there is not as a secret", `{"auth":{"apiKey":"file:/nowhere/at/all"}}`],
    ["a way up as a credential", `{"auth":{"apiKey":"credential:../../etc/passwd"}}`, {
      CREDENTIALS_DIRECTORY: "/run",
    }],
    ["a file beside as a secret", `{"auth":{"apiKey":"file:../secret"}}`],
  ];

/** Where a gateway may be led that is not meant to be: each is taken, or refused in words. */
const ADDRESSES = [
  "http://169.254.169.254/latest",
  "http://[fd00:ec2::254]/",
  "http://0/",
  "http://0x7f.1/",
  "http://2130706433/",
  "http://user:password@127.0.0.1/",
  "http://127.0.0.1:99999/",
  "http://127.0.0.1:0/",
  "http://[::1/",
  "http:///v1",
  "http://a b/",
  "http://a\u202eb/",
  "ftp://127.0.0.1/",
  "file:///etc/passwd",
  "unix:/var/run/docker.sock",
  "javascript:alert(1)",
  "data:text/plain,hi",
  "//127.0.0.1/v1",
  "127.0.0.1:3000",
  "http://127.0.0.1/v1?key=secret#a",
  "http://127.0.0.1/v1/../../admin",
  `http://${"a".repeat(5_000)}.invalid/`,
];

const ADDRESS_VARIABLES = [
  "OPENAI_BASE_URL",
  "UPSTREAM_OTHER_BASE_URL",
  "OLLAMA_HOST",
  "RATE_LIMIT_STORE",
  "STATE",
  "HTTPS_PROXY",
];

export const hostileConfigurations: Readonly<Record<string, readonly HostileConfiguration[]>> = {
  options: optionRows(),
  variables: variableRows(),
  names: namedRows(),
  files: FILES.map(([name, file, more = {}]) => ({
    name,
    file,
    environment: { ...KEYS, ...more },
  })),
  addresses: ADDRESS_VARIABLES.flatMap((variable) =>
    ADDRESSES.map((address) => ({
      name: `${address.slice(0, 60)} in ${variable}`,
      environment: { ...KEYS, [variable]: address },
    }))
  ),
};
