/**
 * What is tried again, and when: dispatch over a transport that answers as each row says, on a clock that
 * jumps to whatever is waited for. The table is printed, so that it can be read as a whole.
 */

// deno-lint-ignore-file no-console -- The table is the documentation of the decisions.

import { assert, assertEquals } from "@std/assert";
import type { Call } from "../../src/core/call.ts";
import type { Clock } from "../../src/core/clock.ts";
import { GatewayError, toGatewayError } from "../../src/core/gateway_error.ts";
import type { ByteSource, Transport } from "../../src/core/transport.ts";
import { openaiChat } from "../../src/dialects/openai_chat/mod.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { createDispatch } from "../../src/gateway/dispatch.ts";
import { relayOptions } from "../../src/gateway/options.ts";
import { retryOptions } from "../../src/gateway/retry.ts";
import { openaiStyle } from "../../src/upstreams/openai_style.ts";
import { closed, NOW_MS, type Row, ROWS } from "./retry_cases.ts";

/** Jumps to whatever is waited for, as soon as nothing else is left to run. */
class JumpingClock implements Clock {
  #nowMs = 0;
  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];
  readonly nowMs = () => this.#nowMs;
  readonly epochMs = () => NOW_MS + this.#nowMs;
  readonly schedule = (delayMs: number, callback: () => void) => {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Runs the earliest timer; returns how long it had been waited for. */
  jump(): number {
    const next = this.#timers.toSorted((left, right) => left.dueMs - right.dueMs)[0];
    assert(next !== undefined, "nothing is waited for");
    const waitedMs = next.dueMs - this.#nowMs;
    this.#nowMs = next.dueMs;
    this.#timers = this.#timers.filter((other) => other !== next);
    next.callback();
    return waitedMs;
  }
}

function sourceOf(
  { body, breaks }: { readonly body: string; readonly breaks?: boolean },
): ByteSource {
  let rest = body === "" ? [] : [new TextEncoder().encode(body)];
  return {
    read: () => {
      const chunk = rest.shift();
      if (chunk === undefined && breaks) return Promise.reject(closed);
      return Promise.resolve(chunk ?? null);
    },
    cancel: () => void (rest = []),
  };
}

/** Sends one call; returns the waits, the tries and the reply. */
async function play(row: Row) {
  const clock = new JumpingClock();
  let tries = 0;
  const transport: Transport = () => {
    const answer = row.answers[Math.min(tries++, row.answers.length - 1)];
    if (answer === undefined || answer instanceof GatewayError) return Promise.reject(answer);
    const headers = new Headers({ "content-type": "application/json", ...answer.headers });
    return Promise.resolve({ status: answer.status ?? 200, headers, body: sourceOf(answer) });
  };
  const upstream = openaiStyle({
    name: "test",
    baseUrl: "http://upstream.test/v1",
    reason: "",
  });
  const dispatch = createDispatch({
    transport,
    resolve: () => ({ upstream, model: "m" }),
    relay: relayOptions.parse({ totalTimeoutMs: 86_400_000 }),
    retry: retryOptions.parse({}),
    clock,
    random: () => 0.5,
    active: new ActiveCalls(),
  });
  const body = { model: "m", stream: row.stream ?? false, messages: [] };
  const call: Call = {
    id: "id",
    operation: "chat",
    principal: "test",
    surface: "test",
    dialect: openaiChat,
    model: "m",
    wantsStream: body.stream,
    body,
    bytes: new TextEncoder().encode(JSON.stringify(body)),
    headers: row.idempotent ? [["idempotency-key", "once"]] : [],
    signal: new AbortController().signal,
    arrivedMs: 0,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  };
  let reply: string | undefined;
  dispatch(call).then(async ({ response }) => {
    await response.text();
    reply = String(response.status);
  }).catch((thrown) => {
    const { status, shouldRetry, answer } = toGatewayError(thrown);
    const after = answer?.headers.find(([name]) => name === "retry-after")?.[1];
    reply = `${status}${shouldRetry === undefined ? "" : ` ${shouldRetry}`}` +
      (after === undefined || shouldRetry === false ? "" : ` after ${after}`);
  });
  const waits: number[] = [];
  while (true) {
    await new Promise((resolve) => setTimeout(resolve));
    if (reply !== undefined) return { waits, tries, reply };
    waits.push(clock.jump());
  }
}

Deno.test("what is tried again, and when", async () => {
  const lines: string[] = [];
  for (const row of ROWS) {
    const { waits, tries, reply } = await play(row);
    assertEquals({ waits, reply }, { waits: [...row.waits], reply: row.reply }, row.title);
    assertEquals(tries, row.waits.length + 1, row.title);
    lines.push(`${row.title.padEnd(48)} ${waits.join(" ").padEnd(30)} ${reply}`);
  }
  console.log(`${"answers".padEnd(48)} ${"waits in ms".padEnd(30)} reply, x-should-retry`);
  console.log(lines.join("\n"));
});
