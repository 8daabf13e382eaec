/** The options that most providers share: a key and an address, either of which switches them on. */

import * as z from "zod";
import { readCassetteAddress } from "../../core/provider/cassette_address.ts";
import { SECRET } from "../../core/text/secret.ts";
import { type AccountKeys, keyList, keyText } from "./account_keys.ts";
import type { OptionVariable } from "../provider_kind.ts";

/** Text that is sent as a header's value. */
export const headerText = z.string().min(1).max(1_024).regex(/^[\x20-\x7e]+$/, {
  error: "must be printable ASCII: it is sent in a header",
});

/**
 * An address of an API. Nothing is made of options whose address is none. Addresses are shown to whoever
 * asks for `/health`, so they must hold no secret.
 */
const urlText = z.url({
  protocol: /^https?$/,
  abort: true,
  error: ({ input }) =>
    input === undefined ? "must be set: it is the upstream's address" : undefined,
}).refine(
  (text) => !hasCredentials(text),
  "must not hold a user or a password, which would not be sent; set the API key instead",
);

/** `cassette:FILE` is the address of a recording. */
export const webAddress = z.preprocess(
  (text) => typeof text === "string" ? readCassetteAddress(text) : text,
  urlText,
);

/** Whether an address names who asks. */
export function hasCredentials(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.username !== "" || url.password !== "");
}

export const toolsOption = z.enum(["native", "emulate"]).default("native").describe(
  "`emulate` for models that call no tools: they are told of them in their prompt, and calls are made of what they write.",
);

/** What tells whether an account is meant to be used. */
export interface Account extends AccountKeys {
  readonly baseUrl?: string | undefined;
}

/** What `z.strictObject` makes an account of. */
export interface AccountShape {
  readonly apiKey: z.ZodOptional<z.ZodString>;
  readonly apiKeys: z.ZodOptional<typeof keyList>;
  readonly baseUrl: z.ZodOptional<typeof webAddress>;
}

/** The options of an account, described for `provider`. */
export function accountOptions(provider: string, baseUrl: string | undefined): AccountShape {
  return {
    apiKey: keyText.optional().meta(SECRET).describe(
      baseUrl === undefined
        ? `Key of ${provider}, where it wants one.`
        : `Key of the ${provider} account; switches it on.`,
    ),
    apiKeys: keyList.optional().describe(
      `Several keys of ${provider}, which take turns; one that is refused is left out for a while.`,
    ),
    baseUrl: webAddress.optional().describe(
      baseUrl === undefined
        ? `Address of ${provider}'s API; switches it on.`
        : `Address of ${provider}'s API, \`${baseUrl}\` if not set; naming one switches it on, too.`,
    ),
  };
}

export function isOn(account: Account): boolean {
  return isKeyed(account) || account.baseUrl !== undefined;
}

export function isKeyed({ apiKey, apiKeys }: AccountKeys): boolean {
  return apiKey !== undefined || apiKeys !== undefined;
}

/** The variables of an account; `prefix` begins their names. */
export function accountVariables(prefix: string): readonly OptionVariable[] {
  return [
    [`${prefix}_API_KEY`, "apiKey"],
    [`${prefix}_API_KEYS`, "apiKeys", "list"],
    [`${prefix}_BASE_URL`, "baseUrl"],
  ];
}

/** Where its keys are set; `prefix` begins the names of its variables, `path` leads to its options in a file. */
export function keySettingOf(prefix: string, path: string, { apiKeys }: AccountKeys = {}): string {
  const [variable, option] = apiKeys === undefined ? ["KEY", "apiKey"] : ["KEYS", "apiKeys"];
  return `${prefix}_API_${variable} (${path}.${option} in a configuration file)`;
}

/** Why it is on, for people; `prefix` begins the names of its variables. */
export function reasonOf(prefix: string, { apiKey, apiKeys }: Account): string {
  if (apiKey !== undefined) return `${prefix}_API_KEY is set`;
  return apiKeys === undefined ? `${prefix}_BASE_URL is set` : `${prefix}_API_KEYS is set`;
}
