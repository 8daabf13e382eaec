/**
 * The events of Messages out of AWS's frames, as server-sent events.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { ByteSource } from "../../core/provider/transport.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import { AwsEventStreamDecoder, type AwsMessage } from "../../framing/aws_event_stream.ts";
import { faultOfMessage } from "../bedrock_converse/errors.ts";
import { eventOfException } from "./errors.ts";

/** How most events begin. */
const TYPE = /^\{"type":"([a-z_]+)"/;
/** What Bedrock adds to the last event, of which no client of Messages knows. */
const METRICS = "amazon-bedrock-invocationMetrics";

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/** Read only as far as it is asked for. Rejects as its source does, and for frames that are broken. */
export class UnframedSource implements ByteSource {
  readonly #source: ByteSource;
  readonly #frames: AwsEventStreamDecoder;

  /** @param maxEventBytes Of one event; its frame has it in base64, which is a third longer. */
  constructor(source: ByteSource, maxEventBytes: number) {
    this.#source = source;
    this.#frames = new AwsEventStreamDecoder({ maxMessageBytes: 2 * maxEventBytes });
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    while (true) {
      const chunk = await this.#source.read();
      if (chunk === null) {
        this.#frames.flush();
        return null;
      }
      const text = this.#frames.push(chunk).map(toSse).join("");
      if (text !== "") return encoder.encode(text);
    }
  }

  cancel(): void {
    this.#source.cancel();
  }
}

function toSse(message: AwsMessage): string {
  const fault = faultOfMessage(message);
  if (fault !== undefined) {
    const { headers } = message;
    const name = headers.get(":exception-type") ?? headers.get(":error-code") ?? "";
    return sse("error", eventOfException(name, fault.message));
  }
  const { bytes } = parseJsonObject(utf8.decode(message.payload)) ?? {};
  // What is no chunk is no event of Messages.
  if (typeof bytes !== "string") return "";
  const data = Buffer.from(bytes, "base64").toString();
  const known = data.includes(METRICS) ? undefined : TYPE.exec(data)?.[1];
  if (known !== undefined && !/[\r\n]/.test(data)) return sse(known, data);
  const event = parseJsonObject(data);
  if (event === undefined) return sse("message", data.replace(/[\r\n]+/g, " "));
  return sse(typeof event["type"] === "string" ? event["type"] : "message", withoutMetrics(event));
}

function withoutMetrics({ [METRICS]: _, ...event }: JsonObject): string {
  return JSON.stringify(isJsonObject(event) ? event : {});
}

function sse(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
