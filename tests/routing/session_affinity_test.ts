import { assert, assertEquals } from "@std/assert";
import { hashOf } from "../../src/core/chat/session.ts";
import type { JsonObject } from "../../src/core/text/json.ts";
import { ParsedBody } from "../../src/core/http/parsed_body.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiResponses } from "../../src/formats/openai_responses/mod.ts";
import type { AliasTarget } from "../../src/routing/options.ts";
import { rankTargets } from "../../src/routing/rendezvous.ts";
import { sessionOf } from "../../src/routing/session.ts";
import { createSessionMemory, SessionAffinity } from "../../src/routing/session_affinity.ts";

const TARGETS = [
  { name: "first/model", weight: 1 },
  { name: "second/model", weight: 2 },
  { name: "third/model", weight: 5 },
  { name: "spare/model", weight: 0 },
];
const WEIGHTS = 8;
const LIVE = 200;

function namesOf(targets: readonly AliasTarget[]): string[] {
  return targets.map(({ name }) => name);
}

function sharesOf(names: readonly (string | undefined)[]): number[] {
  return TARGETS.map(({ name }) => names.filter((other) => other === name).length);
}

Deno.test("20,000 sessions spread by weight, 200 as chance would spread them", () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `session-${index}`);
  const ranks = ids.map((id) => namesOf(rankTargets(TARGETS, hashOf(id))));
  const counts = sharesOf(ranks.map(([first]) => first));
  const fewer = sharesOf(ranks.slice(0, LIVE).map(([first]) => first));
  for (const [index, { name, weight }] of TARGETS.entries()) {
    const share = weight / WEIGHTS;
    const off = Math.abs((counts[index] ?? 0) - 20_000 * share);
    assert(off <= 0.05 * 20_000 * share, `${name} has ${counts[index]} sessions`);
    const deviation = Math.sqrt(LIVE * share * (1 - share));
    assert(
      Math.abs((fewer[index] ?? 0) - LIVE * share) <= 3 * deviation,
      `${name} ${fewer[index]}`,
    );
  }
  assert(ranks.every((names) => names.at(-1) === "spare/model"));
  // Of those that the third target had, the others take over by weight.
  const orphans = ranks.filter(([first]) => first === "third/model").map(([, next]) => next);
  const [first = 0, second = 0] = sharesOf(orphans);
  assert(Math.abs(first / orphans.length - 1 / 3) < 0.02, `${first} of ${orphans.length}`);
  assertEquals(first + second, orphans.length);
});

Deno.test("a target that is taken out moves its own sessions alone", () => {
  const left = TARGETS.filter(({ name }) => name !== "second/model");
  for (let index = 0; index < 1_000; index++) {
    const session = hashOf(`${index}`);
    const before = rankTargets(TARGETS, session);
    assertEquals(
      rankTargets(left, session),
      before.filter(({ name }) => name !== "second/model"),
    );
  }
});

Deno.test("a session that has moved stays where it went, in every thread, until it moves on", () => {
  let epochMs = 1_700_000_000_000;
  const clock = { nowMs: () => 0, epochMs: () => epochMs, schedule: () => () => {} };
  const memory = createSessionMemory();
  const [one, other] = [new SessionAffinity(memory, clock), new SessionAffinity(memory, clock)];
  const session = hashOf("a");
  const before = namesOf(one.order(TARGETS, session));
  const [home, next] = before as [string, string];
  one.move(session, next);
  assertEquals(namesOf(other.order(TARGETS, session)), [
    next,
    ...before.filter((name) => name !== next),
  ]);
  assertEquals(other.order(TARGETS, hashOf("b")), rankTargets(TARGETS, hashOf("b")));
  // A target that the alias has no more is no place to be.
  const without = TARGETS.filter(({ name }) => name !== next);
  assertEquals(other.order(without, session)[0]?.name, home);
  epochMs += 3_599_000;
  assertEquals(one.order(TARGETS, session)[0]?.name, next);
  epochMs += 3_599_000;
  assertEquals(other.order(TARGETS, session)[0]?.name, next);
  other.move(session, home);
  assertEquals(namesOf(one.order(TARGETS, session)), before);
  other.move(session, next);
  epochMs += 3_600_000;
  assertEquals(namesOf(one.order(TARGETS, session)), before);
  // More than there is room for: the oldest are forgotten, and nothing grows.
  for (let index = 0; index < 50_000; index++) one.move(hashOf(`s${index}`), next);
  assertEquals(other.order(TARGETS, hashOf("s49999"))[0]?.name, next);
});

const USER = { role: "user", content: "Hello" };
const ID = "9f1e";
const CLAUDE_CODE = JSON.stringify({ device_id: "d", account_uuid: "", session_id: ID });

/** All but the first are of one conversation. */
const CONVERSATIONS: readonly (readonly JsonObject[])[] = [
  [
    { messages: [{ role: "user", content: "Bye" }] },
    { messages: [USER] },
    { messages: [USER, { role: "assistant", content: "Hi" }, { role: "user", content: "And?" }] },
  ],
  [
    { messages: [{ role: "system", content: "Be brief" }, { role: "user", content: "Bye" }] },
    { messages: [{ role: "system", content: "Be brief" }, USER] },
    { messages: [{ role: "system", content: "Be brief" }, USER, USER] },
  ],
  [
    { messages: [USER], prompt_cache_key: "other" },
    { messages: [USER], prompt_cache_key: ID },
    { messages: [{ role: "user", content: "Compacted" }], prompt_cache_key: ID },
  ],
  [{ prompt: "Once" }, { prompt: "Twice" }, { prompt: "Twice" }],
];

function sessionIn(formats: typeof openaiChat, json: JsonObject, session?: string): string {
  return JSON.stringify(sessionOf({ formats, body: new ParsedBody(json), session }) ?? null);
}

Deno.test("a conversation is known by what it is called, else by its beginning", () => {
  for (const [stranger = {}, ...requests] of CONVERSATIONS) {
    const [first, ...others] = requests.map((body) => sessionIn(openaiChat, body));
    for (const other of others) assertEquals(other, first);
    assert(first !== sessionIn(openaiChat, stranger), JSON.stringify(stranger));
    assert(first !== "null");
  }
  const messages = [USER];
  // A header comes before the body, and names the same session as a field does.
  assertEquals(
    sessionIn(openaiChat, { messages, prompt_cache_key: "x" }, ID),
    sessionIn(openaiChat, { messages: [], prompt_cache_key: ID }),
  );
  for (const user_id of [CLAUDE_CODE, ID]) {
    assertEquals(
      sessionIn(anthropicMessages, { messages, metadata: { user_id } }),
      sessionIn(openaiChat, {}, ID),
    );
  }
  assertEquals(
    sessionIn(openaiResponses, { input: "Hi", prompt_cache_key: ID }),
    sessionIn(openaiChat, {}, ID),
  );
  assertEquals(
    sessionIn(openaiResponses, { instructions: "Be brief", input: [USER] }),
    sessionIn(openaiResponses, { instructions: "Be brief", input: [USER, { type: "reasoning" }] }),
  );
  assertEquals(sessionIn(openaiChat, { model: "m" }), "null");
  // Long texts are told apart by their ends.
  const long = (end: string) => ({
    messages: [{ role: "user", content: "x".repeat(9_999) + end }],
  });
  assert(sessionIn(openaiChat, long("a")) !== sessionIn(openaiChat, long("b")));
});
