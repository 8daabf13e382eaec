/**
 * Runs all that can be said through every pair of formats, and holds what became of it against what is
 * expected and against docs/translation.md.
 *
 * `deno task docs` runs this with `UPDATE_DOCS=1`, which writes the page anew instead.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { difference, type Expectation, inMode } from "./expectation.ts";
import { ANSWER_EXPECTATIONS, REQUEST_EXPECTATIONS } from "./expectations.ts";
import type { Feature, Features, Name } from "./feature.ts";
import { ANSWERS, type AnswerTitle, featuresOf, REQUESTS, type RequestTitle } from "./features.ts";
import { CLIENT_NAMES, PROVIDERS } from "./formats.ts";
import { OLDER } from "./models.ts";
import { type Cell, type Table, writePage } from "./page.ts";
import { ANSWER_PAIRS, type AnswerPair, REQUEST_PAIRS, type RequestPair } from "./pairs.ts";
import { answerOf, type Mode, requestOf, runAnswer, runRequest, tryDecodeRequest } from "./run.ts";
import { isUpdate } from "../../support/generated_part.ts";
import { ALL_WORDS, UNSAID_WORDS, UsedWords } from "./vocabulary.ts";

const PAGE = new URL("../../../docs/translation.md", import.meta.url);

const MODES: readonly Mode[] = ["whole", "streamed"];

// The keys of these records are those of their types.
const REQUEST_PAIR_NAMES = Object.keys(REQUEST_PAIRS) as RequestPair[];
const ANSWER_PAIR_NAMES = Object.keys(ANSWER_PAIRS) as AnswerPair[];

const REQUEST_FEATURES = featuresOf<RequestTitle>(REQUESTS);
const ANSWER_FEATURES = featuresOf<AnswerTitle>(ANSWERS);

for (const name of REQUEST_PAIR_NAMES) {
  Deno.test(`requests are translated as expected: ${name}`, () => {
    const problems = REQUEST_FEATURES.flatMap(([title, feature]) => {
      const outcome = runRequest(feature, REQUEST_PAIRS[name]);
      const problem = difference(outcome, REQUEST_EXPECTATIONS[name][title]);
      return problem === undefined ? [] : [`${title}: ${problem}`];
    });
    assertEquals(problems, []);
  });
}

for (const name of ANSWER_PAIR_NAMES) {
  for (const read of MODES) {
    Deno.test(`answers are translated as expected, read ${read}: ${name}`, () => {
      const problems = MODES.flatMap((came) =>
        ANSWER_FEATURES.flatMap(([title, feature]) => {
          if (feature.isStreamedOnly && came === "whole") return [];
          const outcome = runAnswer(feature, ANSWER_PAIRS[name], { came, read });
          const problem = difference(outcome, inMode(ANSWER_EXPECTATIONS[name][title], read));
          return problem === undefined ? [] : [`${title}, came ${came}: ${problem}`];
        })
      );
      assertEquals(problems, []);
    });
  }
}

Deno.test("what a format has words for is left out for a reason alone", () => {
  const isUnexplained = (feature: Feature, target: Name, expected: Expectation | undefined) => {
    const isLost = expected?.kind === "dropped" || expected?.kind === "refused";
    return isLost && feature.words[target] !== undefined && expected.reason === undefined;
  };
  const requests = REQUEST_PAIR_NAMES.flatMap((name) => {
    const target = PROVIDERS[REQUEST_PAIRS[name].provider].name;
    return REQUEST_FEATURES.filter(([title, feature]) =>
      isUnexplained(feature, target, REQUEST_EXPECTATIONS[name][title])
    ).map(([title]) => `${name}: ${title}`);
  });
  const answers = ANSWER_PAIR_NAMES.flatMap((name) =>
    ANSWER_FEATURES.filter(([title, feature]) =>
      MODES.some((mode) =>
        isUnexplained(
          feature,
          ANSWER_PAIRS[name].client,
          inMode(ANSWER_EXPECTATIONS[name][title], mode),
        )
      )
    ).map(([title]) => `${name}: ${title}`)
  );
  assertEquals([...requests, ...answers], []);
});

Deno.test("nothing is said of a plain request or answer", () => {
  const plain: Feature = {
    words: {
      openai_chat: {},
      openai_responses: {},
      anthropic_messages: {},
      chatjimmy: {},
      gemini: {},
      bedrock_converse: {},
      ollama: {},
    },
  };
  for (const name of REQUEST_PAIR_NAMES) {
    const { client, provider } = REQUEST_PAIRS[name];
    const request = requestOf(plain, client);
    const decoded = request && tryDecodeRequest(client, request);
    assert(decoded !== undefined);
    const { warnings } = PROVIDERS[provider].format.encodeRequest({ ...decoded, model: OLDER });
    assertEquals(warnings, [], name);
  }
});

Deno.test("every word of the neutral vocabulary has a feature that says it", () => {
  const used = new UsedWords();
  for (const [, feature] of REQUEST_FEATURES) {
    for (const client of CLIENT_NAMES) {
      const request = requestOf(feature, client);
      const decoded = request && tryDecodeRequest(client, request);
      if (decoded !== undefined) used.addRequest(decoded);
    }
  }
  for (const [, feature] of ANSWER_FEATURES) {
    for (const { provider } of Object.values(ANSWER_PAIRS)) {
      for (const mode of MODES) used.addEvents(answerOf(feature, provider, mode) ?? []);
    }
  }
  const missing = ALL_WORDS.filter((word) => !used.words.has(word));
  assertEquals(missing.sort(), Object.keys(UNSAID_WORDS).sort());
});

Deno.test("docs/translation.md is what ran", async () => {
  const page = writePage(requestTables(), answerTables());
  if (isUpdate()) await Deno.writeTextFile(PAGE, page);
  else assertEquals(await Deno.readTextFile(PAGE), page, "run `deno task docs`");
});

function requestTables(): readonly Table<RequestPair>[] {
  return tablesOf<RequestTitle, RequestPair>(
    REQUESTS,
    REQUEST_PAIR_NAMES,
    (title, feature, name) => [
      {
        mode: undefined,
        outcome: runRequest(feature, REQUEST_PAIRS[name]),
        expected: REQUEST_EXPECTATIONS[name][title],
      },
    ],
  );
}

/** A cell is split where it matters how the answer came. */
function answerTables(): readonly Table<AnswerPair>[] {
  return tablesOf<AnswerTitle, AnswerPair>(ANSWERS, ANSWER_PAIR_NAMES, (title, feature, name) => {
    const expected = ANSWER_EXPECTATIONS[name][title];
    const isSplit = expected !== undefined && !("kind" in expected);
    const cellIn = (mode: Mode): Cell => ({
      mode: isSplit ? mode : undefined,
      outcome: runAnswer(feature, ANSWER_PAIRS[name], { came: mode, read: mode }),
      expected: inMode(expected, mode),
    });
    return isSplit ? MODES.map(cellIn) : [cellIn("streamed")];
  });
}

function tablesOf<Title extends string, PairName extends string>(
  groups: Readonly<Record<string, Features>>,
  pairs: readonly PairName[],
  cellsOf: (title: Title, feature: Feature, pair: PairName) => readonly Cell[],
): readonly Table<PairName>[] {
  return Object.entries(groups).map(([group, features]) => ({
    title: group,
    pairs,
    rows: featuresOf<Title>({ [group]: features }).map(([title, feature]) => ({
      title,
      cells: pairs.map((pair) => cellsOf(title, feature, pair)),
    })),
  }));
}
