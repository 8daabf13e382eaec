/** Amazon Bedrock: Claude by InvokeModel, OpenAI's models by OpenAI's API, everybody else's by Converse. */

import { awsCredentials } from "../../credentials/aws/aws_credentials.ts";
import { awsDomain } from "../../credentials/aws/aws_domain.ts";
import type { ProviderFormat } from "../../core/format.ts";
import type { Credentials } from "../../core/provider/transport.ts";
import type { OperationFormats, OutgoingCall, Provider } from "../../core/provider/provider.ts";
import type { HeaderList } from "../../core/provider/transport.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { anthropicMessages } from "../../formats/anthropic_messages/mod.ts";
import { bedrockConverse } from "../../formats/bedrock_converse/mod.ts";
import { invokedMessages } from "../../formats/bedrock_invoke/mod.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import { openaiResponses } from "../../formats/openai_responses/mod.ts";
import { cleanMessagesError } from "../anthropic.ts";
import { toOpenaiError } from "../error_form.ts";
import { modelSegment } from "../models/model_in_address.ts";
import { decodeModelList } from "../models/model_list.ts";
import type { ProviderKind } from "../provider_kind.ts";
import { decodeBedrockModels, nextBedrockModels } from "./bedrock_models.ts";
import { BEDROCK_VARIABLES, type BedrockOptions, bedrockOptions } from "./bedrock_options.ts";
import { BEDROCK, fitToCloud } from "./claude_on_clouds.ts";
import { describeList, describePost, OWN_HEADERS } from "../described_request.ts";

/** As with AWS's own clients for it, where nothing names another. */
const DEFAULT_REGION = "us-east-1";

const CLAUDE: OperationFormats = { chat: [invokedMessages, bedrockConverse] };
/** An address of an application's profile does not tell whose model it is: only clients of Messages mean Claude. */
const UNKNOWN: OperationFormats = { chat: [bedrockConverse, invokedMessages] };
const OPENAI: OperationFormats = { chat: [openaiChat, openaiResponses, bedrockConverse] };
const OTHERS: OperationFormats = { chat: [bedrockConverse] };
const ALL: OperationFormats = {
  chat: [bedrockConverse, invokedMessages, openaiChat, openaiResponses],
};
/** The newer host speaks OpenAI's API, and Anthropic's for Claude. */
const MANTLE_CLAUDE: OperationFormats = { chat: [anthropicMessages] };
const MANTLE_OTHERS: OperationFormats = { chat: [openaiChat, openaiResponses] };

/** @see {@link https://docs.aws.amazon.com/bedrock/latest/APIReference} */
export const bedrock: ProviderKind<typeof bedrockOptions> = {
  options: bedrockOptions,
  variables: BEDROCK_VARIABLES,
  create: (options) => {
    const { region, baseUrl, apiKey } = options;
    if (region === undefined && baseUrl === undefined && apiKey === undefined) return [];
    return [describe(options)];
  },
};

/** Where it is, and what it is signed for. */
interface Place {
  readonly baseUrl: string;
  readonly listUrl: string;
  readonly region: string;
  readonly isMantle: boolean;
}

function placeOf({ region: given, baseUrl: named, listUrl, credentials }: BedrockOptions): Place {
  const [, host, hostRegion] = /bedrock-(runtime|mantle)[\w-]*\.([a-z0-9-]+)\./.exec(named ?? "") ??
    [];
  const region = given ?? hostRegion ?? credentials.region ?? DEFAULT_REGION;
  const domain = awsDomain(region);
  const baseUrl = (named ?? `https://bedrock-runtime.${region}.${domain}`).replace(/\/+$/, "");
  const isAws = named === undefined || host !== undefined;
  return {
    baseUrl: baseUrl.replace(/(\/openai)?\/v1$/, ""),
    listUrl: (listUrl ?? (isAws ? `https://bedrock.${region}.${domain}` : baseUrl))
      .replace(/\/+$/, ""),
    region,
    isMantle: host === "mantle",
  };
}

function describe(options: BedrockOptions): Provider {
  const { apiKey, arnSlash, credentials: sources } = options;
  const place = placeOf(options);
  const { baseUrl, listUrl, region, isMantle } = place;
  const signed = (service: string): Credentials | undefined =>
    apiKey === undefined ? awsCredentials({ ...sources, region }, { region, service }) : undefined;
  const credentials = signed(isMantle ? "bedrock-mantle" : "bedrock");
  const headers: HeaderList = [
    ...OWN_HEADERS,
    ...(apiKey === undefined ? [] : [["authorization", `Bearer ${apiKey}`]] as const),
  ];
  const authorized = credentials === undefined ? {} : { credentials };
  return {
    name: "bedrock",
    formats: isMantle ? { chat: [openaiChat, openaiResponses, anthropicMessages] } : ALL,
    formatsOf: (model) => isMantle ? mantleFormatsOf(model) : formatsOf(model),
    target: baseUrl,
    reason: reasonOf(options),
    keySetting: apiKey === undefined
      ? "AWS's keys: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role that may call bedrock:InvokeModel"
      : "AWS_BEARER_TOKEN_BEDROCK (upstreams.bedrock.apiKey in a configuration file)",
    isMetered: true,
    acceptsStreamUsage: true,
    adapt: (_operation, body, format, clientHeaders = []) =>
      format === invokedMessages ? toInvoke(body, clientHeaders) : body,
    leftOut: (body, format, clientHeaders) =>
      format === invokedMessages ? fitToCloud(body, clientHeaders, BEDROCK).warnings : [],
    warnings: () => [],
    prepare: (call) => {
      const url = new URL(baseUrl + (isMantle ? mantlePath(call) : pathOf(call, arnSlash)));
      const request = describePost(url, headers, call, crossing(call), acceptedOf(call));
      return { ...request, ...authorized };
    },
    prepareForward: () => undefined,
    prepareModels: (callId, after = FIRST_LIST) => {
      const url = new URL(isMantle ? `${baseUrl}/v1/models` : listUrl + after);
      return { ...describeList(url, headers, callId), ...authorized };
    },
    decodeModels: (body) => isMantle ? decodeModelList(body, "bedrock") : decodeBedrockModels(body),
    ...(!isMantle && { nextModels: nextBedrockModels }),
    cleanError: (body, status, format) => {
      if (format.name === anthropicMessages.name) return cleanMessagesError(body, status, format);
      return format.name === bedrockConverse.name ? body : toOpenaiError(body, status);
    },
    retryAfterMs: () => undefined,
  };
}

/** Model and stream stand in the address, version and betas in the body. */
function toInvoke(given: JsonObject, headers: HeaderList): JsonObject {
  const { body, betas } = fitToCloud(given, headers, BEDROCK);
  const { model: _, stream: __, ...rest } = body;
  return { ...rest, ...(betas.length > 0 && { anthropic_beta: betas }) };
}

const FIRST_LIST = "/foundation-models?byOutputModality=TEXT";

function reasonOf({ apiKey, region }: BedrockOptions): string {
  if (apiKey !== undefined) return "AWS_BEARER_TOKEN_BEDROCK is set";
  return `BEDROCK_${region === undefined ? "BASE_URL" : "REGION"} is set`;
}

/** By the name of its vendor, in an id, in that of an inference profile, or in an ARN of either. */
function formatsOf(model: string): OperationFormats {
  if (/anthropic\.claude/.test(model)) return CLAUDE;
  if (/(^|[./])openai\./.test(model)) return OPENAI;
  return model.startsWith("arn:") && !/[./][a-z0-9]+\.[a-z]/.test(model) ? UNKNOWN : OTHERS;
}

function mantleFormatsOf(model: string): OperationFormats {
  return /anthropic\.claude/.test(model) ? MANTLE_CLAUDE : MANTLE_OTHERS;
}

function pathOf({ model, wantsStream, format }: OutgoingCall, slash: string): string {
  if (format.name === openaiChat.name) return "/openai/v1/chat/completions";
  if (format.name === openaiResponses.name) return "/openai/v1/responses";
  const encoded = modelSegment(model);
  const id = slash === "literal" ? encoded.replaceAll("%2F", "/") : encoded;
  if (format.name === bedrockConverse.name) {
    return `/model/${id}/${wantsStream ? "converse-stream" : "converse"}`;
  }
  return `/model/${id}/${wantsStream ? "invoke-with-response-stream" : "invoke"}`;
}

function mantlePath({ format }: OutgoingCall): string {
  if (format.name === anthropicMessages.name) return "/anthropic/v1/messages";
  return format.name === openaiResponses.name ? "/v1/responses" : "/v1/chat/completions";
}

function acceptedOf({ wantsStream, format }: OutgoingCall): string {
  if (!wantsStream) return "application/json";
  return isFramed(format) ? "application/vnd.amazon.eventstream" : "text/event-stream";
}

function isFramed(format: ProviderFormat): boolean {
  return format === invokedMessages || format === bedrockConverse;
}

/** InvokeModel has the version and the betas in its body, and refuses the headers' own names for them. */
function crossing({ headers, format }: OutgoingCall): HeaderList {
  return isFramed(format)
    ? headers.filter(([name]) => !/^(anthropic|openai)-/.test(name))
    : headers;
}
