/** Checks the signature of a request by making it anew with AWS's own code. */

import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { StandInRequest } from "../support/providers/stand_in.ts";

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const SIGNING_KEYS: SigningKeys = {
  accessKeyId: "AKIASTANDINOFTESTS00",
  secretAccessKey: "secret/of+the/stand-in/for/AWS/0123456789",
  sessionToken: "session-token-of-the-stand-in==",
};

/** `undefined` where it is right, else what is wrong. */
export async function signatureProblem(
  { method, path, headers, body }: StandInRequest,
  host: string,
  keys: SigningKeys = SIGNING_KEYS,
): Promise<string | undefined> {
  const given = headers.get("authorization") ?? "";
  const [, region, service, names] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), /.exec(given) ??
      [];
  if (region === undefined || service === undefined || names === undefined) {
    return "Missing Authentication Token";
  }
  const signer = new SignatureV4({
    credentials: keys,
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const [date, time] = (headers.get("x-amz-date") ?? "").split("T");
  const [hostname = "", port] = host.split(":");
  const { pathname, searchParams } = new URL(path, "http://stand-in");
  const signed = names.split(";").map((name) =>
    [name, name === "host" ? host : headers.get(name) ?? ""] as const
  );
  const again = await signer.sign({
    method,
    protocol: "http:",
    hostname,
    ...(port !== undefined && { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(signed),
    body,
  }, { signingDate: momentOf(date ?? "", time ?? "") });
  const expected = again.headers["authorization"];
  return given === expected
    ? undefined
    : `The request signature we calculated does not match: ${given} is not ${expected}`;
}

function momentOf(date: string, time: string): Date {
  const day = date.replace(/(\d{4})(\d\d)(\d\d)/, "$1-$2-$3");
  return new Date(`${day}T${time.replace(/(\d\d)(\d\d)(\d\d)Z/, "$1:$2:$3Z")}`);
}
