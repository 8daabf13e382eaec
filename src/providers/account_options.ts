/** The options that most providers share: a key and an address, either of which switches them on. */

import * as z from "zod";
import { SECRET } from "../core/text/secret.ts";

/** Text that is sent as a header's value. */
export const headerText = z.string().min(1).max(1_024).regex(/^[\x20-\x7e]+$/, {
  error: "must be printable ASCII: it is sent in a header",
});

/** A key, which is sent in a header; one that is pasted with a space in it is not the whole key, or two. */
export const keyText = z.string().min(1).max(1_024).regex(/^[\x21-\x7e]+$/, {
  error: "must be printable ASCII without spaces: it is sent in a header",
});

/**
 * An address of an API. Nothing is made of options whose address is none. Addresses are shown to whoever
 * asks for `/health`, so they must hold no secret.
 */
export const webAddress = z.url({
  protocol: /^https?$/,
  abort: true,
  error: ({ input }) =>
    input === undefined ? "must be set: it is the upstream's address" : undefined,
}).refine(
  (text) => !hasCredentials(text),
  "must not hold a user or a password, which would not be sent; set the API key instead",
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
export interface Account {
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
}

/** What `z.strictObject` makes an account of. */
export interface AccountShape {
  readonly apiKey: z.ZodOptional<z.ZodString>;
  readonly baseUrl: z.ZodOptional<z.ZodURL>;
}

/** The options of an account, described for `provider`. */
export function accountOptions(provider: string, baseUrl: string): AccountShape {
  return {
    apiKey: keyText.optional().meta(SECRET).describe(
      `Key of the ${provider} account; switches it on.`,
    ),
    baseUrl: webAddress.optional().describe(
      `Address of ${provider}'s API, \`${baseUrl}\` if not set; naming one switches it on, too.`,
    ),
  };
}

export function isOn({ apiKey, baseUrl }: Account): boolean {
  return apiKey !== undefined || baseUrl !== undefined;
}

/** Where its key is set; `prefix` begins the names of its variables, `path` leads to its options in a file. */
export function keySettingOf(prefix: string, path: string): string {
  return `${prefix}_API_KEY (${path}.apiKey in a configuration file)`;
}

/** Why it is on, for people; `prefix` begins the names of its variables. */
export function reasonOf(prefix: string, { apiKey }: Account): string {
  return `${prefix}_${apiKey === undefined ? "BASE_URL" : "API_KEY"} is set`;
}
