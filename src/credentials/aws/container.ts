/** Keys of a container's role: ECS, EKS. */

import type { Signal } from "../../core/http/signal.ts";
import type { CredentialMeans } from "../../core/provider/transport.ts";
import { askIssuerForJson } from "../ask_issuer.ts";
import type { Issued } from "../renewed.ts";
import type { AwsSources } from "./aws_sources.ts";
import { readKeys } from "./issued_keys.ts";
import type { AwsKeys } from "./sigv4.ts";

const ECS = "http://169.254.170.2";
/** Without TLS, nobody but these is told the token. */
const PLAIN_HOSTS: ReadonlySet<string> = new Set([
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::23]",
  "[::1]",
  "localhost",
]);

/** `undefined` where the container has no role. */
export async function containerKeys(
  sources: AwsSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<AwsKeys> | undefined> {
  const { containerRelativeUri: path, containerFullUri: address } = sources;
  const url = path === undefined ? address : `${ECS}${path}`;
  if (url === undefined) return undefined;
  checkPlain(url);
  const { containerToken, containerTokenFile } = sources;
  const token = containerTokenFile === undefined
    ? containerToken
    : (await means.readFile(containerTokenFile)).trim();
  // Who is asked may repeat in a refusal what it was sent.
  if (token !== undefined) means.keepSecret(token);
  const body = await askIssuerForJson(
    {
      method: "GET",
      url,
      headers: token === undefined ? [] : [["authorization", token]],
    },
    means,
    signal,
  );
  return readKeys(body, "The container's credentials service");
}

function checkPlain(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || PLAIN_HOSTS.has(hostname)) return;
  if (/^127(\.\d{1,3}){3}$/.test(hostname)) return;
  throw new Error("AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or lead to this machine");
}
