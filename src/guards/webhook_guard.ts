/** Asks somebody else whether a request may go on. */

import { readBody } from "../bytes/read_whole.ts";
import { GatewayError, toGatewayError } from "../core/gateway_error.ts";
import { OwnSignal } from "../core/http/signal.ts";
import type { Call } from "../core/call.ts";
import type { Clock, MakeId } from "../core/clock.ts";
import { type JsonObject, parseJsonObject } from "../core/text/json.ts";
import type { Transport } from "../core/provider/transport.ts";
import { signedHeaders } from "../ledger/webhooks/sign.ts";
import type { WebhookGuardOptions } from "./options.ts";

const MAX_ANSWER_BYTES = 65_536;
const MAX_REASON_CHARACTERS = 500;

export interface WebhookGuardParts {
  readonly send: Transport;
  readonly clock: Clock;
  readonly makeId: MakeId;
}

/** What it was answered; `undefined` where nobody answered in time, or not in words that are known. */
export interface Judgement {
  readonly isAllowed: boolean;
  readonly reason?: string;
}

/**
 * POSTs `{"type":"guard.request","data":{guard, request_id, principal, surface, model, body}}` and reads
 * `{"allow": true}` or `{"allow": false, "reason": "..."}`. Never rejects, but where the client has left.
 */
export async function askWebhook(
  { url, secret, timeoutMs }: WebhookGuardOptions,
  guard: string,
  call: Call,
  body: JsonObject,
  { send, clock, makeId }: WebhookGuardParts,
): Promise<Judgement | undefined> {
  const { id, principal, surface, model, signal } = call;
  const data = { guard, request_id: id, principal: principal.name, surface, model, body };
  const text = JSON.stringify({ type: "guard.request", data });
  const atSeconds = Math.floor(clock.epochMs() / 1_000);
  const ended = new OwnSignal();
  const onLeft = (): void => ended.abort(signal.reason);
  const late = new GatewayError("upstream_timeout", "The guard's webhook did not answer in time");
  const cancelTimer = clock.schedule(timeoutMs, () => ended.abort(late));
  signal.addEventListener("abort", onLeft);
  try {
    const response = await send({
      method: "POST",
      url: new URL(url),
      headers: [
        ["content-type", "application/json"],
        ...signedHeaders(secret, `msg_${makeId()}`, atSeconds, text),
      ],
      body: new TextEncoder().encode(text),
    }, ended);
    const { bytes, isCut } = await readBody(response.body, MAX_ANSWER_BYTES);
    const answer = isCut ? undefined : parseJsonObject(new TextDecoder().decode(bytes));
    const allow = answer?.["allow"];
    if (response.status !== 200 || typeof allow !== "boolean") return undefined;
    const reason = answer?.["reason"];
    return typeof reason === "string"
      ? { isAllowed: allow, reason: reason.slice(0, MAX_REASON_CHARACTERS) }
      : { isAllowed: allow };
  } catch (thrown) {
    if (signal.aborted) throw toGatewayError(thrown);
    return undefined;
  } finally {
    cancelTimer();
    signal.removeEventListener("abort", onLeft);
  }
}
