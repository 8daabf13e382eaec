/**
 * Converse and ConverseStream of Amazon Bedrock, which serve the models of all vendors alike.
 *
 * A provider's format only.
 *
 * @see {@link https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html}
 * @module
 */

import type { ProviderFormat } from "../../core/format.ts";
import { decodeConverse } from "./answer/answer.ts";
import { ConverseStreamDecoder } from "./answer/stream_decoder.ts";
import { faultOf } from "./errors.ts";
import { NAME } from "./name.ts";
import { encodeRequest } from "./request/encode_request.ts";

export const bedrockConverse: ProviderFormat = {
  name: NAME,
  alwaysStreams: false,
  encodeRequest,
  decodeWhole: decodeConverse,
  faultOf,
  streamDecoder: (options) => new ConverseStreamDecoder(options),
};
