/** What the console and its API ask of a ledger; each round a little different, so that nothing is known already. */

import type {
  CallFilter,
  CallsQuery,
  LedgerStore,
  UsageGroup,
} from "../../../src/core/ledger/ledger_store.ts";
import { keyName, KEYS, modelName, projectName, teamName } from "./made_calls.ts";

const DAY_MS = 86_400_000;

export type Question = readonly [name: string, ask: (round: number) => Promise<unknown>];

export function questions(store: LedgerStore, nowMs: number): readonly Question[] {
  return [...usageQuestions(store, nowMs), ...callQuestions(store, nowMs), ...others(store, nowMs)];
}

const GROUPS: readonly (readonly UsageGroup[])[] = [
  [],
  ["day"],
  ["key"],
  ["team"],
  ["model"],
  ["provider"],
  ["surface"],
  ["tag:project"],
  ["day", "key"],
  ["day", "model"],
  ["key", "model"],
];

function usageQuestions(store: LedgerStore, nowMs: number): Question[] {
  const asked: Question[] = [];
  for (const [window, days] of [["a day", 1], ["30 days", 30]] as const) {
    const fromMs = nowMs - days * DAY_MS;
    for (const groups of days === 1 ? [["hour"], ["hour", "model"], ...GROUPS] as const : GROUPS) {
      for (const timeZone of groups.includes("day") ? ["UTC", "Europe/Berlin"] : ["UTC"]) {
        asked.push([
          `usage of ${window} by ${groups.join(", ") || "nothing"} in ${timeZone}`,
          (round) => store.usage({ fromMs: fromMs + round, untilMs: nowMs, groups, timeZone }),
        ]);
      }
    }
    const filters: readonly [string, (round: number) => CallFilter, readonly UsageGroup[]][] = [
      ["of a key by model", (round) => ({ key: keyName(round) }), ["model"]],
      ["of a key by day", (round) => ({ key: keyName(round) }), ["day"]],
      ["of a rare key by day, model", (round) => ({ key: keyName(KEYS - 1 - round) }), [
        "day",
        "model",
      ]],
      ["of a team by key", (round) => ({ team: teamName(round % 20) }), ["key"]],
      ["of a model by key", (round) => ({ model: modelName(round) }), ["key"]],
      ["of a project by key", (round) => ({ tag: ["project", projectName(round)] }), ["key"]],
      ["of a provider by day, model", () => ({ provider: "openai" }), ["day", "model"]],
    ];
    for (const [name, filter, groups] of filters) {
      asked.push([
        `usage ${name}, ${window}`,
        (round) =>
          store.usage({
            ...filter(round),
            fromMs,
            untilMs: nowMs,
            groups,
            timeZone: "Europe/Berlin",
          }),
      ]);
    }
  }
  return asked;
}

function callQuestions(store: LedgerStore, nowMs: number): Question[] {
  const asks: readonly [string, (round: number) => Omit<CallsQuery, "limit">][] = [
    ["all", () => ({})],
    ["of a key", (round) => ({ key: keyName(round) })],
    ["of a rare key", (round) => ({ key: keyName(KEYS - 1 - round) })],
    [
      "of a team that failed",
      (round) => ({ team: teamName(round % 20), outcome: "upstream_error" }),
    ],
    ["of a rare key, a model, 503", (round) => ({ key: keyName(KEYS - 1 - round), status: 503 })],
    ["with 5xx", () => ({ status: 5 })],
    ["that timed out, of one project", (round) => ({
      outcome: "timeout",
      tag: ["project", projectName(round)],
    })],
    ["of a surface and a provider", () => ({ surface: "gemini", provider: "openai" })],
    ["of nobody", () => ({ key: "nobody" })],
    ["of an hour 20 days ago", (round) => ({
      fromMs: nowMs - 20 * DAY_MS + round,
      untilMs: nowMs - 20 * DAY_MS + 3_600_000,
      outcome: "timeout",
    })],
    ["with a text that is found", () => ({ text: "connection reset" })],
    ["with a text that is not", (round) => ({ text: `nowhere ${round}` })],
    ["with a text that is not, 20 days ago", (round) => ({
      untilMs: nowMs - 20 * DAY_MS + round,
      text: `nowhere ${round}`,
    })],
    ["with the name of a key", (round) => ({ text: keyName(KEYS - 1 - round) })],
    ["of a key, with a text", (round) => ({ key: keyName(round), text: "no answer" })],
  ];
  const asked = asks.map(([name, query]): Question => [
    `calls ${name}`,
    (round) => store.calls({ ...query(round), limit: 50 }),
  ]);
  let cursor: string | undefined;
  asked.push(["calls that failed, page after page", async () => {
    const page = await store.calls({ status: 5, limit: 100, ...(cursor ? { cursor } : {}) });
    cursor = page.nextCursor;
  }]);
  return asked;
}

function others(store: LedgerStore, nowMs: number): Question[] {
  const ids: string[] = [];
  return [
    ["a call by its request's id", async (round) => {
      if (ids.length === 0) {
        const untilMs = nowMs - 10 * DAY_MS;
        const { calls } = await store.calls({ untilMs, limit: 50 });
        for (const { line } of calls) ids.push(String(line["request_id"]));
      }
      if (await store.call(ids[round] ?? "") === undefined) throw new Error("A call is missing");
    }],
    ["spent by 20 keys this month and by all", (round) =>
      store.spentSince([
        ...Array.from({ length: 20 }, (_, at) => ({
          scope: { kind: "key", name: keyName(at + round) } as const,
          fromMs: nowMs - 28 * DAY_MS,
        })),
        { scope: { kind: "all", name: "" }, fromMs: 0 },
      ])],
    ["entities and their version", async () => [await store.entities(), await store.version()]],
    ["the audit trail", () => store.audit(50)],
  ];
}
