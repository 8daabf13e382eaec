/** Azure OpenAI: OpenAI's API by deployments, or as Azure has it in its version 1. */

import * as z from "zod";
import { entraToken } from "../../credentials/azure/entra.ts";
import type { ForwardedCall, OutgoingCall, Provider } from "../../core/provider/provider.ts";
import type { Credentials } from "../../core/provider/transport.ts";
import type { HeaderList } from "../../core/provider/transport.ts";
import { SECRET } from "../../core/text/secret.ts";
import { openaiChatFor } from "../../formats/openai_chat/mod.ts";
import { openaiResponses } from "../../formats/openai_responses/mod.ts";
import { keyText } from "../account/account_keys.ts";
import { webAddress } from "../account/account_options.ts";
import { modelSegment } from "../models/model_in_address.ts";
import { openaiStyle } from "../openai_style.ts";
import type { ProviderKind } from "../provider_kind.ts";
import { formatsOf, formatsOption } from "../spoken_formats.ts";

/** It refuses what is not documented. */
const CHAT = openaiChatFor("openai");
const SCOPE = "https://cognitiveservices.azure.com/.default";
const AUTHORITY = "https://login.microsoftonline.com";

const text = z.string().min(1).max(8_192);

const options = z.strictObject({
  baseUrl: webAddress.optional().describe(
    "Address of the Azure OpenAI resource, such as `https://name.openai.azure.com`; switches Azure on.",
  ),
  apiKey: keyText.optional().meta(SECRET).describe(
    "Key of the resource, sent as `api-key`; without the address of the resource it switches nothing on.",
  ),
  apiVersion: z.string().regex(/^[\w.-]{1,64}$/).optional().describe(
    "Version of Azure's API by deployments, such as `2024-10-21`; models are then the names of deployments in the address. If not set, version 1 is asked, where they stand in the body.",
  ),
  formats: formatsOption(["chat", "responses"]),
  tenantId: text.optional().describe(
    "Tenant of the Microsoft Entra application that Weir asks as, where there is no key.",
  ),
  clientId: text.optional().describe("Its client id."),
  clientSecret: text.optional().meta(SECRET).describe("Its secret; its tokens are renewed."),
  scope: text.default(SCOPE).describe("What its tokens are asked for."),
  authority: text.default(AUTHORITY).describe("Who issues them."),
}).prefault({});

type Options = z.output<typeof options>;

/** @see {@link https://learn.microsoft.com/azure/ai-foundry/openai/reference} */
export const azure: ProviderKind<typeof options> = {
  options,
  variables: [
    ["AZURE_OPENAI_ENDPOINT", "baseUrl"],
    ["AZURE_OPENAI_API_KEY", "apiKey"],
    ["AZURE_OPENAI_API_VERSION", "apiVersion"],
    ["AZURE_OPENAI_FORMATS", "formats", "list"],
    ["AZURE_TENANT_ID", "tenantId"],
    ["AZURE_CLIENT_ID", "clientId"],
    ["AZURE_CLIENT_SECRET", "clientSecret"],
    ["AZURE_OPENAI_SCOPE", "scope"],
    ["AZURE_AUTHORITY_HOST", "authority"],
  ],
  create: (options) => options.baseUrl === undefined ? [] : [describe(options, options.baseUrl)],
};

function describe(options: Options, endpoint: string): Provider {
  const { apiKey, apiVersion, formats } = options;
  // People paste it with what follows it.
  const root = endpoint.replace(/\/+$/, "").replace(/\/openai(\/v1|\/deployments\/.*)?$/, "");
  const entra = apiKey === undefined ? applicationOf(options) : undefined;
  const headers: HeaderList = apiKey === undefined ? [] : [["api-key", apiKey]];
  const style = openaiStyle({
    name: "azure",
    baseUrl: apiVersion === undefined ? `${root}/openai/v1` : `${root}/openai`,
    reason: "AZURE_OPENAI_ENDPOINT is set",
    keySetting: entra === undefined
      ? "AZURE_OPENAI_API_KEY (upstreams.azure.apiKey in a configuration file)"
      : "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET of an application that may use the resource",
    chat: formatsOf(formats, CHAT),
    headers,
  });
  const authorized = entra === undefined ? {} : { credentials: entra };
  const at = (url: URL, path?: string): URL =>
    apiVersion === undefined ? url : withVersion(
      path === undefined ? url : new URL(`${root}/openai${path}`),
      apiVersion,
    );
  return {
    ...style,
    isMetered: apiKey !== undefined || entra !== undefined,
    prepare: (call) => {
      const described = style.prepare(call);
      return { ...described, ...authorized, url: at(described.url, deploymentPath(call)) };
    },
    prepareForward: (call: ForwardedCall) => {
      const described = style.prepareForward(call);
      return described && { ...described, ...authorized, url: at(described.url) };
    },
    prepareModels: (callId) => {
      const described = style.prepareModels(callId);
      return { ...described, ...authorized, url: at(described.url) };
    },
  };
}

function applicationOf(
  { tenantId, clientId, clientSecret, scope, authority }: Options,
): Credentials | undefined {
  if (tenantId === undefined || clientId === undefined || clientSecret === undefined) {
    return undefined;
  }
  return entraToken({ tenantId, clientId, clientSecret, scope, authority });
}

/** Where a deployment has an address of its own; Responses have none. */
function deploymentPath({ model, operation, format }: OutgoingCall): string | undefined {
  if (format.name === openaiResponses.name) return undefined;
  const endpoint = operation === "chat" ? "chat/completions" : operation;
  return `/deployments/${modelSegment(model)}/${endpoint}`;
}

function withVersion(url: URL, version: string): URL {
  const versioned = new URL(url);
  // What the client names is for the version that it knows.
  versioned.searchParams.set("api-version", version);
  return versioned;
}
