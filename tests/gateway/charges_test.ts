import { assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { AttemptRecord, Cost } from "../../src/core/ledger/call_record.ts";
import type { Spending } from "../../src/core/ledger/spending.ts";
import { Hedge, hedgeOptions } from "../../src/gateway/tries/hedge.ts";
import { playCall, type PlayOptions, targetsOf } from "./play_call.ts";
import { JumpingClock } from "./jumping_clock.ts";
import {
  type Answer,
  closed,
  delta,
  error,
  NOW_MS,
  OK,
  refused,
  silent,
  sse,
} from "./retry_cases.ts";

/** A dollar for a token of the prompt, a thousand for one of the answer; prompts are guessed to have 7. */
const spending: Spending = {
  prices: {
    loading: undefined,
    usdOf: ({ usage }) => usage.cost ?? usage.inputTokens + 1_000 * usage.outputTokens,
  },
  reserve: undefined,
  estimate: () => ({ input: 7, maxOutput: 100 }),
};

const counted = (usage: unknown): Answer => ({
  body: JSON.stringify({ ...JSON.parse(OK.body), usage }),
});
const USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
const finish = (usage: unknown) =>
  JSON.stringify({
    id: "c",
    choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
    usage,
  });
const empty = JSON.stringify({
  choices: [{ index: 0, delta: {}, finish_reason: "content_filter" }],
  error: { message: "No", code: 502 },
});

/** `a complete 2010`, with `~` before what is estimated and `?` for what nobody knows. */
function told(tries: readonly AttemptRecord[] = [], cost?: Cost): string {
  const shown = ({ usd, isEstimated }: Cost) =>
    usd === null ? "?" : `${isEstimated ? "~" : ""}${usd}`;
  const each = tries.map(({ provider, outcome, cost }) => `${provider} ${outcome} ${shown(cost)}`);
  return `${each.join(", ")} = ${cost === undefined ? "nothing" : shown(cost)}`;
}

interface Row extends Omit<PlayOptions, "targets"> {
  readonly title: string;
  /** What each target answers, try by try. */
  readonly answers: readonly (readonly Answer[])[];
  readonly told: string;
}

const ROWS: readonly Row[] = [
  { title: "whole", answers: [[counted(USAGE)]], told: "a complete 2010 = 2010" },
  {
    title: "stated by the provider",
    answers: [[counted({ ...USAGE, cost: 0.5 })]],
    told: "a complete 0.5 = 0.5",
  },
  { title: "whole, without usage", answers: [[OK]], told: "a complete ~1007 = ~1007" },
  {
    title: "streamed",
    stream: true,
    answers: [[sse(delta, finish(USAGE), "[DONE]")]],
    told: "a complete 2010 = 2010",
  },
  {
    title: "streamed, and broken off",
    stream: true,
    answers: [[sse(delta)]],
    told: "a truncated ~1007 = ~1007",
  },
  { title: "refused by a status", answers: [[error(400, "no")]], told: "a upstream_error 0 = 0" },
  {
    title: "a status, then an answer",
    answers: [[error(503, "no"), counted(USAGE)]],
    told: "a upstream_error 0, a complete 2010 = 2010",
  },
  {
    title: "not reached, then another target",
    answers: [[refused], [counted(USAGE)]],
    told: "a upstream_error 0, b complete 2010 = 2010",
  },
  {
    title: "closed without an answer, then another target: it may have been paid",
    answers: [[closed], [counted(USAGE)]],
    told: "a truncated ~7, b complete 2010 = ~2017",
  },
  {
    title: "silent, then another target",
    answers: [[silent], [counted(USAGE)]],
    told: "a timeout ~7, b complete 2010 = ~2017",
  },
  {
    title: "an empty stream that counted its prompt, then another target",
    stream: true,
    answers: [[sse(finish({ prompt_tokens: 10, total_tokens: 10 }))], [
      sse(delta, finish(USAGE), "[DONE]"),
    ]],
    told: "a complete 10 = 10",
  },
  {
    title: "an error instead of a stream, then another target",
    stream: true,
    answers: [[sse(empty)], [sse(delta, finish(USAGE), "[DONE]")]],
    told: "a upstream_error 0, b complete 2010 = 2010",
  },
  {
    title: "embeddings without usage",
    operation: "embeddings",
    body: { input: "hi" },
    answers: [[{ body: JSON.stringify({ object: "list", data: [], model: "m" }) }]],
    told: "a complete ~7 = ~7",
  },
  {
    title: "hedged: the slower one is given up, and may be charged its prompt",
    hedge: hedgeAfter(50),
    answers: [["silence"], [counted(USAGE)]],
    told: "b complete 2010, a abandoned ~7 = ~2017",
  },
];

/** Lets the second target be asked after so long. */
function hedgeAfter(milliseconds: number): Hedge {
  const hedge = new Hedge(hedgeOptions.parse({ minSamples: 4, maxExtraPercent: 100 }));
  for (let sample = 0; sample < 20; sample++) {
    for (const form of ["whole", "streamed"]) hedge.note(`a/m ${form}`, milliseconds);
  }
  return hedge;
}

Deno.test("what each request of a call is charged, by what became of it", async (test) => {
  for (const { title, answers, told: expected, ...options } of ROWS) {
    await test.step(title, async () => {
      const { trace } = await playCall({ ...options, spending, targets: targetsOf(answers) });
      assertEquals(told(trace.tries, trace.cost), expected);
    });
  }
});

Deno.test("a request is reserved for by the most it may cost, and settled by what it does", async () => {
  const seen: string[] = [];
  const reserve: Spending["reserve"] = (_, { provider: { name } }) => (maxUsd) => {
    seen.push(`${name} at most ${maxUsd}`);
    return Promise.resolve({ settle: ({ usd }) => void seen.push(`${name} ${usd}`) });
  };
  const targets = targetsOf([[error(503, "no")], [counted(USAGE)]]);
  await playCall({ targets, spending: { ...spending, reserve } });
  assertEquals(seen, ["a at most 100014", "a 0", "b at most 100014", "b 2010"]);
});

Deno.test("what may not be paid for is not sent", async () => {
  const refusal = new GatewayError("rate_limited", "The budget is spent");
  const reserve: Spending["reserve"] = () => () => Promise.reject(refusal);
  const targets = targetsOf([[counted(USAGE)]]);
  const played = await playCall({ targets, spending: { ...spending, reserve } });
  assertEquals([played.tries, played.error], ["", refusal]);
  assertEquals(told(played.trace.tries, played.trace.cost), " = nothing");
});

Deno.test("prices that are still being loaded are waited for by what is told of them at once", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let loading: Promise<void> | undefined = promise.then(() => void (loading = undefined));
  const prices = {
    get loading() {
      return loading;
    },
    usdOf: spending.prices.usdOf,
  };
  const playing = playCall({
    targets: targetsOf([[counted(USAGE)]]),
    spending: { ...spending, prices },
  });
  resolve();
  const { trace } = await playing;
  assertEquals(told(trace.tries, trace.cost), "a complete 2010 = 2010");
});

for (const stream of [false, true]) {
  const form = stream ? "streamed" : "whole";
  Deno.test(`two that answer in the same moment are both charged, ${form}`, async () => {
    const clock = new JumpingClock(NOW_MS);
    const answersAfter = new Promise<void>((resolve) => clock.schedule(200, resolve));
    const answer = stream ? sse(delta, finish(USAGE), "[DONE]") : counted(USAGE);
    const targets = targetsOf([[answer], [answer]]).map((target) => ({ ...target, answersAfter }));
    const hedge = hedgeAfter(50);
    const { tries, trace } = await playCall({ hedge, clock, stream, spending, targets });
    assertEquals([tries, trace.cost], ["a b", { usd: 4_020, isEstimated: false }]);
  });
}

Deno.test("a model without tools that is asked again is charged for both", async () => {
  const TOOL = {
    type: "function",
    function: {
      name: "get_weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  };
  const writing = (input: object): Answer => {
    const content = `<tool_call>${
      JSON.stringify({ name: "get_weather", arguments: input })
    }</tool_call>`;
    const message = { role: "assistant", content };
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    return { body: JSON.stringify({ ...JSON.parse(OK.body), choices, usage: USAGE }) };
  };
  const answers = [writing({}), writing({ city: "Paris" })];
  const targets = [{ name: "a", answers, provider: { emulatesTools: true } }];
  const messages = [{ role: "user", content: "hi" }];
  const { trace } = await playCall({ targets, spending, body: { messages, tools: [TOOL] } });
  assertEquals(told(trace.tries, trace.cost), "a upstream_error 2010, a complete 2010 = 4020");
});
