/** The admin API, put together with the first request for it. */

import { type AdminAccess, createAdminAccess } from "../access/admin_role.ts";
import { createClientAddress, createIsProxy } from "../access/client_address.ts";
import { createConsoleTokens } from "../access/console/console_tokens.ts";
import { createRefuseWrongKey } from "../access/failed_auth.ts";
import { createSessions, type Sessions } from "../access/console/sessions.ts";
import { createFindSignedOn } from "../access/console/sign_on.ts";
import type { AdminApp } from "../admin/api/admin_app.ts";
import { AnswerHeaders } from "../core/http/answer_headers.ts";
import type { HttpAnswer, HttpRequest } from "../core/http/http.ts";
import { openaiChat } from "../formats/openai_chat/mod.ts";
import type { Log } from "../observability/log/log.ts";
import { roundedMs } from "../observability/log/log_call.ts";
import { fromResponse } from "../server/fetch_adapter.ts";
import type { OperationsParts } from "../surfaces/operations/operations.ts";
import { acceptRequestId } from "../surfaces/handle_request.ts";
import { rawPath } from "../surfaces/request/raw_path.ts";
import type { RedactedParts } from "./app_parts.ts";
import type { Gateway } from "./gateway.ts";

const ADMIN_BASE = "/admin/v1";

/** Answers what lies below the base; `undefined` for every other path. */
export type AnswerAdmin = (request: HttpRequest) => Promise<HttpAnswer> | undefined;

export function createAdminAnswer(
  parts: RedactedParts,
  gateway: Gateway,
  operations: OperationsParts,
): AnswerAdmin {
  const { config, runtime: { clock, makeId, place } } = parts;
  const sessions = createSessions(place.memory.secret, config.admin, clock);
  const access = createAccess(parts, sessions);
  let loading: Promise<AdminApp> | undefined;
  const answer = async (request: HttpRequest): Promise<HttpAnswer> => {
    const startMs = clock.nowMs();
    const id = acceptRequestId(request.headers.get("x-request-id")) ?? makeId();
    const app = await (loading ??= loadApp(parts, gateway, operations, { access, sessions }));
    const { response, who, error } = await app(request, id);
    const { method, target } = request;
    const fields = {
      request_id: id,
      who,
      method,
      path: rawPath(target),
      status: response.status,
      code: error?.code,
      reason: error?.message,
      duration_ms: roundedMs(clock.nowMs() - startMs),
      cause: error?.cause === undefined ? undefined : String(error.cause),
    };
    logAnswer(parts.runtime.log, fields);
    return await toAnswer(response);
  };
  return (request) => {
    // Looked at for every call: most say at their first letters that they are none of these.
    if (!request.target.startsWith("/admin/")) return undefined;
    const path = rawPath(request.target);
    return path === ADMIN_BASE || path.startsWith(`${ADMIN_BASE}/`) ? answer(request) : undefined;
  };
}

/** Whole, but for what arises while it is read. */
async function toAnswer(response: Response): Promise<HttpAnswer> {
  const { status, headers, body } = response;
  const isStream = headers.get("content-type") === "text/event-stream";
  if (body === null || isStream) return fromResponse(response);
  return { status, headers: new AnswerHeaders(headers), body: await response.bytes() };
}

function createAccess(
  { config: { admin, auth, server }, shared }: RedactedParts,
  sessions: Sessions,
): AdminAccess {
  const findSignedOn = createFindSignedOn(admin);
  const isProxy = createIsProxy(String(server.trustProxy));
  const isSigningOn = createIsProxy(admin.userProxies ?? "0");
  return createAdminAccess({
    options: admin,
    refuseWrongKey: createRefuseWrongKey(shared.limits, auth.maxFailuresPerMinute),
    clientAddress: createClientAddress(server.trustProxy),
    isProxy: (address) => isProxy(address) || isSigningOn(address),
    others: [sessions.find, ...(findSignedOn === undefined ? [] : [findSignedOn])],
  });
}

/** What only looks is asked every few seconds by each page that is open, and is worth a line only where it failed. */
function logAnswer(log: Log, fields: AdminLine): void {
  if (fields.status >= 500) log.warn("admin", fields);
  else if (fields.status >= 400 || fields.method !== "GET") log.info("admin", fields);
}

interface AdminLine {
  readonly status: number;
  readonly method: string;
  readonly [field: string]: string | number | undefined;
}

async function loadApp(
  parts: RedactedParts,
  gateway: Gateway,
  operations: OperationsParts,
  { access, sessions }: { readonly access: AdminAccess; readonly sessions: Sessions },
): Promise<AdminApp> {
  const { createAdmin } = await import("../admin/admin.ts");
  const { config, providers, bodyLimits, needsKey, runtime, shared } = parts;
  const { clock, randomBytes, place } = runtime;
  return createAdmin({
    base: ADMIN_BASE,
    access,
    sessions,
    tokens: createConsoleTokens(place.memory.secret, config.admin, clock),
    bodyLimits,
    errorFormat: openaiChat.error,
    ledger: place.ledger,
    administration: place.administration,
    operations,
    viewers: shared.viewers,
    running: () => shared.slots.running,
    queued: () => shared.slots.queued,
    startedMs: place.memory.startedSeconds * 1_000,
    needsKey,
    isOpen: () => config.auth.required === "auto" && !needsKey(),
    fileKeys: config.auth.keys,
    providers,
    budgets: gateway.budgets,
    answers: gateway.answers,
    catalog: gateway.catalog,
    pricesOf: gateway.pricesOf,
    aliases: config.routing.aliases,
    clock,
    randomBytes,
  });
}
