/**
 * Writes docs/translation.md: a row for each feature, a column for each pair, a note for each thing said.
 *
 * @module
 */

import type { Expectation } from "./expectation.ts";
import {
  ANSWER_PAIRS,
  type AnswerPair,
  CLIENTS,
  type Pair,
  PROVIDERS,
  REQUEST_PAIRS,
  type RequestPair,
} from "./formats.ts";
import type { Outcome } from "./outcome.ts";
import type { Mode } from "./run.ts";

/** What ran for one feature in one pair, and what was expected of it. */
export interface Cell {
  /** How the answer came, where that made a difference. */
  readonly mode: Mode | undefined;
  readonly outcome: Outcome | undefined;
  readonly expected: Expectation | undefined;
}

export interface Row {
  readonly title: string;
  /** Of each pair of the table. */
  readonly cells: readonly (readonly Cell[])[];
}

export interface Table<PairName extends string> {
  readonly title: string;
  readonly pairs: readonly PairName[];
  readonly rows: readonly Row[];
}

const INTRODUCTION = `# What becomes of a call between two APIs

Where client and provider speak the same API, Weir passes the bytes and nothing here applies. Where they do not, each call goes through
Weir's own vocabulary. This page says what becomes of everything that can be said. Its cells are written from what ran, by
\`deno task docs\`; a test holds them against what is expected, and fails for a word of the vocabulary that has no row.

| | |
| --- | --- |
| carried | The other side gets what was said, in its own words. |
| approximated | It gets something near it, as the cell says. |
| dropped | It is left out, and the response header \`warning\` says so in the words of the note. |
| refused | The call fails with status 400 and the words of the note: without it, the question would be another one. |
| left out | Only in answers, which have no place for warnings. The note says why nobody misses it. |
| – | The API that it would come from has no words for it. |

*Chat* is OpenAI's chat completions with what others added: *OpenAI* is what OpenAI itself takes, *OpenRouter* what OpenRouter
takes beyond it, and the column *Chat* is for all others. *Messages* is Anthropic's, *chatjimmy* is what chatjimmy.ai speaks.
"Older" and "newest" are Claude's models: what they take is different, and Weir writes for each what it takes.
`;

/** The whole page. */
export function writePage(
  requests: readonly Table<RequestPair>[],
  answers: readonly Table<AnswerPair>[],
): string {
  const notes = new Notes();
  const requestTables = requests.map((table) =>
    writeTable(table, (pair) => requestHead(REQUEST_PAIRS[pair]), notes)
  );
  const answerTables = answers.map((table) =>
    writeTable(table, (pair) => answerHead(ANSWER_PAIRS[pair]), notes)
  );
  return [
    INTRODUCTION,
    "## Requests, from the client's API to the provider's\n",
    ...requestTables,
    "## Answers, from the provider's API to the client's\n",
    "Whole and streamed alike, unless a cell says otherwise.\n",
    ...answerTables,
    "## Notes\n",
    notes.text,
  ].join("\n");
}

/** What is said of cells, each text once. */
class Notes {
  readonly #numbers = new Map<string, number>();

  /** The mark that leads to a text. */
  mark(text: string): string {
    const number = this.#numbers.get(text) ?? this.#numbers.size + 1;
    this.#numbers.set(text, number);
    return `[${number}](#notes)`;
  }

  get text(): string {
    return [...this.#numbers].map(([text, number]) => `${number}. ${text}\n`).join("");
  }
}

function requestHead({ client, provider }: Pair): string {
  return `${CLIENTS[client].title} → ${PROVIDERS[provider].title}`;
}

function answerHead({ client, provider }: Pair): string {
  return `${PROVIDERS[provider].title} → ${CLIENTS[client].title}`;
}

function writeTable<PairName extends string>(
  { title, pairs, rows }: Table<PairName>,
  head: (pair: PairName) => string,
  notes: Notes,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `### ${title}\n`,
    line(["", ...pairs.map(head)]),
    line(["---", ...pairs.map(() => "---")]),
    ...rows.map((row) => line([row.title, ...row.cells.map((cells) => writeCells(cells, notes))])),
    "",
  ].join("\n");
}

function writeCells(cells: readonly Cell[], notes: Notes): string {
  return cells.map(({ mode, outcome, expected }) => {
    const text = writeOutcome(outcome, expected, notes);
    return mode === undefined ? text : `${mode}: ${text}`;
  }).join("; ");
}

function writeOutcome(
  outcome: Outcome | undefined,
  expected: Expectation | undefined,
  notes: Notes,
): string {
  if (outcome === undefined) return "–";
  const reason = expected !== undefined && "reason" in expected && expected.reason !== undefined
    ? `${expected.reason}.`
    : "";
  switch (outcome.kind) {
    case "carried":
      return "carried";
    case "approximated": {
      const mark = outcome.warnings.map((warning) => notes.mark(`Warning: ${warning}.`));
      return ["approximated:", outcome.how, ...mark].join(" ");
    }
    case "dropped": {
      const text = outcome.warnings.map((warning) => `Warning: ${warning}.`).join(" ");
      return `dropped ${notes.mark([text, reason].join(" ").trim())}`;
    }
    case "refused":
      return `refused ${notes.mark([`400: ${outcome.message}.`, reason].join(" ").trim())}`;
    case "left out":
      return `left out ${notes.mark(reason)}`;
    default: // The test has failed for these already.
      return outcome.kind;
  }
}
