/** How Bedrock is switched on, and where keys of AWS are looked for. */

import * as z from "zod";
import { SECRET } from "../../core/text/secret.ts";
import { keyText } from "../account/account_keys.ts";
import { webAddress } from "../account/account_options.ts";
import type { OptionVariable } from "../provider_kind.ts";

/** AWS's own variables hold whatever other programs want: what is wrong in them shows when they are used. */
const text = z.string().max(8_192);

const credentials = z.strictObject({
  accessKeyId: text.optional().meta(SECRET).describe(
    "Access key of AWS. Keys are looked for here, then in a web identity, the shared files, the container and the instance; they switch nothing on.",
  ),
  secretAccessKey: text.optional().meta(SECRET).describe("The secret of the access key."),
  sessionToken: text.optional().meta(SECRET).describe("Session token of temporary keys."),
  region: text.optional().describe("Region, where `BEDROCK_REGION` names none."),
  profile: text.optional().describe("Profile in the shared files, `default` if not set."),
  sharedCredentialsFile: text.optional().describe(
    "File of credentials that AWS's tools share, `~/.aws/credentials` if not set.",
  ),
  configFile: text.optional().describe(
    "File of settings that AWS's tools share, `~/.aws/config` if not set.",
  ),
  webIdentityTokenFile: text.optional().describe("File with the token of a web identity (EKS)."),
  roleArn: text.optional().describe("Role that the web identity takes."),
  roleSessionName: text.optional().describe("Name of its session, `weir` if not set."),
  containerRelativeUri: text.optional().describe("Path of the container's credentials (ECS)."),
  containerFullUri: text.optional().describe("Address of the container's credentials (EKS)."),
  containerToken: text.optional().meta(SECRET).describe("Token for the container's credentials."),
  containerTokenFile: text.optional().describe("File with that token."),
  metadataEndpoint: text.optional().describe(
    "Address of the instance's metadata service, `http://169.254.169.254` if not set.",
  ),
  metadataDisabled: text.optional().describe("`true` never asks the instance's metadata service."),
  stsEndpoint: text.optional().describe("Address of AWS's token service (STS)."),
}).prefault({});

export const bedrockOptions = z.strictObject({
  region: z.string().regex(/^[a-z0-9-]{1,64}$/, {
    error: "must be a region's name, such as us-east-1",
  }).optional().describe("Region of Amazon Bedrock, such as `us-east-1`; switches it on."),
  baseUrl: webAddress.optional().describe(
    "Address of Bedrock's runtime, `https://bedrock-runtime.<region>.amazonaws.com` if not set; switches it on, too.",
  ),
  apiKey: keyText.optional().meta(SECRET).describe(
    "API key of Bedrock, which is sent as `Authorization: Bearer` in place of a signature; switches it on, too.",
  ),
  listUrl: webAddress.optional().describe(
    "Address that Bedrock lists its models at, `https://bedrock.<region>.amazonaws.com` if not set.",
  ),
  arnSlash: z.enum(["encoded", "literal"]).default("encoded").describe(
    "How the slash of an ARN is sent in an address: as `%2F`, as AWS's own clients do, or as it is.",
  ),
  credentials,
}).prefault({});

export type BedrockOptions = z.output<typeof bedrockOptions>;

export const BEDROCK_VARIABLES: readonly OptionVariable[] = [
  ["BEDROCK_REGION", "region"],
  ["BEDROCK_BASE_URL", "baseUrl"],
  ["AWS_BEARER_TOKEN_BEDROCK", "apiKey"],
  ["BEDROCK_LIST_URL", "listUrl"],
  ["BEDROCK_ARN_SLASH", "arnSlash"],
  ["AWS_ACCESS_KEY_ID", "credentials.accessKeyId"],
  ["AWS_SECRET_ACCESS_KEY", "credentials.secretAccessKey"],
  ["AWS_SESSION_TOKEN", "credentials.sessionToken"],
  ["AWS_REGION", "credentials.region"],
  ["AWS_PROFILE", "credentials.profile"],
  ["AWS_SHARED_CREDENTIALS_FILE", "credentials.sharedCredentialsFile"],
  ["AWS_CONFIG_FILE", "credentials.configFile"],
  ["AWS_WEB_IDENTITY_TOKEN_FILE", "credentials.webIdentityTokenFile"],
  ["AWS_ROLE_ARN", "credentials.roleArn"],
  ["AWS_ROLE_SESSION_NAME", "credentials.roleSessionName"],
  ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "credentials.containerRelativeUri"],
  ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "credentials.containerFullUri"],
  ["AWS_CONTAINER_AUTHORIZATION_TOKEN", "credentials.containerToken"],
  ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "credentials.containerTokenFile"],
  ["AWS_EC2_METADATA_SERVICE_ENDPOINT", "credentials.metadataEndpoint"],
  ["AWS_EC2_METADATA_DISABLED", "credentials.metadataDisabled"],
  ["AWS_ENDPOINT_URL_STS", "credentials.stsEndpoint"],
];
