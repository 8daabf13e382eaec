/** The guards of the configuration, around every call. */

import type { Call, Exchange } from "../core/call.ts";
import type { ChatEvent } from "../core/chat/chat.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { EventGuard, GuardFinding, OpenEventGuard } from "../core/guard.ts";
import { patchedBody } from "../bytes/json/patch.ts";
import { Guard, GUARD_REFUSED, refusal } from "./guard.ts";
import type { GuardOptions } from "./options.ts";
import { countIn } from "./text_filter.ts";
import { askWebhook, type WebhookGuardParts } from "./webhook_guard.ts";

export interface GuardsParts extends WebhookGuardParts {
  readonly options: readonly GuardOptions[];
}

/** Throws `PatternError` where a pattern is not usable. */
export function createGuards(parts: GuardsParts): (next: Exchange) => Exchange {
  const guards = parts.options.map((options) => new Guard(options));
  return (next) => async (call) => {
    const own = guards.filter((guard) => guard.appliesTo(call));
    if (own.length === 0) return await next(call);
    const findings: GuardFinding[] = [];
    call.trace.guards = findings;
    refuseUnseen(call, own);
    const guarded = withAnswersGuarded(await checked(call, own, findings, parts), own, findings);
    const losesLogprobs = guarded.guardAnswer !== undefined && wantsLogprobs(call);
    const reply = await next(guarded);
    // A try that answers says its own warnings first.
    if (losesLogprobs) warnOfLogprobs(call.trace);
    return reply;
  };
}

function wantsLogprobs({ formats: { request }, body }: Call): boolean {
  return request.facts(body.json).wantsLogprobs === true;
}

function warnOfLogprobs(trace: Call["trace"]): void {
  const warning = "logprobs were left out, because a guard looks at the answer";
  trace.warnings = [...trace.warnings, warning];
}

/** What passes uninterpreted no guard can look at, nor at the answers of legacy completions. Throws `guard_refused`. */
function refuseUnseen({ operation }: Call, guards: readonly Guard[]): void {
  const blind = operation === "hand_through"
    ? guards[0]
    : operation === "completions"
    ? guards.find((guard) => guard.looksAt("answer"))
    : undefined;
  if (blind === undefined) return;
  const unseen = operation === "completions"
    ? "the answers of legacy completions"
    : "what is handed through as it is";
  throw new GatewayError(
    "forbidden",
    `The guard "${blind.options.name}" cannot look at ${unseen}; ` +
      "use an API that Weir serves itself, or ask whoever runs this gateway",
    { code: GUARD_REFUSED, shouldRetry: false },
  );
}

async function checked(
  call: Call,
  guards: readonly Guard[],
  findings: GuardFinding[],
  parts: WebhookGuardParts,
): Promise<Call> {
  const before = call.body.json;
  let json = before;
  for (const guard of guards.filter((guard) => guard.looksAt("request"))) {
    json = guard.checkRequest(json, findings);
    const { name, webhook } = guard.options;
    if (webhook === undefined) continue;
    const judgement = await askWebhook(webhook, name, call, json, parts);
    const isAllowed = judgement?.isAllowed ?? webhook.onFailure === "pass";
    if (isAllowed) continue;
    countIn(findings, { guard: name, action: "refuse", side: "request" });
    throw refusal(
      name,
      "request",
      judgement === undefined ? "it did not answer" : judgement.reason,
    );
  }
  return json === before ? call : { ...call, ...patchedBody(call.bytes, before, json) };
}

function withAnswersGuarded(call: Call, guards: readonly Guard[], findings: GuardFinding[]): Call {
  const ofAnswers = guards.filter((guard) => guard.looksAt("answer"));
  if (ofAnswers.length === 0) return call;
  const guardAnswer: OpenEventGuard = () =>
    new SeveralGuards(ofAnswers.map((guard) => guard.openAnswer(findings)));
  return { ...call, guardAnswer };
}

/** Each sees what those before it have left. */
class SeveralGuards implements EventGuard {
  readonly #guards: readonly EventGuard[];

  constructor(guards: readonly EventGuard[]) {
    this.#guards = guards;
  }

  read(events: readonly ChatEvent[]): readonly ChatEvent[] {
    return this.#guards.reduce((left, guard) => guard.read(left), events);
  }

  end(): readonly ChatEvent[] {
    return this.#guards.reduce<readonly ChatEvent[]>(
      (left, guard) => [...guard.read(left), ...guard.end()],
      [],
    );
  }
}
