/** Keys of an instance's role, from EC2's metadata service in its second version. */

import type { Signal } from "../../core/http/signal.ts";
import type { CredentialMeans } from "../../core/provider/transport.ts";
import { askIssuer, askIssuerForJson } from "../ask_issuer.ts";
import type { Issued } from "../renewed.ts";
import type { AwsSources } from "./aws_sources.ts";
import { readKeys } from "./issued_keys.ts";
import type { AwsKeys } from "./sigv4.ts";

const ENDPOINT = "http://169.254.169.254";
const ROLES = "/latest/meta-data/iam/security-credentials/";
/** Of the token for the service itself; a few requests need it. */
const TOKEN_SECONDS = "60";

export async function instanceKeys(
  { metadataEndpoint = ENDPOINT }: AwsSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<AwsKeys>> {
  const base = metadataEndpoint.replace(/\/+$/, "");
  const token = await askIssuer(
    {
      method: "PUT",
      url: `${base}/latest/api/token`,
      headers: [["x-aws-ec2-metadata-token-ttl-seconds", TOKEN_SECONDS]],
    },
    means,
    signal,
  );
  const headers = [["x-aws-ec2-metadata-token", token]] as const;
  const roles = await askIssuer({ method: "GET", url: base + ROLES, headers }, means, signal);
  const role = encodeURIComponent(roles.trim().split("\n")[0] ?? "");
  const url = `${base}${ROLES}${role}`;
  return readKeys(
    await askIssuerForJson({ method: "GET", url, headers }, means, signal),
    "The metadata service",
  );
}
