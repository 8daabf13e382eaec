/**
 * Errors of Bedrock: a sentence with a status, or an exception within a stream that had begun with 200.
 *
 * @module
 */

import type { ProviderFault } from "../../core/chat/chat.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { parseJsonObject } from "../../core/text/json.ts";
import type { AwsMessage } from "../../framing/aws_event_stream.ts";
import { isOverflow } from "../anthropic_messages/overflow.ts";

/** What an exception stands for, by its name in small letters without its ending. */
const STATUS_BY_EXCEPTION: ReadonlyMap<string, number> = new Map(Object.entries({
  accessdenied: 403,
  internalserver: 500,
  modelerror: 502,
  modelnotready: 503,
  modelstreamerror: 502,
  modeltimeout: 504,
  resourcenotfound: 404,
  servicequotaexceeded: 429,
  serviceunavailable: 503,
  throttling: 429,
  validation: 400,
}));

const OVERFLOW_CODE = "context_length_exceeded";

const utf8 = new TextDecoder();

/** The fault that a JSON body states: of Bedrock's answers none has a sentence of its own. */
export function faultOf(body: JsonObject): ProviderFault | undefined {
  if (body["output"] !== undefined) return undefined;
  const message = [body["message"], body["Message"]].find((text) => typeof text === "string");
  const { __type: named } = body;
  if (message === undefined && typeof named !== "string") return undefined;
  return toFault(typeof named === "string" ? named : "", message ?? "");
}

/** The fault that a message of a stream is; `undefined` where it is an event. */
export function faultOfMessage({ headers, payload }: AwsMessage): ProviderFault | undefined {
  const type = headers.get(":message-type");
  if (type === "error") {
    return toFault(headers.get(":error-code") ?? "", headers.get(":error-message") ?? "");
  }
  if (type !== "exception") return undefined;
  const body = parseJsonObject(utf8.decode(payload)) ?? {};
  const message = [body["message"], body["Message"]].find((text) => typeof text === "string");
  return toFault(headers.get(":exception-type") ?? "", message ?? "");
}

/** @param named `throttlingException`, also with a namespace before it and an address behind it. */
function toFault(named: string, said: string): ProviderFault {
  const name = named.replace(/:.*$/, "").replace(/^.*#/, "");
  const status = STATUS_BY_EXCEPTION.get(name.replace(/Exception$/i, "").toLowerCase());
  const message = said === ""
    ? `The upstream reported ${name || "an error"} without a message`
    : said;
  const isTooLong = isOverflow({ status: status ?? 400, code: "", message });
  const code = isTooLong ? OVERFLOW_CODE : name;
  return {
    message,
    ...(code !== "" && { code }),
    ...(status !== undefined && { status }),
  };
}
