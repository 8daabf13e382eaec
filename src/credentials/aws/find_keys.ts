/**
 * Where AWS's own tools look for keys, in their order: settings, a web identity, shared files, the container,
 * the instance.
 *
 * @see {@link https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html}
 * @module
 */

import type { Signal } from "../../core/http/signal.ts";
import type { CredentialMeans } from "../../core/provider/transport.ts";
import type { Issued } from "../renewed.ts";
import type { AwsSources } from "./aws_sources.ts";
import { containerKeys } from "./container.ts";
import { instanceKeys } from "./instance.ts";
import { profileKeys } from "./shared_files.ts";
import type { AwsKeys } from "./sigv4.ts";
import { assumeWithWebIdentity } from "./sts.ts";

/** Rejects with what was looked for and not found, or with why the first source that is set has failed. */
export async function findKeys(
  sources: AwsSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<AwsKeys>> {
  const { accessKeyId, secretAccessKey, sessionToken } = sources;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    const value = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    return { value, expiresMs: undefined };
  }
  const issued = await findIssued(sources, means, signal);
  means.keepSecret(issued.value.secretAccessKey);
  if (issued.value.sessionToken !== undefined) means.keepSecret(issued.value.sessionToken);
  return issued;
}

async function findIssued(
  sources: AwsSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<AwsKeys>> {
  const { webIdentityTokenFile, roleArn, profile } = sources;
  if (profile === undefined && webIdentityTokenFile !== undefined && roleArn !== undefined) {
    return await assumeWithWebIdentity(
      { ...sources, webIdentityTokenFile, roleArn },
      means,
      signal,
    );
  }
  const fromFiles = await profileKeys(sources, means, signal);
  if (fromFiles !== undefined) return fromFiles;
  if (profile !== undefined) {
    throw new Error(`AWS_PROFILE names "${profile}", of which the shared files have no keys`);
  }
  const fromContainer = await containerKeys(sources, means, signal);
  if (fromContainer !== undefined) return fromContainer;
  if (sources.metadataDisabled?.toLowerCase() === "true") {
    throw new Error(
      "There are no keys of AWS: none in AWS_ACCESS_KEY_ID, the shared files or the container, " +
        "and AWS_EC2_METADATA_DISABLED keeps from asking the instance",
    );
  }
  return await instanceKeys(sources, means, signal);
}
