/** The options of a provider of the operator's own. */

import * as z from "zod";
import type { Connection } from "../../core/provider/connection.ts";
import type { RelayTimes } from "../../core/provider/provider.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { SECRET } from "../../core/text/secret.ts";
import { type KeyForm, keyList, keyText } from "../account/account_keys.ts";
import { headerText, toolsOption, webAddress } from "../account/account_options.ts";
import type { OptionVariable } from "../provider_kind.ts";
import { anyFormatsOption } from "../spoken_formats.ts";

const headerName = z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/i, {
  error: "must be the name of a header",
});
/** What the transport writes itself. */
const OWN_HEADERS = /^(connection|content-length|host|transfer-encoding|upgrade)$/i;

const authOption = z.union([
  z.enum(["bearer", "client"]),
  z.string().regex(/^(header|query):[\x21-\x7e]{1,100}$/),
  z.strictObject({ header: headerName }),
  z.strictObject({ query: z.string().min(1).max(100) }),
], { error: 'must be bearer, client, "header:NAME" or "query:NAME"' });

const timeMs = z.int().min(1).max(86_400_000).optional();

const PEM = /^\s*-----BEGIN [^]+-----END [^-]+-----\s*$/;
const pem = z.string().min(1).max(1_048_576).regex(PEM, {
  error:
    "must be PEM, from -----BEGIN to its END; a path is read where it is written as file:/path",
});

export const compatibleOptions = z.strictObject({
  baseUrl: webAddress.describe(
    "Address of an OpenAI-compatible API; adds the upstream `<name>`. Its query is kept for every request, and an endpoint at its end is understood.",
  ),
  apiPath: z.string().max(200).regex(/^(\/[A-Za-z0-9._~\/-]*)?$/, {
    error: "must be a path such as /v4, or / for none",
  }).optional().describe(
    "What follows the address in place of `/v1`; `/` for nothing, so that it is taken as it is.",
  ),
  apiKey: keyText.optional().meta(SECRET).describe("Its key, where it needs one."),
  apiKeys: keyList.optional().describe(
    "Several keys of it, which take turns; one that is refused is left out for a while.",
  ),
  auth: authOption.default("bearer").describe(
    "How its key is sent: `bearer`, `header:NAME` or `query:NAME`. With `client`, callers' own credentials are sent to it, and to it alone; their key of Weir is then read from `x-weir-key`.",
  ),
  headers: z.record(
    headerName.refine((name) => !OWN_HEADERS.test(name), "is none that can be set here"),
    headerText.meta(SECRET),
  ).default({}).describe("Headers that every request to it has, `name=value` each."),
  query: z.record(z.string().min(1).max(100), z.string().max(1_024).meta(SECRET)).default({})
    .describe("What every request to it has in its query, `name=value` each."),
  formats: anyFormatsOption(["chat"]),
  tools: toolsOption,
  streamUsage: z.enum(["on", "off"]).default("on").describe(
    "Whether its streams may be asked for their usage; `off` for servers that refuse `stream_options`.",
  ),
  drop: z.array(z.string().min(1).max(200)).max(100).default([]).describe(
    "Fields of requests that are not sent to it, dotted below the top level, `messages[].name` in lists; what that may cost is told in `x-weir-warning`.",
  ),
  rename: z.record(z.string().min(1).max(200), z.string().min(1).max(200)).default({}).describe(
    "Its own names of fields at the top level of requests, `ours=its` each.",
  ),
  defaults: z.record(z.string().min(1).max(200), z.json()).default({}).describe(
    'What its chats have where they do not say it themselves, as JSON: `{"temperature":0}`.',
  ),
  maxConnections: z.int().min(1).max(1_000_000).optional().describe(
    "Most connections to it, in place of `MAX_CONNECTIONS_PER_UPSTREAM`.",
  ),
  maxRetries: z.int().min(0).max(100).optional().describe(
    "Tries beyond the first, in place of `MAX_RETRIES`.",
  ),
  connectTimeoutMs: timeMs.describe("Time for connecting, in place of `CONNECT_TIMEOUT_MS`."),
  headersTimeoutMs: timeMs.describe(
    "Time from a request to the headers of its answer, in place of `FIRST_BYTE_TIMEOUT_MS`.",
  ),
  firstContentTimeoutMs: timeMs.describe(
    "Time to the first content of a stream, in place of `FIRST_CONTENT_TIMEOUT_MS`.",
  ),
  idleTimeoutMs: timeMs.describe(
    "Longest silence within an answer, in place of `IDLE_TIMEOUT_MS`.",
  ),
  // No secret, but it is read from a file like one.
  caCerts: z.array(pem.meta(SECRET)).max(100).default([]).describe(
    "Certificates (PEM) that are trusted for it in addition to all others; `file:/path` reads a file.",
  ),
  clientCertificate: pem.optional().describe(
    "Certificate (PEM) that Weir shows it; `file:/path` reads a file.",
  ).meta(SECRET),
  clientKey: pem.optional().describe("Its private key (PEM); `file:/path` reads a file.")
    .meta(SECRET),
  unixSocket: z.string().regex(/^\/.{1,100}$/, { error: "must be an absolute path" }).optional()
    .describe(
      "Path of a socket that it listens on, in place of the address's host and port.",
    ),
}).superRefine((options, { addIssue }) => {
  const { clientCertificate, clientKey, unixSocket, baseUrl, auth, apiKey, apiKeys } = options;
  const refuse = (option: string, message: string): void =>
    addIssue({ code: "custom", path: [option], message });
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    refuse("clientKey", "must be set together with clientCertificate, or neither");
  }
  if (unixSocket !== undefined && !baseUrl.startsWith("http:")) {
    refuse("unixSocket", "speaks plain HTTP; write the address as http://localhost");
  }
  if (auth === "client" && (apiKey !== undefined || apiKeys !== undefined)) {
    refuse("auth", "is client, which needs no key of Weir's own; take apiKey out");
  }
});

export type CompatibleOptions = z.output<typeof compatibleOptions>;

/** Each after `UPSTREAM_<NAME>_`. */
const ENDINGS: readonly (readonly [ending: string, option: string, form?: OptionVariable[2]])[] = [
  ["BASE_URL", "baseUrl"],
  ["API_PATH", "apiPath"],
  ["API_KEY", "apiKey"],
  ["API_KEYS", "apiKeys", "list"],
  ["AUTH", "auth"],
  ["HEADERS", "headers", "pairs"],
  ["QUERY", "query", "pairs"],
  ["STREAM_USAGE", "streamUsage"],
  ["FORMATS", "formats", "list"],
  ["TOOLS", "tools"],
  ["DROP", "drop", "list"],
  ["RENAME", "rename", "pairs"],
  ["DEFAULTS", "defaults", "json"],
  ["MAX_CONNECTIONS", "maxConnections", "number"],
  ["MAX_RETRIES", "maxRetries", "number"],
  ["CONNECT_TIMEOUT_MS", "connectTimeoutMs", "number"],
  ["HEADERS_TIMEOUT_MS", "headersTimeoutMs", "number"],
  ["FIRST_CONTENT_TIMEOUT_MS", "firstContentTimeoutMs", "number"],
  ["IDLE_TIMEOUT_MS", "idleTimeoutMs", "number"],
  ["CA_CERTS", "caCerts", "list"],
  ["CLIENT_CERTIFICATE", "clientCertificate"],
  ["CLIENT_KEY", "clientKey"],
  ["UNIX_SOCKET", "unixSocket"],
];

export const COMPATIBLE_VARIABLES: readonly OptionVariable[] = ENDINGS.map((
  [ending, option, form],
) => [`UPSTREAM_<NAME>_${ending}`, `*.${option}`, form]);

/** `undefined` for callers' own. */
export function keyFormOf({ auth }: CompatibleOptions): KeyForm | undefined {
  if (auth === "client") return undefined;
  if (auth === "bearer" || typeof auth !== "string") return auth;
  const name = auth.slice(auth.indexOf(":") + 1);
  return auth.startsWith("header:") ? { header: name.toLowerCase() } : { query: name };
}

export function connectionOf(options: CompatibleOptions): Connection | undefined {
  const { maxConnections, connectTimeoutMs, headersTimeoutMs, caCerts, unixSocket } = options;
  const { clientCertificate: certificate, clientKey: key } = options;
  const connection = {
    ...(maxConnections !== undefined && { maxConnections }),
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(headersTimeoutMs !== undefined && { headersTimeoutMs }),
    ...(caCerts.length > 0 && { caCerts }),
    ...(unixSocket !== undefined && { unixSocket }),
    ...(certificate !== undefined && key !== undefined && {
      clientCertificate: { certificate, key },
    }),
  };
  return Object.keys(connection).length === 0 ? undefined : connection;
}

export function relayTimesOf(
  { firstContentTimeoutMs, idleTimeoutMs }: CompatibleOptions,
): RelayTimes | undefined {
  if (firstContentTimeoutMs === undefined && idleTimeoutMs === undefined) return undefined;
  return {
    ...(firstContentTimeoutMs !== undefined && { firstContentTimeoutMs }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
  };
}

export function defaultsOf({ defaults }: CompatibleOptions): JsonObject {
  return defaults as JsonObject; // Of JSON, as it was read.
}
