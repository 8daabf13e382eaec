/** What becomes of requests that are over: a line in the log, metrics, a record in the ledger. */

import type { ExchangeParts } from "../gateway/exchange.ts";
import type { ModelCatalog } from "../gateway/model_catalog.ts";
import type { Log } from "../observability/log/log.ts";
import { createLogCall, logRequest, roundedMs } from "../observability/log/log_call.ts";
import type { RequestHandlerParts } from "../surfaces/handle_request.ts";
import { rawPath } from "../surfaces/request/raw_path.ts";
import type { ConnectionSummary } from "../surfaces/openrouter/socket/socket_connection.ts";
import type { AppParts, RedactedParts } from "./app_parts.ts";
import { createCallKeeper } from "./ledger.ts";

/** What becomes of a finished call. */
export function createRecordCall(
  parts: RedactedParts,
  catalog: Pick<ModelCatalog, "isListed">,
): ExchangeParts["record"] {
  const { config, callLog, redactor, runtime: { clock, random }, shared: { metrics } } = parts;
  const logCall = createLogCall({
    ...callLog,
    sample: config.log.sample,
    random,
    keeper: createCallKeeper(parts),
  });
  const { aliases } = config.routing;
  const names = {
    redact: redactor.forLog,
    isKnown: (model: string) => Object.hasOwn(aliases, model) || catalog.isListed(model),
  };
  return (call, outcome, cause) => {
    const durationMs = clock.nowMs() - call.arrivedMs;
    metrics?.recordCall(call, outcome, durationMs, names);
    logCall(call, outcome, durationMs, cause);
  };
}

/** One line for a request that no call was made of: answered or refused by Weir itself. */
export function recordRequest(
  { runtime: { clock, log }, shared: { metrics } }: AppParts,
): RequestHandlerParts["record"] {
  return ({ method, target }, context, outcome) => {
    metrics?.recordRequest(outcome);
    const fields = {
      request_id: context.id,
      principal: context.principal.name,
      method,
      path: rawPath(target),
      status: outcome.status,
      outcome: outcome.kind,
      code: outcome.code,
      reason: outcome.reason,
      duration_ms: roundedMs(clock.nowMs() - context.arrivedMs),
    };
    logRequest(log, fields, outcome, context.error?.cause);
  };
}

/** One line for a WebSocket connection that has ended. */
export function logConnection(log: Log, summary: ConnectionSummary): void {
  const { context, durationMs, requests, closeCode } = summary;
  log.info("websocket", {
    request_id: context.id,
    principal: context.principal.name,
    duration_ms: Math.round(durationMs),
    requests,
    close_code: closeCode,
  });
}
