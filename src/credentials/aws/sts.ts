/** Keys of a role, for a token of somebody whom AWS trusts or for keys that may take it. */

import type { Signal } from "../../core/http/signal.ts";
import type { CredentialMeans } from "../../core/provider/transport.ts";
import { askIssuer, FORM_TYPE } from "../ask_issuer.ts";
import type { Issued } from "../renewed.ts";
import { awsDomain } from "./aws_domain.ts";
import { readKeys } from "./issued_keys.ts";
import { type AwsKeys, signRequest } from "./sigv4.ts";

const VERSION = "2011-06-15";
const SESSION_NAME = "weir";
const FIELDS = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];

export interface Role {
  readonly region: string;
  readonly roleArn: string;
  readonly roleSessionName?: string | undefined;
  readonly stsEndpoint?: string | undefined;
}

export async function assumeWithWebIdentity(
  role: Role & { readonly webIdentityTokenFile: string },
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<AwsKeys>> {
  const token = (await means.readFile(role.webIdentityTokenFile)).trim();
  // An issuer may repeat in its refusal what it was sent.
  means.keepSecret(token);
  const form = {
    Action: "AssumeRoleWithWebIdentity",
    Version: VERSION,
    RoleArn: role.roleArn,
    RoleSessionName: role.roleSessionName ?? SESSION_NAME,
    WebIdentityToken: token,
  };
  const text = await askIssuer({ method: "POST", url: endpointOf(role), form }, means, signal);
  return keysIn(text);
}

export async function assumeWithKeys(
  role: Role & { readonly externalId?: string | undefined },
  keys: AwsKeys,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<AwsKeys>> {
  const url = new URL(endpointOf(role));
  const form = {
    Action: "AssumeRole",
    Version: VERSION,
    RoleArn: role.roleArn,
    RoleSessionName: role.roleSessionName ?? SESSION_NAME,
    ...(role.externalId !== undefined && { ExternalId: role.externalId }),
  };
  const body = new TextEncoder().encode(new URLSearchParams(form).toString());
  const described = {
    method: "POST",
    url,
    headers: [["content-type", FORM_TYPE]] as const,
    body,
  };
  const scope = { region: role.region, service: "sts" };
  const { headers } = signRequest(described, keys, scope, means.clock.epochMs());
  const signed = headers.filter(([name]) => name !== "content-type");
  const question = { method: "POST", url: url.href, headers: signed, form } as const;
  return keysIn(await askIssuer(question, means, signal));
}

function endpointOf({ region, stsEndpoint }: Role): string {
  return stsEndpoint ?? `https://sts.${region}.${awsDomain(region)}/`;
}

/** It answers in XML. */
function keysIn(xml: string): Issued<AwsKeys> {
  const found = FIELDS.flatMap((name) => {
    const [, value] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml) ?? [];
    return value === undefined ? [] : [[name, value.trim()] as const];
  });
  return readKeys(Object.fromEntries(found), "STS");
}
