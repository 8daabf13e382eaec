/** Reads the beginning of a body that is handed through: for the model that it names, and for another try. */

import { BegunBody } from "../../bytes/begun_body.ts";
import { type BodyBounds, bodyTooLarge, ClientBody } from "../../bytes/client_body.ts";
import { modelInForm, modelInJson, type NamedModel } from "../../bytes/json/named_model.ts";
import { joinBytes } from "../../bytes/read_whole.ts";
import type { HandedBody } from "../../core/call.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { ByteSource, HeaderReader } from "../../core/provider/transport.ts";
import { parseJson } from "./parse_json.ts";
import { readBody } from "./read_body.ts";
import type { BodyLimits } from "./read_json_body.ts";

/** Up to here a body that says how long it is is held whole. */
const MAX_WHOLE_BYTES = 262_144;
/** How far a model is looked for in a body that is not held whole. */
const MAX_BEGINNING_BYTES = 65_536;

export interface BegunRequest {
  readonly body: HandedBody;
  /** Empty where none is named, or none so near the beginning. */
  readonly model: string;
  /** What a JSON body says, where it is held whole; else empty. */
  readonly json: JsonObject;
  /** What the client should know of where it goes, a sentence each. */
  readonly warnings: readonly string[];
}

/** What has been read so far. */
interface Beginning {
  readonly held: Uint8Array<ArrayBuffer>;
  readonly rest: ByteSource | undefined;
  readonly named: NamedModel | undefined;
}

type FindModel = (bytes: Uint8Array<ArrayBuffer>) => NamedModel | undefined;

const FIND_NONE: FindModel = () => undefined;
const NO_FIELDS: JsonObject = {};
const MODEL_NOT_FOUND =
  `No model was found in the first ${MAX_BEGINNING_BYTES} bytes of the body, so it was sent to the default ` +
  "upstream; put the model first";

/**
 * A body that says that it is small is held whole; of any other that may name a model as much as it takes to
 * find it, within a bound. The rest passes as it comes.
 *
 * Throws `body_too_large`, `request_timeout`, `client_closed`, and `overloaded`.
 */
export async function beginBody(request: HttpRequest, limits: BodyLimits): Promise<BegunRequest> {
  const { headers, lengthBytes } = request;
  const find = finderOf(headers);
  const { held, rest, named } = await begin(request, find, limits);
  const isJson = find === modelInJson;
  return {
    body: new BegunBody({ held, rest, lengthBytes, named }),
    model: named?.name ?? "",
    json: isJson && rest === undefined ? fieldsOf(held, limits) : NO_FIELDS,
    warnings: isJson && rest !== undefined && named === undefined ? [MODEL_NOT_FOUND] : [],
  };
}

async function begin(
  request: HttpRequest,
  find: FindModel,
  bounds: BodyBounds,
): Promise<Beginning> {
  const { body, lengthBytes } = request;
  if (body === null || (lengthBytes !== undefined && lengthBytes <= MAX_WHOLE_BYTES)) {
    const held = await readBody(request, "identity", bounds);
    return { held, rest: undefined, named: find(held) };
  }
  if (lengthBytes !== undefined && lengthBytes > bounds.maxBodyBytes) {
    throw bodyTooLarge(bounds.maxBodyBytes);
  }
  return await readBeginning(new ClientBody(body, bounds), find);
}

/** Whether a body without a length is there at all shows only when it is read (HTTP/2). */
async function readBeginning(source: ByteSource, find: FindModel): Promise<Beginning> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  let soughtBytes = 0;
  let named: NamedModel | undefined;
  while (true) {
    const chunk = await source.read();
    const isWhole = chunk === null;
    if (chunk !== null) {
      chunks.push(chunk);
      length += chunk.length;
    }
    const isEnough = isWhole || find === FIND_NONE || length >= MAX_BEGINNING_BYTES;
    // In steps that double, so that a body in crumbs is not gone over for each.
    if (isEnough || length >= 2 * soughtBytes) {
      const held = joinBytes(chunks, length);
      chunks.splice(0, chunks.length, held);
      soughtBytes = length;
      named = find(held);
      // JSON is of no use before its end, so that holding it costs its upstream no time.
      if (isEnough || (named !== undefined && !named.isJson)) {
        return { held, rest: isWhole ? undefined : source, named };
      }
    }
  }
}

/** Nothing is looked for in what is packed. */
function finderOf(headers: HeaderReader): FindModel {
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding !== "" && coding !== "identity") return FIND_NONE;
  const type = headers.get("content-type") ?? "";
  if (/^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) return modelInJson;
  const [, quoted, plain] =
    /^\s*multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i
      .exec(type) ?? [];
  const boundary = quoted ?? plain;
  return boundary === undefined ? FIND_NONE : (bytes) => modelInForm(bytes, boundary);
}

/** For estimates: what is no JSON within the limits passes all the same, for its upstream to judge. */
function fieldsOf(bytes: Uint8Array<ArrayBuffer>, limits: BodyLimits): JsonObject {
  try {
    return parseJson(bytes, limits);
  } catch (thrown) {
    if (thrown instanceof GatewayError) return NO_FIELDS;
    throw thrown;
  }
}
