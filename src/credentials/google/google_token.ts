/**
 * Access tokens of Google, wherever Google's own tools take them from: a file of a service account or of a user,
 * or the machine's metadata service.
 *
 * @see {@link https://cloud.google.com/docs/authentication/application-default-credentials}
 * @module
 */

import { createSign } from "node:crypto";
import type { Signal } from "../../core/http/signal.ts";
import type { CredentialMeans, Credentials } from "../../core/provider/transport.ts";
import { type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import { askIssuerForJson } from "../ask_issuer.ts";
import { bearerToken, readToken } from "../bearer_token.ts";
import type { Issued } from "../renewed.ts";

export interface GoogleSources {
  /** What tokens are asked for. */
  readonly scope: string;
  /** Who issues them to users, and to service accounts whose files do not say. */
  readonly tokenUrl: string;
  /** The text of a file of credentials. */
  readonly credentials?: string | undefined;
  readonly credentialsFile?: string | undefined;
  readonly metadataHost?: string | undefined;
}

const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** Where Google's tools leave what a user has logged in with. */
const USER_FILE = "~/.config/gcloud/application_default_credentials.json";
const METADATA_HOST = "metadata.google.internal";
const METADATA_PATH = "/computeMetadata/v1/instance/service-accounts/default/token";
/** The longest that Google takes. */
const ASSERTION_SECONDS = 3_600;

export function googleToken(sources: GoogleSources): Credentials {
  return bearerToken((means, signal) => issue(sources, means, signal));
}

async function issue(
  sources: GoogleSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<string>> {
  const file = await readCredentials(sources, means);
  if (file === undefined) return await fromMetadata(sources, means, signal);
  const { type } = file;
  if (type === "service_account") return await fromServiceAccount(file, sources, means, signal);
  if (type === "authorized_user") return await fromUser(file, sources, means, signal);
  throw new Error(
    `The file of Google's credentials is of the type "${type}", which is not supported here; ` +
      "it must be service_account or authorized_user",
  );
}

/** `undefined` where there is no file, and none is named. */
async function readCredentials(
  { credentials, credentialsFile }: GoogleSources,
  { readFile }: CredentialMeans,
): Promise<JsonObject | undefined> {
  const text = credentials ??
    (credentialsFile === undefined
      ? await readFile(USER_FILE).catch(() => undefined)
      : await readFile(credentialsFile));
  if (text === undefined) return undefined;
  const file = parseJsonObject(text);
  if (file === undefined) throw new Error("The file of Google's credentials is no JSON");
  return file;
}

async function fromServiceAccount(
  { client_email: email, private_key: key, private_key_id: kid, token_uri: uri }: JsonObject,
  { scope, tokenUrl }: GoogleSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<string>> {
  if (typeof email !== "string" || typeof key !== "string") {
    throw new Error("The file of the service account has no client_email or no private_key");
  }
  const url = typeof uri === "string" ? uri : tokenUrl;
  const seconds = Math.floor(means.clock.epochMs() / 1_000);
  const head = { alg: "RS256", typ: "JWT", ...(typeof kid === "string" && { kid }) };
  const claims = {
    iss: email,
    scope,
    aud: url,
    iat: seconds,
    exp: seconds + ASSERTION_SECONDS,
  };
  const unsigned = `${base64Url(head)}.${base64Url(claims)}`;
  const signature = createSign("RSA-SHA256").update(unsigned).sign(key, "base64url");
  const form = { grant_type: GRANT, assertion: `${unsigned}.${signature}` };
  return readToken(await askIssuerForJson({ method: "POST", url, form }, means, signal), means);
}

async function fromUser(
  { client_id: id, client_secret: secret, refresh_token: token }: JsonObject,
  { tokenUrl }: GoogleSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<string>> {
  if (typeof id !== "string" || typeof secret !== "string" || typeof token !== "string") {
    throw new Error("The file of the user has no client_id, client_secret or refresh_token");
  }
  // An issuer may repeat in its refusal what it was sent.
  means.keepSecret(secret);
  means.keepSecret(token);
  const form = {
    grant_type: "refresh_token",
    client_id: id,
    client_secret: secret,
    refresh_token: token,
  };
  const question = { method: "POST", url: tokenUrl, form } as const;
  return readToken(await askIssuerForJson(question, means, signal), means);
}

async function fromMetadata(
  { metadataHost = METADATA_HOST }: GoogleSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<string>> {
  const url = `http://${metadataHost}${METADATA_PATH}`;
  const headers = [["metadata-flavor", "Google"]] as const;
  return readToken(await askIssuerForJson({ method: "GET", url, headers }, means, signal), means);
}

function base64Url(value: JsonObject): string {
  return btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
