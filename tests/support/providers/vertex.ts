/**
 * A stand-in for Google's Vertex: Claude by rawPredict, the stand-in for chats by OpenAI's API, and the server that
 * issues tokens for a service account.
 *
 * @module
 */

import { createVerify, generateKeyPairSync } from "node:crypto";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { ANTHROPIC_KEY, type AnthropicStandIn, startAnthropic } from "./anthropic.ts";
import { atAnthropic } from "./bedrock.ts";
import { GEMINI_KEY, startGemini } from "./gemini.ts";
import { serveStandIn, type StandIn, type StandInRequest } from "./stand_in.ts";
import { CHAT_KEY, startStrictChat, type StrictChat } from "./strict_chat.ts";

export const VERTEX_PROJECT = "project-of-the-stand-in";
export const VERTEX_CLAUDE = "claude-opus-5-5@20261001";
const LOCATION = "europe-west1";
const BASE = `/v1/projects/${VERTEX_PROJECT}/locations/${LOCATION}`;
const CLAUDE = new RegExp(
  `^${BASE}/publishers/anthropic/models/([^/]+):(rawPredict|streamRawPredict)$`,
);
const GOOGLE = new RegExp(`^${BASE}/publishers/google/models/(.+)$`);
/** Betas that Vertex does not know. */
const REFUSED_BETAS = /^(claude-code-|prompt-caching-scope-|effort-|advanced-tool-use-)/;

export interface VertexStandIn extends StandIn {
  /** Of a service account, as text of its file. */
  readonly credentials: string;
}

export function startVertex(): VertexStandIn {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const claude = startAnthropic();
  const chat = startStrictChat();
  const gemini = startGemini();
  let tokens = 0;
  const standIn = serveStandIn(async (request) => {
    if (request.path === "/token") {
      const problem = assertionProblem(request, publicKey.export({ type: "spki", format: "pem" }));
      return problem === undefined
        ? Response.json({ access_token: `ya29.token-${++tokens}`, expires_in: 3_599 })
        : Response.json({ error: "invalid_grant", error_description: problem }, { status: 400 });
    }
    if (!/^Bearer ya29\.token-\d+$/.test(request.headers.get("authorization") ?? "")) {
      const status = "UNAUTHENTICATED";
      return Response.json({ error: { code: 401, message: "Invalid credentials", status } }, {
        status: 401,
      });
    }
    return await answer(request, claude, chat, gemini);
  });
  const credentials = JSON.stringify({
    type: "service_account",
    project_id: VERTEX_PROJECT,
    private_key_id: "key-1",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    client_email: "weir@stand-in.example",
    token_uri: `${standIn.origin}/token`,
  });
  return {
    ...standIn,
    credentials,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([claude, chat, gemini].map((each) => each[Symbol.asyncDispose]()));
      await standIn[Symbol.asyncDispose]();
    },
  };
}

/** What Google would find fault with. */
function assertionProblem({ body }: StandInRequest, key: string | Uint8Array): string | undefined {
  const form = new URLSearchParams(new TextDecoder().decode(body));
  if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer") return "grant_type";
  const [head = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
  const verify = createVerify("RSA-SHA256").update(`${head}.${claims}`);
  if (!verify.verify(key as string, signature, "base64url")) return "Invalid JWT Signature.";
  const { aud, exp, iat, scope } = JSON.parse(atob(claims.replace(/-/g, "+").replace(/_/g, "/")));
  const isRight = aud.endsWith("/token") && exp - iat <= 3_600 &&
    scope === "https://www.googleapis.com/auth/cloud-platform";
  return isRight ? undefined : "Invalid JWT: claims";
}

async function answer(
  { path, headers, json }: StandInRequest,
  claude: AnthropicStandIn,
  chat: StrictChat,
  gemini: StandIn,
): Promise<Response> {
  const list = /^\/v1beta1\/publishers\/(google|anthropic)\/models/.exec(path)?.[1];
  if (list !== undefined) {
    const id = list === "google" ? "gemini-3-pro" : VERTEX_CLAUDE;
    return Response.json({ publisherModels: [{ name: `publishers/${list}/models/${id}` }] });
  }
  if (path === `${BASE}/endpoints/openapi/chat/completions`) {
    const model = String(json.model);
    if (!model.includes("/")) return refuse(400, `Malformed publisher model ${model}`);
    return await ask(`${chat.origin}/v1/chat/completions`, json, {
      authorization: `Bearer ${CHAT_KEY}`,
    });
  }
  const google = GOOGLE.exec(path)?.[1];
  if (google !== undefined) {
    const headers = { "x-goog-api-key": GEMINI_KEY };
    return await ask(`${gemini.origin}/v1beta/models/${google}`, json, headers);
  }
  const [, encoded = "", method] = CLAUDE.exec(path) ?? [];
  if (method === undefined) return refuse(404, `Not found: ${path}`);
  const { anthropic_version: version, model: named, ...body } = json;
  const isCount = encoded === "count-tokens";
  if (!/^(vertex-2023-10-16|\d{4}-\d\d-\d\d)$/.test(String(version))) {
    return refuse(400, "anthropic_version: Field required");
  }
  if ((named !== undefined) !== isCount) {
    return refuse(400, "model: Extra inputs are not permitted");
  }
  const betas = headers.get("anthropic-beta");
  if (betas?.split(",").some((beta) => REFUSED_BETAS.test(beta.trim()))) {
    return refuse(400, `Unexpected value(s) for the anthropic-beta header: ${betas}`);
  }
  if (headers.has("anthropic-version")) return refuse(400, "anthropic-version is no header here");
  return await ask(
    `${claude.origin}/v1/messages${isCount ? "/count_tokens" : ""}`,
    { ...body, model: named ?? decodeURIComponent(encoded) },
    {
      "x-api-key": ANTHROPIC_KEY,
      "anthropic-version": "2023-06-01",
      ...(betas !== null && { "anthropic-beta": atAnthropic(betas) }),
    },
  );
}

async function ask(
  url: string,
  body: JsonObject,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return new Response(response.body, response);
}

function refuse(code: number, message: string): Response {
  const error = { code, message, status: code === 404 ? "NOT_FOUND" : "INVALID_ARGUMENT" };
  return Response.json([{ error }], { status: code });
}
