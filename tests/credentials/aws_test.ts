/** Keys of AWS from every place, and the signature that is made with them. */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { awsCredentials } from "../../src/credentials/aws/aws_credentials.ts";
import type { AwsSources } from "../../src/credentials/aws/aws_sources.ts";
import { findKeys } from "../../src/credentials/aws/find_keys.ts";
import { signRequest } from "../../src/credentials/aws/sigv4.ts";
import { headersOf, type Issuer, never, someRequest, testMeans } from "./means.ts";

const KEYS = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const SCOPE = { region: "us-east-1", service: "bedrock" };
const EXPIRATION = "2026-11-28T06:00:00Z";
const ISSUED = {
  Code: "Success",
  AccessKeyId: "ASIAISSUED",
  SecretAccessKey: "issued-secret",
  Token: "issued-token",
  Expiration: EXPIRATION,
};
const XML =
  `<r><AccessKeyId>ASIAISSUED</AccessKeyId><SecretAccessKey>issued-secret</SecretAccessKey>
  <SessionToken>issued-token</SessionToken><Expiration>${EXPIRATION}</Expiration></r>`;

/** Of AWS's own code: see `tests/conformance/check_signature.ts`. */
const VECTORS = {
  "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0":
    "faa637d636b8ea88bf57166461a666342bb4ef7e38bba70698c7e6e7f1f7ac98",
  "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123":
    "cf85ec27b0ff9bc3db553640facd5b12f6ad431e30e7269fec1d5d60903f3016",
};

Deno.test("signRequest() signs as AWS's own code does, the path encoded twice (T111)", () => {
  for (const [model, signature] of Object.entries(VECTORS)) {
    const signed = signRequest(
      someRequest(`/model/${model}/converse`),
      KEYS,
      SCOPE,
      Date.UTC(2026, 10, 28),
    );
    assertStringIncludes(headersOf(signed)["authorization"] ?? "", `Signature=${signature}`);
    assertEquals(signed.headers.filter(([name]) => name === "host"), []);
  }
});

interface Place {
  readonly sources: Partial<AwsSources>;
  readonly files?: Readonly<Record<string, string>>;
  readonly issuer?: Issuer;
  /** Who is asked, in order. */
  readonly asks?: readonly string[];
  readonly keyId: string;
  /** What the issuer is sent of a file. */
  readonly sent?: string;
}

const ROLES = "/latest/meta-data/iam/security-credentials/";
const instance: Issuer = ({ method, url, headers }) => {
  if (method === "PUT") return "imds-token";
  if (headers["x-aws-ec2-metadata-token"] !== "imds-token") return 401;
  return url.endsWith(ROLES) ? "role-of-the-instance" : ISSUED;
};

const PLACES: Readonly<Record<string, Place>> = {
  "settings": { sources: { ...KEYS, profile: "other" }, keyId: "AKIDEXAMPLE" },
  "a web identity": {
    sources: { webIdentityTokenFile: "/token", roleArn: "arn:aws:iam::1:role/r" },
    files: { "/token": "eyJ.web.identity\n" },
    issuer: ({ body }) => body.includes("WebIdentityToken=eyJ.web.identity&") ? 400 : XML,
    asks: ["https://sts.eu-west-1.amazonaws.com/"],
    keyId: "ASIAISSUED",
    sent: "eyJ.web.identity",
  },
  "a web identity in China": {
    sources: {
      region: "cn-north-1",
      webIdentityTokenFile: "/token",
      roleArn: "arn:aws-cn:iam::1:role/r",
    },
    files: { "/token": "identity" },
    issuer: () => XML,
    asks: ["https://sts.cn-north-1.amazonaws.com.cn/"],
    keyId: "ASIAISSUED",
    sent: "identity",
  },
  "the shared credentials": {
    sources: {},
    files: {
      "~/.aws/credentials":
        "[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key=s\n[other]\n",
    },
    keyId: "AKIDFILE",
  },
  "a profile that takes a role of another": {
    sources: { profile: "role" },
    files: {
      "~/.aws/config":
        "[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nexternal_id = x1\n",
      "~/.aws/credentials": "[base]\naws_access_key_id=AKIDFILE\naws_secret_access_key=s\n",
    },
    issuer: ({ headers, body }) =>
      headers["authorization"]?.includes("Credential=AKIDFILE/") && body.includes("ExternalId=x1")
        ? XML
        : 403,
    asks: ["https://sts.eu-west-1.amazonaws.com/"],
    keyId: "ASIAISSUED",
  },
  "the container, by its token": {
    sources: {
      containerFullUri: "http://169.254.170.23/v1/credentials",
      containerTokenFile: "/container-token",
    },
    files: { "/container-token": "of the container\n" },
    issuer: ({ headers }) => headers["authorization"] === "of the container" ? ISSUED : 401,
    asks: ["http://169.254.170.23/v1/credentials"],
    keyId: "ASIAISSUED",
    sent: "of the container",
  },
  "ECS": {
    sources: { containerRelativeUri: "/v2/credentials/1" },
    issuer: () => ISSUED,
    asks: ["http://169.254.170.2/v2/credentials/1"],
    keyId: "ASIAISSUED",
  },
  "the instance": {
    sources: {},
    issuer: instance,
    asks: [
      "http://169.254.169.254/latest/api/token",
      `http://169.254.169.254${ROLES}`,
      `http://169.254.169.254${ROLES}role-of-the-instance`,
    ],
    keyId: "ASIAISSUED",
  },
};

Deno.test("findKeys() finds keys in each place, and what was fetched or read is kept secret", async (test) => {
  for (const [name, place] of Object.entries(PLACES)) {
    await test.step(name, async () => {
      const { sources, files, issuer = () => 500, asks = [], keyId, sent } = place;
      const means = testMeans(issuer, files);
      const { value } = await findKeys({ region: "eu-west-1", ...sources }, means, never);
      assertEquals(value.accessKeyId, keyId);
      assertEquals(means.asked.map(({ url }) => url), asks);
      const issued = asks.length > 0 ? ["issued-secret", "issued-token"] : [];
      if (keyId === "AKIDFILE") issued.push("s");
      assertEquals(means.secrets, [...(sent === undefined ? [] : [sent]), ...issued]);
    });
  }
});

Deno.test("findKeys() says what is missing", async () => {
  const cases:
    readonly (readonly [Partial<AwsSources>, Readonly<Record<string, string>>, string])[] = [
      [{ profile: "gone" }, {}, 'AWS_PROFILE names "gone"'],
      [{ metadataDisabled: "true" }, {}, "AWS_EC2_METADATA_DISABLED"],
      [{ containerFullUri: "http://elsewhere.example/" }, {}, "must be https"],
      [{}, { "~/.aws/config": "[default]\nsso_session = s\n" }, "uses sso_session"],
      [
        { profile: "a" },
        {
          "~/.aws/config":
            "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=r\nsource_profile=a\n",
        },
        "leads nowhere",
      ],
    ];
  for (const [sources, files, message] of cases) {
    const means = testMeans(() => 500, files);
    await assertRejects(
      () => findKeys({ region: "us-east-1", ...sources }, means, never),
      Error,
      message,
    );
  }
});

Deno.test("keys of a role are renewed before they expire, once for all, and after a refusal", async () => {
  let issued = 0;
  const means = testMeans((asked) =>
    asked.method === "PUT" || asked.url.endsWith(ROLES) ? instance(asked) : {
      ...ISSUED,
      AccessKeyId: `ASIA${issued++}`,
      Expiration: new Date(means.nowMs + 3_600_000).toISOString(),
    }
  );
  const credentials = awsCredentials({ region: "us-east-1" }, SCOPE);
  const idNow = async (): Promise<string | undefined> => {
    const { request } = await credentials.authorize(someRequest(), means, never);
    return /Credential=([^/]+)/.exec(headersOf(request)["authorization"] ?? "")?.[1];
  };
  assertEquals(await Promise.all([idNow(), idNow(), idNow()]), ["ASIA0", "ASIA0", "ASIA0"]);
  means.nowMs += 3_400_000;
  // Renewed beside the call, which does not wait.
  assertEquals(await idNow(), "ASIA0");
  while (issued < 2) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([await idNow(), await idNow()], ["ASIA1", "ASIA1"]);
  means.nowMs += 61_000;
  const { answered } = await credentials.authorize(someRequest(), means, never);
  assertEquals([answered?.(200, new Headers()), answered?.(403, new Headers())], [false, true]);
  assertEquals(await idNow(), "ASIA2");
  // What is new was not refused for its age.
  const again = await credentials.authorize(someRequest(), means, never);
  assertEquals(again.answered?.(403, new Headers()), false);
  assert(headersOf(again.request)["x-amz-security-token"] === "issued-token");
});

Deno.test("a refused request takes no keys away that others can go on with", async () => {
  let isDown = false;
  const means = testMeans((asked) => {
    if (isDown) return 500;
    const isOfRole = asked.method !== "PUT" && !asked.url.endsWith(ROLES);
    const expiration = new Date(means.nowMs + 3_600_000).toISOString();
    return isOfRole ? { ...ISSUED, Expiration: expiration } : instance(asked);
  });
  const credentials = awsCredentials({ region: "us-east-1" }, SCOPE);
  const send = async () => await credentials.authorize(someRequest(), means, never);
  await send();
  means.nowMs += 61_000;
  isDown = true;
  // One caller asks for a model that the role may not call.
  assertEquals((await send()).answered?.(403, new Headers()), true);
  const asked = means.asked.length;
  for (const _ of [1, 2]) {
    assertStringIncludes(headersOf((await send()).request)["authorization"] ?? "", "ASIAISSUED");
  }
  assertEquals(means.asked.length, asked + 1, "another is asked for, and not with each request");
  means.nowMs += 3_600_000;
  await assertRejects(send);
});

Deno.test("an issuer that fails is not asked again at once, and its reason is for the log alone", async () => {
  const means = testMeans(() => 500);
  const credentials = awsCredentials({ region: "us-east-1" }, SCOPE);
  const fail = async () => {
    const thrown = await assertRejects(async () =>
      await credentials.authorize(someRequest(), means, never)
    );
    return thrown as Error;
  };
  const first = await fail();
  assertEquals(first.message.includes("169.254"), false);
  assertStringIncludes(String(first.cause), "169.254.169.254 answered 500");
  await fail();
  assertEquals(means.asked.length, 1);
  means.nowMs += 1_001;
  await fail();
  assertEquals(means.asked.length, 2);
});
