/** What the console says, held against what it speaks of. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { curlOf } from "../../src/console/pages/calls/curl.ts";
import { AGENTS, LIBRARIES } from "../../src/console/pages/connect/programs.ts";
import { gather } from "../../src/console/pages/usage/gather.ts";
import { FAKE_TAGS, tagFor } from "../../src/console/words/fake_tags.ts";
import { OUTCOME_NAMES, outcomeSentence } from "../../src/console/words/outcomes.ts";
import { TAGS } from "../../src/fake/tags.ts";

Deno.test("every tag of the fake LLM is a button", () => {
  const offered = FAKE_TAGS.map(([tag]) => /^\[([\w-]+)/.exec(tag)?.[1]);
  assertEquals(offered.toSorted(), TAGS.map(({ name }) => name).toSorted());
});

Deno.test("a call is rehearsed by what its last failed attempt got, else by how it ended", () => {
  const tag = (outcome: string, status?: number) =>
    tagFor({ outcome, tries: [{ outcome, ...(status === undefined ? {} : { status }) }] });
  assertEquals(tag("upstream_error", 429), "[429]");
  assertEquals(tag("upstream_error", 599), "[503]");
  assertEquals(tag("timeout"), "[stall=3]");
  assertEquals(tag("truncated", 200), "[cut=3]");
  assertEquals(tag("complete", 200), "");
});

Deno.test("every outcome has a sentence", () => {
  assertEquals(OUTCOME_NAMES.filter((name) => outcomeSentence(name) === ""), []);
});

Deno.test("a command holds what was sent as one word of a shell, and no key", () => {
  const command = curlOf({
    id: "u",
    ended_at: "",
    request_id: "r",
    outcome: "complete",
    cost: 0,
    cost_estimated: false,
    surface: "messages",
    model: "it's",
    tries: [],
    bodies: { request: `{"text":"it's $HOME"}` },
  }, "http://weir");
  assertStringIncludes(command, "curl 'http://weir/v1/messages'");
  assertStringIncludes(command, `--data-raw '{"text":"it'\\''s $HOME"}'`);
  assertStringIncludes(command, '"anthropic-version: 2023-06-01"');
  assertStringIncludes(command, "Bearer $WEIR_API_KEY");
});

Deno.test("what a program is told holds the address, and a strange key breaks out of nothing", () => {
  const setting = { address: "http://weir:3000", key: `k'"$(x)`, model: "m" };
  for (const { name, snippet } of [...AGENTS, ...LIBRARIES]) {
    assertStringIncludes(snippet(setting), "http://weir:3000", name);
  }
  const claude = AGENTS.find(({ name }) => name === "Claude Code")?.snippet(setting);
  assertStringIncludes(claude ?? "", `ANTHROPIC_AUTH_TOKEN='k'\\''"$(x)'`);
});

function row(day: string, model: string, cost: number | null) {
  return {
    day,
    model,
    calls: 1,
    failed: 0,
    input_tokens: 2,
    output_tokens: 3,
    cached_tokens: 0,
    reasoning_tokens: 0,
    cost,
    unpriced: 0,
    estimated: 0,
  };
}

Deno.test("sums become series without a gap, the dearest first and the rest as one", () => {
  const rows = [
    row("2026-11-01", "cheap", 1),
    row("2026-11-03", "dear", 5),
    row("2026-11-03", "unknown", null),
    ...Array.from({ length: 8 }, (_, index) => row("2026-11-02", `m${index}`, 2 + index / 10)),
  ];
  const { times, series } = gather(rows, "day", "model", "cost");
  assertEquals(times.map((time) => new Date(time).toISOString().slice(8, 10)), ["01", "02", "03"]);
  assertEquals(series.length, 8);
  assertEquals(series[0], { name: "dear", values: [0, 0, 5] });
  assertEquals(series.at(-1)?.name, "others");
  assertEquals(series.at(-1)?.values, [1, 2.1 + 2, 0]);
  assertEquals(gather(rows, "day", "model", "tokens").series[0]?.values.length, 3);
  assertEquals(gather([], "day", "model", "cost").times, []);
});
