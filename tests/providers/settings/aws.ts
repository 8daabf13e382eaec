/** The variables of Bedrock, and those of AWS's own tools that say where its keys are. */

import type { Issuer } from "../../credentials/means.ts";
import {
  type Environment,
  form,
  header,
  issuer,
  type Look,
  origin,
  path,
  type SettingTable,
} from "./setting.ts";

const REGION = { BEDROCK_REGION: "eu-west-1" } as const;
const KEYS = { AWS_ACCESS_KEY_ID: "AKIASETTING", AWS_SECRET_ACCESS_KEY: "s" } as const;
const ROLE = "arn:aws:iam::1:role/r";
const ARN = "arn:aws:bedrock:eu-west-1:1:inference-profile/p";
const ROLES = "/latest/meta-data/iam/security-credentials/";

/** Whoever is asked issues keys whose id says where they are from. */
const everyIssuer: Issuer = ({ method, url }) => {
  if (url.includes("//sts.")) {
    return "<r><AccessKeyId>ASIASTS</AccessKeyId><SecretAccessKey>s</SecretAccessKey></r>";
  }
  if (method === "PUT") return "token-of-the-service";
  if (url.endsWith(ROLES)) return "role-of-the-instance";
  const AccessKeyId = url.includes(ROLES) ? "ASIAINSTANCE" : "ASIACONTAINER";
  return { AccessKeyId, SecretAccessKey: "s" };
};

/** The id of the key that the request is signed with. */
const keyId: Look = (seen) => /Credential=(\w+)\//.exec(String(header("authorization")(seen)))![1]!;

/** What the request is signed for. */
const region: Look = (seen) =>
  /Credential=\w+\/\d+\/([\w-]+)\//.exec(String(header("authorization")(seen)))![1]!;

function table(
  env: Environment,
  settings: SettingTable["settings"],
  files: Readonly<Record<string, string>> = {},
): SettingTable {
  return { provider: "bedrock", env, issuer: everyIssuer, files, settings };
}

function keysFile(profile: string, id: string): string {
  return `[${profile}]\naws_access_key_id=${id}\naws_secret_access_key=s\n`;
}

const INSTANCE = "ASIAINSTANCE";
const INSTANCE_TOKEN = "http://169.254.169.254/latest/api/token";
const CONTAINER = "http://169.254.170.23/v1/credentials";

export const AWS_SETTINGS: readonly SettingTable[] = [
  table({ ...REGION, ...KEYS }, {
    BEDROCK_REGION: { value: "eu-north-1", look: region, before: "off" },
    BEDROCK_BASE_URL: {
      value: "https://proxy.example",
      look: origin,
      before: "https://bedrock-runtime.eu-west-1.amazonaws.com",
    },
    BEDROCK_LIST_URL: {
      value: "https://lists.example",
      look: ({ list }) => list?.url.origin ?? null,
      before: "https://bedrock.eu-west-1.amazonaws.com",
    },
    BEDROCK_ARN_SLASH: {
      value: "literal",
      model: ARN,
      look: path,
      before: `/model/${encodeURIComponent(ARN)}/converse`,
      after: `/model/${encodeURIComponent(ARN).replace("%2F", "/")}/converse`,
    },
    AWS_BEARER_TOKEN_BEDROCK: {
      value: "key-1",
      look: (seen) => String(header("authorization")(seen)).split(/[ /]/).slice(0, 2).join(" "),
      before: "AWS4-HMAC-SHA256 Credential=AKIASETTING",
      after: "Bearer key-1",
    },
    AWS_ACCESS_KEY_ID: { value: "AKIAOTHER", look: keyId, before: INSTANCE },
    AWS_SECRET_ACCESS_KEY: { value: "s2", look: keyId, before: INSTANCE, after: "AKIASETTING" },
    AWS_SESSION_TOKEN: {
      value: "session-1",
      look: header("x-amz-security-token"),
      before: null,
    },
    AWS_REGION: {
      value: "eu-south-1",
      env: { BEDROCK_REGION: "", BEDROCK_BASE_URL: "https://proxy.example" },
      look: region,
      before: "us-east-1",
    },
  }),
  table(REGION, {
    AWS_PROFILE: { value: "other", look: keyId, before: "AKIADEFAULT", after: "AKIAOTHER" },
    AWS_SHARED_CREDENTIALS_FILE: {
      value: "/elsewhere",
      look: keyId,
      before: "AKIADEFAULT",
      after: "AKIAELSEWHERE",
    },
  }, {
    "~/.aws/credentials": keysFile("default", "AKIADEFAULT") + keysFile("other", "AKIAOTHER"),
    "/elsewhere": keysFile("default", "AKIAELSEWHERE"),
  }),
  table(REGION, {
    AWS_CONFIG_FILE: {
      value: "/elsewhere",
      look: keyId,
      before: "AKIACONFIG",
      after: "AKIAELSEWHERE",
    },
  }, {
    "~/.aws/config": keysFile("default", "AKIACONFIG"),
    "/elsewhere": keysFile("default", "AKIAELSEWHERE"),
  }),
  table({ ...REGION, AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: ROLE }, {
    AWS_WEB_IDENTITY_TOKEN_FILE: {
      value: "/other-token",
      look: form("WebIdentityToken"),
      before: null,
      after: "identity-2",
    },
    AWS_ROLE_ARN: { value: `${ROLE}2`, look: form("RoleArn"), before: null },
    AWS_ROLE_SESSION_NAME: {
      value: "session-of-mine",
      look: form("RoleSessionName"),
      before: "weir",
    },
    AWS_ENDPOINT_URL_STS: {
      value: "https://sts.example/",
      look: issuer,
      before: "https://sts.eu-west-1.amazonaws.com/",
    },
  }, { "/token": "identity-1\n", "/other-token": "identity-2\n" }),
  table({ ...REGION, AWS_CONTAINER_CREDENTIALS_FULL_URI: CONTAINER }, {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: {
      value: `${CONTAINER}/2`,
      look: issuer,
      before: INSTANCE_TOKEN,
    },
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: {
      value: "/v2/credentials/1",
      look: issuer,
      before: CONTAINER,
      after: "http://169.254.170.2/v2/credentials/1",
    },
    AWS_CONTAINER_AUTHORIZATION_TOKEN: {
      value: "of the container",
      look: ({ asked: [first] }) => first?.headers["authorization"] ?? null,
      before: null,
    },
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {
      value: "/container-token",
      look: ({ asked: [first] }) => first?.headers["authorization"] ?? null,
      before: null,
      after: "of a file",
    },
  }, { "/container-token": "of a file\n" }),
  table(REGION, {
    AWS_EC2_METADATA_SERVICE_ENDPOINT: {
      value: "http://metadata.example",
      look: issuer,
      before: INSTANCE_TOKEN,
      after: "http://metadata.example/latest/api/token",
    },
    AWS_EC2_METADATA_DISABLED: {
      value: "true",
      look: ({ request, asked: [first] }) => [request !== undefined, first?.url ?? null],
      before: [true, INSTANCE_TOKEN],
      after: [false, null],
    },
  }),
];
