import { assertEquals } from "@std/assert";
import type { FinishedCall } from "../../src/core/call.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { ANONYMOUS } from "../../src/core/principal.ts";
import type { LogFields } from "../../src/observability/log/line_formats.ts";
import { type Log, logOptions, OFF, openLog } from "../../src/observability/log/log.ts";
import { createLogCall, logRequest } from "../../src/observability/log/log_call.ts";
import { redactedLog } from "../../src/observability/log/redacted_log.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const CALL: FinishedCall = {
  id: "id",
  operation: "chat",
  principal: ANONYMOUS,
  surface: "openai",
  model: "asked",
  wantsStream: true,
  arrivedMs: 0,
  trace: {
    upstream: "openai",
    attempts: 2,
    warnings: [],
    queuedMs: 12.34,
    overheadMs: 0.1234,
    failedTargets: ["first/m 500 server_error"],
  },
};

const COMPLETE: Outcome = {
  kind: "complete",
  status: 200,
  bytes: 99,
  servedModel: "served",
  firstTokenMs: 1.26,
  finishReason: "stop",
  usage: {
    inputTokens: 11,
    outputTokens: 3,
    totalTokens: 14,
    cachedInputTokens: 5,
    reasoningOutputTokens: 2,
    // What the provider says of one request; the line tells what all of them have cost.
    cost: 0.00002,
  },
  cost: { usd: 0.0000575, isEstimated: true },
};

interface Line {
  readonly level: string;
  readonly fields: LogFields;
}

function collectingLog(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (_message: string, fields: LogFields = {}) =>
    void lines.push({ level, fields });
  return {
    log: {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      later: (write) => write(),
    },
    lines,
  };
}

Deno.test("a call's line says what became of it, and what it cost", () => {
  const { log, lines } = collectingLog();
  createLogCall({ log, sample: 1, random: () => 0 })(CALL, COMPLETE, 45.67, undefined);
  const [line, ...more] = lines;
  assertEquals(more, []);
  const known = Object.entries(line?.fields ?? {}).filter(([, value]) => value !== undefined);
  assertEquals(Object.fromEntries(known), {
    request_id: "id",
    principal: "anonymous",
    surface: "openai",
    upstream: "openai",
    model: "asked",
    served_model: "served",
    stream: true,
    status: 200,
    outcome: "complete",
    attempts: 2,
    failed_targets: "first/m 500 server_error",
    finish_reason: "stop",
    queue_ms: 12.3,
    overhead_us: 123,
    first_token_ms: 1.3,
    duration_ms: 45.7,
    input_tokens: 11,
    output_tokens: 3,
    cached_tokens: 5,
    reasoning_tokens: 2,
    cost: 0.0000575,
    cost_estimated: true,
    bytes: 99,
  });
});

Deno.test("sampling leaves out complete calls alone", () => {
  const { log, lines } = collectingLog();
  let draw = 0;
  const logCall = createLogCall({ log, sample: 0.25, random: () => draw++ % 4 / 4 });
  for (let call = 0; call < 8; call++) logCall(CALL, COMPLETE, 1, undefined);
  assertEquals(lines.length, 2);
  const kinds = [
    "truncated",
    "upstream_error",
    "client_gone",
    "timeout",
    "refused",
    "internal_error",
  ] as const;
  const none = createLogCall({ log, sample: 0, random: () => 0 });
  for (const kind of kinds) none(CALL, { ...COMPLETE, kind }, 1, undefined);
  none(CALL, COMPLETE, 1, undefined);
  assertEquals(lines.slice(2).map(({ fields }) => fields.outcome), [...kinds]);
  assertEquals(lines.at(-1)?.level, "error");
  // Neither is an answer complete that something may be lacking of.
  none(CALL, { ...COMPLETE, assumedEnd: "silence" }, 1, undefined);
  none(CALL, { ...COMPLETE, code: "malformed_events" }, 1, undefined);
  assertEquals(lines.length, 4 + kinds.length);
});

Deno.test("how a call ended chooses the level of its line", () => {
  const { log, lines } = collectingLog();
  const logCall = createLogCall({ log, sample: 1, random: () => 0 });
  const endings = [
    [{ kind: "complete", status: 200 }, "info"],
    [{ kind: "client_gone", status: 499 }, "info"],
    [{ kind: "refused", status: 429 }, "info"],
    [{ kind: "refused", status: 503 }, "warn"],
    [{ kind: "upstream_error", status: 400 }, "warn"],
    [{ kind: "truncated", status: 200 }, "warn"],
    [{ kind: "timeout", status: 504 }, "warn"],
    [{ kind: "internal_error", status: 503, code: "shutting_down" }, "warn"],
    [{ kind: "internal_error", status: 500, code: "internal" }, "error"],
  ] as const;
  for (const [ending] of endings) logCall(CALL, { ...COMPLETE, ...ending }, 1, undefined);
  for (const [ending] of endings) {
    logRequest(log, {}, ending, { cause: undefined, trace: undefined });
  }
  const levels = endings.map(([, level]) => level);
  assertEquals(lines.map(({ level }) => level), [...levels, ...levels]);
});

Deno.test("the last failure of a call is the cause of whatever became of it", () => {
  const { log, lines } = collectingLog();
  const logCall = createLogCall({ log, sample: 1, random: () => 0 });
  const trace = { ...CALL.trace, lastFailure: "first: The upstream refused the connection" };
  const call = { ...CALL, trace };
  logCall(call, { ...COMPLETE, kind: "client_gone" }, 1, undefined);
  logCall(call, COMPLETE, 1, undefined);
  logCall(call, { ...COMPLETE, kind: "upstream_error" }, 1, new Error("its own"));
  const reason = "The upstream refused the connection";
  logCall(call, { ...COMPLETE, kind: "upstream_error", reason }, 1, undefined);
  assertEquals(lines.map(({ fields }) => fields.cause), [
    trace.lastFailure,
    trace.lastFailure,
    "its own",
    undefined,
  ]);
});

Deno.test("a field from outside is bounded, and of a secret at the bound nothing is left", () => {
  const { log, lines } = collectingLog();
  const redacted = redactedLog(log, (text) => text.replaceAll("secret-value", "***"));
  redacted.info("call", {
    finish_reason: "x".repeat(1_000_000),
    code: "y".repeat(1_000),
    model: `${"m".repeat(195)}secret-value and more`,
    reason: "z".repeat(1_000),
    short: "as it is",
  });
  const { fields } = lines[0] ?? {};
  assertEquals(fields?.finish_reason, `${"x".repeat(200)}…`);
  assertEquals(fields?.code, `${"y".repeat(200)}…`);
  assertEquals(fields?.model, `${"m".repeat(195)}*** a…`);
  assertEquals(fields?.reason, `${"z".repeat(500)}…`);
  assertEquals(fields?.short, "as it is");
});

Deno.test("a level that is off costs nothing and stays off when it is redacted", async () => {
  const clock = new ManualClock();
  const written: string[] = [];
  const stream = new WritableStream<Uint8Array>({
    write: (bytes) => void written.push(new TextDecoder().decode(bytes)),
  });
  const options = logOptions.parse({ level: "warn" });
  const output = { stream, isTerminal: false, hasColor: false, isJournal: false };
  const { log, close } = openLog(options, output, clock);
  const redacted = redactedLog(log, (text) => text.replaceAll("secret", "***"));
  assertEquals([redacted.debug === OFF, redacted.info === OFF], [true, true]);
  redacted.info("not written", { a: "secret" });
  redacted.warn("written", { a: "secret" });
  await close();
  assertEquals(written.length, 1);
  const { message, a, level } = JSON.parse(written[0] ?? "");
  assertEquals([message, a, level], ["written", "***", "WARN"]);
});
