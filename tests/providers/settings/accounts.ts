/** The variables that presets have alike, the lists of keys of all others, and what each account has beside them. */

import { prefixOf } from "../../../src/providers/presets/preset_kind.ts";
import type { Preset } from "../../../src/providers/presets/preset.ts";
import { PRESETS } from "../../../src/providers/presets/presets.ts";
import {
  type Environment,
  header,
  OFF,
  origin,
  path,
  type Setting,
  type SettingTable,
} from "./setting.ts";

const ADDRESS = "https://own.example";
const CHAT_PATH = "/v1/chat/completions";

/** A list of keys, of which the last one is on the request. */
function keyList(name = "authorization", scheme = "Bearer "): Setting {
  return {
    value: "key-1, key-2",
    look: header(name),
    before: null,
    after: `${scheme}key-2`,
  };
}

/** A header that is sent where the variable is set. */
function sentAs(name: string, value: string, before: string | null = null): Setting {
  return { value, look: header(name), before };
}

const asResponses: Setting = {
  value: "responses",
  look: path,
  before: CHAT_PATH,
  after: "/v1/responses",
};

const drop: Setting = {
  value: "seed,logit_bias",
  look: ({ body }) => body["seed"] ?? null,
  before: 7,
  after: null,
};

function ofPreset([name, preset]: readonly [string, Preset]): SettingTable {
  const { baseUrl } = preset;
  const prefix = prefixOf(name, preset);
  return {
    provider: name,
    env: { [`${prefix}_BASE_URL`]: ADDRESS },
    settings: {
      [`${prefix}_API_KEY`]: { ...sentAs("authorization", "key-1"), after: "Bearer key-1" },
      [`${prefix}_API_KEYS`]: keyList(),
      [`${prefix}_BASE_URL`]: {
        value: ADDRESS,
        env: { [`${prefix}_API_KEY`]: "key-1" },
        look: origin,
        before: baseUrl === undefined ? OFF : new URL(baseUrl).origin,
      },
      [`${prefix}_FORMATS`]: {
        value: "messages",
        look: (seen) => String(path(seen)).endsWith("/messages"),
        before: false,
        after: true,
      },
    },
  };
}

function ofAccount(
  provider: string,
  env: Environment,
  settings: SettingTable["settings"],
): SettingTable {
  return { provider, env, settings };
}

export const ACCOUNT_SETTINGS: readonly SettingTable[] = [
  ofAccount("openai", { OPENAI_BASE_URL: ADDRESS }, {
    OPENAI_API_KEYS: keyList(),
    OPENAI_ORGANIZATION: sentAs("openai-organization", "org-1"),
    OPENAI_PROJECT: sentAs("openai-project", "proj-1"),
    OPENAI_FORMATS: asResponses,
  }),
  ofAccount("openrouter", { OPENROUTER_BASE_URL: ADDRESS }, {
    OPENROUTER_API_KEYS: keyList(),
    OPENROUTER_REFERER: sentAs("http-referer", "https://app.example", "http://localhost"),
    OPENROUTER_TITLE: sentAs("x-openrouter-title", "App", "Weir"),
  }),
  ofAccount("venice", { VENICE_BASE_URL: ADDRESS }, {
    VENICE_API_KEYS: keyList(),
    VENICE_DROP_FIELDS: drop,
  }),
  ofAccount("anthropic", { ANTHROPIC_BASE_URL: ADDRESS }, {
    ANTHROPIC_API_KEYS: keyList("x-api-key", ""),
    ANTHROPIC_AUTH_TOKEN: { ...sentAs("authorization", "token-1"), after: "Bearer token-1" },
  }),
  ofAccount("gemini", { GEMINI_BASE_URL: ADDRESS }, {
    GEMINI_API_KEYS: keyList("x-goog-api-key", ""),
  }),
  ...Object.entries<Preset>(PRESETS).map(ofPreset),
];
