/**
 * A stand-in for Azure OpenAI: the stand-in for chats behind Azure's addresses, keys and tokens, with what its
 * content filters say between the chunks.
 *
 * `[blocked]` in a prompt is refused by the filter. With `apiVersion` it has deployments, else version 1.
 *
 * @module
 */

import type { JsonObject } from "../../../src/core/text/json.ts";
import {
  eventStream,
  lastText,
  serveStandIn,
  type StandIn,
  type StandInRequest,
} from "./stand_in.ts";
import { CHAT_KEY, startStrictChat, type StrictChat } from "./strict_chat.ts";

export const AZURE_KEY = "azure-key-of-the-stand-in";
export const AZURE_DEPLOYMENT = "deployed-gpt";
export const ENTRA = {
  tenantId: "tenant-of-the-stand-in",
  clientId: "application-of-the-stand-in",
  clientSecret: "secret-of-the-application",
};
const TOKEN_PATH = `/${ENTRA.tenantId}/oauth2/v2.0/token`;

const SAFE = { filtered: false, severity: "safe" };
const RESULTS = { hate: SAFE, violence: SAFE };
const NAMELESS = { id: "", object: "", created: 0, model: "" };
const PROMPT_FILTER = {
  ...NAMELESS,
  choices: [],
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: RESULTS }],
};
/** Of the asynchronous filter: a choice without a delta. */
const LATER_FILTER = {
  ...NAMELESS,
  choices: [{
    index: 0,
    finish_reason: null,
    content_filter_results: RESULTS,
    content_filter_offsets: { check_offset: 44, start_offset: 44, end_offset: 198 },
  }],
};

export function startAzure(apiVersion?: string): StandIn {
  const chat = startStrictChat();
  let tokens = 0;
  const standIn = serveStandIn(async (request) => {
    if (request.path === TOKEN_PATH) return issueToken(request, () => `entra-token-${++tokens}`);
    const { headers } = request;
    const isToken = /^Bearer entra-token-\d+$/.test(headers.get("authorization") ?? "");
    if (headers.get("api-key") !== AZURE_KEY && !isToken) {
      return refuse(401, "401", "Access denied due to invalid subscription key");
    }
    if (request.method === "GET") return list(request, apiVersion);
    const deployment = deploymentOf(request, apiVersion);
    if (deployment === undefined) return refuse(404, "404", "Resource not found");
    if (deployment !== AZURE_DEPLOYMENT) {
      return refuse(404, "DeploymentNotFound", "The API deployment does not exist");
    }
    return await answer(chat, request.json);
  });
  return {
    ...standIn,
    [Symbol.asyncDispose]: async () => {
      await chat[Symbol.asyncDispose]();
      await standIn[Symbol.asyncDispose]();
    },
  };
}

function issueToken({ body }: StandInRequest, make: () => string): Response {
  const form = new URLSearchParams(new TextDecoder().decode(body));
  const isRight = form.get("grant_type") === "client_credentials" &&
    form.get("client_id") === ENTRA.clientId && form.get("client_secret") === ENTRA.clientSecret &&
    form.get("scope")?.endsWith("/.default");
  return isRight
    ? Response.json({ token_type: "Bearer", expires_in: 3_600, access_token: make() })
    : Response.json({ error: "invalid_client", error_description: "AADSTS7000215" }, {
      status: 401,
    });
}

function list({ path }: StandInRequest, apiVersion: string | undefined): Response {
  const expected = apiVersion === undefined
    ? "/openai/v1/models"
    : `/openai/models?api-version=${apiVersion}`;
  if (path !== expected) return refuse(404, "404", "Resource not found");
  return Response.json({ object: "list", data: [{ id: AZURE_DEPLOYMENT, object: "model" }] });
}

/** `undefined` for an address that it does not have. */
function deploymentOf(
  { path, json }: StandInRequest,
  apiVersion: string | undefined,
): string | undefined {
  if (apiVersion === undefined) {
    return path === "/openai/v1/chat/completions" ? String(json.model) : undefined;
  }
  const [, name, version] =
    /^\/openai\/deployments\/([^/]+)\/chat\/completions\?api-version=([^&]+)$/.exec(path) ?? [];
  return version === apiVersion && name !== undefined ? decodeURIComponent(name) : undefined;
}

function refuse(status: number, code: string, message: string): Response {
  const headers = status === 429 ? { "retry-after-ms": "10" } : {};
  return Response.json({ error: { code, message } }, { status, headers });
}

async function answer(chat: StrictChat, json: JsonObject): Promise<Response> {
  if (lastText(json).includes("[blocked]")) return blocked();
  const response = await fetch(`${chat.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${CHAT_KEY}`, "content-type": "application/json" },
    body: JSON.stringify(json),
  });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (!isStream) return new Response(response.body, response);
  const [first = "", second = "", ...rest] = (await response.text()).split("\n\n");
  return eventStream([
    PROMPT_FILTER,
    `${first}\n\n`,
    `${second}\n\n`,
    LATER_FILTER,
    rest.join("\n\n"),
  ]);
}

function blocked(): Response {
  const filtered = { filtered: true, severity: "high" };
  const error = {
    message: "The response was filtered due to the prompt triggering Azure's content policy",
    type: null,
    param: "prompt",
    code: "content_filter",
    status: 400,
    innererror: {
      code: "ResponsibleAIPolicyViolation",
      content_filter_result: { ...RESULTS, violence: filtered },
    },
  };
  return Response.json({ error }, { status: 400 });
}
