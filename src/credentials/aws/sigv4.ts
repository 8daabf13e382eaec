/**
 * AWS's Signature Version 4.
 *
 * Own code: the two libraries in use bring a hundred times its size, or `fetch` and its types.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */

import { createHash } from "node:crypto";
import { hmacSha256 } from "../../core/hmac_sha256.ts";
import type { ProviderRequest } from "../../core/provider/transport.ts";

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a signature is valid for. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
/** What is signed beside what the signature itself brings. */
const SIGNED_HEADERS: ReadonlySet<string> = new Set(["content-type"]);

/** The request with its signature. Its body must be there whole. */
export function signRequest(
  request: ProviderRequest,
  keys: AwsKeys,
  { region, service }: SigningScope,
  epochMs: number,
): ProviderRequest {
  const { method, url, headers, body } = request;
  if (body !== undefined && !(body instanceof Uint8Array)) {
    throw new Error("A body that is still coming in cannot be signed");
  }
  const moment = new Date(epochMs).toISOString().replace(/[:-]|\.\d{3}/g, "");
  const date = moment.slice(0, 8);
  const added = [
    ["x-amz-date", moment],
    ...(keys.sessionToken === undefined
      ? []
      : [["x-amz-security-token", keys.sessionToken]] as const),
  ] as const;
  const signed = [
    ...headers.filter(([name]) => SIGNED_HEADERS.has(name)),
    ["host", url.host] as const,
    ...added,
  ].toSorted(([left], [right]) => left < right ? -1 : 1);
  const names = signed.map(([name]) => name).join(";");
  const canonical = [
    method,
    canonicalPath(url.pathname),
    canonicalQuery(url.searchParams),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    names,
    sha256(body ?? ""),
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, moment, scope, sha256(canonical)].join("\n");
  const key = [date, region, service, "aws4_request"]
    .reduce<Uint8Array | string>(
      (key, text) => hmacSha256(key, text),
      `AWS4${keys.secretAccessKey}`,
    );
  const signature = hmacSha256(key, text).toString("hex");
  const authorization =
    `${ALGORITHM} Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...request, headers: [...headers, ...added, ["authorization", authorization]] };
}

/** Encoded once on the wire, and once more here (T111). */
function canonicalPath(path: string): string {
  return path.split("/").map(encode).join("/");
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join("&");
}

/** As RFC 3986 has it; `encodeURIComponent` leaves five characters more. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
