import { assert, assertEquals } from "@std/assert";
import type { Call } from "../../../src/core/call.ts";
import type { Provider } from "../../../src/core/provider/provider.ts";
import { createLaneMemory, LaneTable } from "../../../src/limits/pacing/lane_table.ts";
import { Pacer } from "../../../src/limits/pacing/pacer.ts";
import { pacingOptions } from "../../../src/limits/pacing/pacing_options.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { type PlayedMinutes, playMinutes } from "./paced_minutes.ts";

const duration = (ms: number): string => `${(ms / 1_000).toFixed(3)}s`;
const timestamp = (ms: number, epochMs: number): string =>
  new Date(epochMs + ms).toISOString().replace(/\.\d+Z$/, "Z");

/** Requests are what is scarce, or tokens; what is estimated is right, too much or too little. */
const CASES: readonly Partial<PlayedMinutes>[] = [
  { kind: "bucket", minuteMs: 2_000, tokensPerCall: 100 },
  { kind: "bucket", tokensPerCall: 300, estimateFactor: 3 },
  { kind: "bucket", tokensPerCall: 100, resetText: timestamp, roundedTo: 1_000 },
  { kind: "aligned", minuteMs: 2_000, tokensPerCall: 300, estimateFactor: 0.5 },
  { kind: "aligned", tokensPerCall: 100 },
  { kind: "window", minuteMs: 2_000, tokensPerCall: 100 },
  { kind: "window", tokensPerCall: 300, estimateFactor: 3 },
  // Prompts and answers of one length cost more than others.
  { kind: "window", tokensPerCall: 300, estimateFactor: 2, estimateScatter: 0.6 },
  { kind: "aligned", tokensPerCall: 1_000, estimateFactor: 2, estimateScatter: 0.3 },
  { kind: "bucket", tokensPerCall: 300, estimateFactor: 2, estimateScatter: 0.3 },
];

for (const given of CASES) {
  const title = JSON.stringify({ ...given, resetText: given.resetText?.name });
  Deno.test(`Pacer uses up what it may and is not refused: ${title}`, async () => {
    const { sent, refused, used } = await playMinutes({
      kind: "window",
      minuteMs: 60_000,
      minutes: 30,
      overload: 1.5,
      tokensPerCall: 100,
      estimateFactor: 1,
      resetText: duration,
      ...given,
    });
    assert(refused < 0.01 * sent, `${refused} of ${sent} were refused`);
    assert(used >= 0.95, `${used} is used`);
  });
}

Deno.test("without a pacer, the same provider refuses a third of what it is sent", async () => {
  const { sent, refused } = await playMinutes({
    kind: "window",
    minuteMs: 60_000,
    minutes: 10,
    overload: 1.5,
    tokensPerCall: 100,
    estimateFactor: 1,
    resetText: duration,
    paced: false,
  });
  assert(refused > 0.3 * sent, `${refused} of ${sent} were refused`);
});

Deno.test("what one caller's own account has left is nothing to the others", () => {
  const clock = new ManualClock();
  const lanes = new LaneTable(createLaneMemory(), clock);
  const pacer = new Pacer({
    options: pacingOptions.parse({}),
    lanes,
    clock,
    assumedAnswerTokens: 1,
  });
  const spent = new Headers({
    "x-ratelimit-limit-requests": "10",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "3600s",
  });
  const kinds = [false, true].map((takesClientsCredentials) => {
    const provider = { name: `p${takesClientsCredentials}`, takesClientsCredentials } as Provider;
    const ask = () => pacer.take({ provider, model: "m" }, { operation: "chat" } as Call, 0);
    const turn = ask();
    if (turn?.kind === "turn") turn.answered(200, spent);
    return ask()?.kind;
  });
  assertEquals(kinds, ["held", undefined]);
});
