/**
 * Keys from the files that AWS's tools share, and the roles that profiles in them take.
 *
 * @see {@link https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html}
 * @module
 */

import type { Signal } from "../../core/http/signal.ts";
import type { CredentialMeans } from "../../core/provider/transport.ts";
import type { Issued } from "../renewed.ts";
import { containerKeys } from "./container.ts";
import type { AwsSources } from "./aws_sources.ts";
import { instanceKeys } from "./instance.ts";
import type { AwsKeys } from "./sigv4.ts";
import { assumeWithKeys, assumeWithWebIdentity } from "./sts.ts";

type Profile = Readonly<Record<string, string>>;
type Profiles = ReadonlyMap<string, Profile>;

const CREDENTIALS_FILE = "~/.aws/credentials";
const CONFIG_FILE = "~/.aws/config";
/** Keys are taken anew, because other programs write these files. */
const REREAD_MS = 60_000;
/** Profiles that name each other. */
const MAX_CHAIN = 5;
/** What takes a program, or a login in a browser. */
const UNSUPPORTED = ["sso_session", "sso_start_url", "credential_process"];

/** `undefined` where there is no such profile, or no such file. */
export async function profileKeys(
  sources: AwsSources,
  means: CredentialMeans,
  signal: Signal,
): Promise<Issued<AwsKeys> | undefined> {
  const profiles = await readProfiles(sources, means);
  const name = sources.profile ?? "default";
  if (!profiles.has(name)) return undefined;
  return await keysOf(name, { profiles, sources, means, signal }, 0);
}

interface Search {
  readonly profiles: Profiles;
  readonly sources: AwsSources;
  readonly means: CredentialMeans;
  readonly signal: Signal;
}

async function keysOf(
  name: string,
  search: Search,
  depth: number,
): Promise<Issued<AwsKeys> | undefined> {
  const { profiles, sources, means, signal } = search;
  const profile = profiles.get(name);
  if (profile === undefined || depth > MAX_CHAIN) {
    throw new Error(`The profile "${name}" of the shared files leads nowhere`);
  }
  const { aws_access_key_id: id, aws_secret_access_key: secret } = profile;
  const { role_arn: roleArn, source_profile: source, web_identity_token_file: file } = profile;
  if (roleArn !== undefined) {
    const role = { ...sources, roleArn, roleSessionName: profile["role_session_name"] };
    if (file !== undefined) {
      return await assumeWithWebIdentity({ ...role, webIdentityTokenFile: file }, means, signal);
    }
    const own = source === name || (source === undefined && id !== undefined);
    const base = own
      ? staticKeys(profile, means)
      : source === undefined
      ? await sourceKeys(profile, search)
      : await keysOf(source, search, depth + 1);
    if (base === undefined) throw new Error(`The profile "${name}" has no keys to take its role`);
    const asked = { ...role, externalId: profile["external_id"] };
    return await assumeWithKeys(asked, base.value, means, signal);
  }
  if (id !== undefined && secret !== undefined) return staticKeys(profile, means);
  const unsupported = UNSUPPORTED.find((option) => profile[option] !== undefined);
  if (unsupported === undefined) return undefined;
  throw new Error(
    `The profile "${name}" uses ${unsupported}, which is not supported here; set AWS_ACCESS_KEY_ID, ` +
      "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, for example with aws configure export-credentials",
  );
}

/** `credential_source` names what the machine has. */
async function sourceKeys(
  { credential_source: source = "" }: Profile,
  { sources, means, signal }: Search,
): Promise<Issued<AwsKeys> | undefined> {
  if (source === "Ec2InstanceMetadata") return await instanceKeys(sources, means, signal);
  return source === "EcsContainer" ? await containerKeys(sources, means, signal) : undefined;
}

function staticKeys(profile: Profile, { clock }: CredentialMeans): Issued<AwsKeys> | undefined {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } =
    profile;
  if (id === undefined || secret === undefined) return undefined;
  return {
    value: {
      accessKeyId: id,
      secretAccessKey: secret,
      ...(token !== undefined && { sessionToken: token }),
    },
    expiresMs: clock.epochMs() + REREAD_MS,
  };
}

/** The file of credentials wins over the other. A file that is not there has nothing to say. */
async function readProfiles(
  { sharedCredentialsFile = CREDENTIALS_FILE, configFile = CONFIG_FILE }: AwsSources,
  { readFile }: CredentialMeans,
): Promise<Profiles> {
  const [credentials, config] = await Promise.all(
    [sharedCredentialsFile, configFile].map((path) => readFile(path).catch(() => "")),
  );
  const profiles = new Map<string, Profile>();
  for (const text of [config ?? "", credentials ?? ""]) {
    for (const [name, profile] of parseProfiles(text)) {
      profiles.set(name, { ...profiles.get(name), ...profile });
    }
  }
  return profiles;
}

/** `[default]`, `[profile name]` and `[name]`, with `key = value` below them. */
function parseProfiles(text: string): Profiles {
  const profiles = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\s*\[\s*(?:profile\s+)?"?([^\]"]+?)"?\s*\]/.exec(line) ?? [];
    if (name !== undefined) {
      current = profiles.get(name) ?? {};
      profiles.set(name, current);
      continue;
    }
    const [, key, value] = /^([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current[key.toLowerCase()] = value;
  }
  return profiles;
}
