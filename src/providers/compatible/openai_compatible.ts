/** Anything else that speaks OpenAI's API or Anthropic's, as its operator describes it. */

import * as z from "zod";
import type { Provider } from "../../core/provider/provider.ts";
import { credentialsOf } from "../account/account_keys.ts";
import { keySettingOf } from "../account/account_options.ts";
import { addressOf } from "./address.ts";
import { describeCompatible } from "./describe.ts";
import {
  COMPATIBLE_VARIABLES,
  type CompatibleOptions,
  compatibleOptions,
  connectionOf,
  defaultsOf,
  keyFormOf,
  relayTimesOf,
} from "./options.ts";
import type { ProviderKind } from "../provider_kind.ts";

const options = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, {
    error: "must be small letters, digits, - and _, 64 at the most",
  }),
  compatibleOptions,
).default({}).describe("Upstreams that speak OpenAI's API, each under a name of your own.");

/** Any number of upstreams, each under the name that it is given. */
export const openaiCompatible: ProviderKind<typeof options> = {
  options,
  variables: COMPATIBLE_VARIABLES,
  // In the order in which they are named: the configuration's file is read from its top to its bottom.
  create: (options) => Object.entries(options).map(([name, each]) => describe(name, each)),
};

function describe(name: string, options: CompatibleOptions): Provider {
  const { baseUrl, apiPath, query, headers, formats, streamUsage, drop, rename } = options;
  const prefix = `UPSTREAM_${name.toUpperCase()}`;
  const form = keyFormOf(options);
  const connection = connectionOf(options);
  const relayTimes = relayTimesOf(options);
  return describeCompatible({
    name,
    address: addressOf({ baseUrl, apiPath, query }),
    credentials: form === undefined ? credentialsOf({}) : credentialsOf(options, form),
    takesClientsCredentials: form === undefined,
    reason: `${prefix}_BASE_URL is set`,
    // A refusal of their own credentials is for callers to read.
    keySetting: form && keySettingOf(prefix, `upstreams.compatible.${name}`, options),
    formats,
    headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
    // Nobody but its callers can be asked for a list.
    list: form === undefined ? "none" : undefined,
    rules: { drop, rename, defaults: defaultsOf(options) },
    hasRulesForMessages: true,
    acceptsStreamUsage: streamUsage === "on",
    emulatesTools: options.tools === "emulate",
    maxRetries: options.maxRetries,
    ...(connection !== undefined && { connection }),
    ...(relayTimes !== undefined && { relayTimes }),
  });
}
