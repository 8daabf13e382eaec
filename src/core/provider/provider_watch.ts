/** Who is told how upstreams are: what became of each request that was sent to one, whoever it was for. */

import type { GatewayError } from "../gateway_error.ts";
import type { Provider } from "./provider.ts";

/** A request to an upstream that came to nothing. */
export interface FailedRequest {
  /** Of the request that it was made for. */
  readonly requestId: string;
  readonly provider: Provider;
  /** The model that was asked for, by the upstream's name for it, where it was a call. */
  readonly model?: string;
  /** Name of the key that it carried, where the upstream has several. */
  readonly key?: string | undefined;
  readonly error: GatewayError;
}

/** None may throw. */
export interface ProviderWatch {
  /** Its answer has begun. */
  readonly answered: (provider: Provider) => void;
  /** Nothing of an answer came, or one that says that the upstream failed. */
  readonly failed: (request: FailedRequest) => void;
  /** An answer that had begun broke off, or ended with an error. */
  readonly brokeOff: (provider: Provider, code: string) => void;
  /** Its model list was read. */
  readonly listed: (provider: Provider) => void;
  readonly listFailed: (request: FailedRequest) => void;
}

/** What is kept of a failure: where, the sentence for the client, and what lay below it. */
export function describeFailure({ name }: Provider, { message, cause }: GatewayError): string {
  const text = cause instanceof Error ? cause.message : cause;
  return text === undefined ? `${name}: ${message}` : `${name}: ${message} (${text})`;
}
