/**
 * Writes docs/translation.md: a row for each feature, a column for each pair, a note for each thing said.
 *
 * @module
 */

import type { Expectation } from "./expectation.ts";
import { PAIRS, type Pair, PROVIDERS } from "./formats.ts";
import type { Outcome } from "./outcome.ts";

/** What ran for one feature in one pair, and what was expected of it. */
export interface Cell {
  /** How the answer came; empty where that made no difference. */
  readonly mode: string;
  readonly outcome: Outcome | undefined;
  readonly expected: Expectation;
}

export interface Row {
  readonly title: string;
  /** Of each pair, in the order of `PAIRS`. */
  readonly cells: readonly (readonly Cell[])[];
}

export interface Table {
  readonly title: string;
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

*Chat* is OpenAI's chat completions with what OpenRouter added, *Messages* is Anthropic's, *chatjimmy* is what chatjimmy.ai speaks.
"Older" and "newest" are Claude's models: what they take is different, and Weir writes for each what it takes.
`;

/** The whole page. */
export function writePage(requests: readonly Table[], answers: readonly Table[]): string {
  const notes = new Notes();
  const requestTables = requests.map((table) => writeTable(table, requestHead, notes));
  const answerTables = answers.map((table) => writeTable(table, answerHead, notes));
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
  return `${PROVIDERS[client].title} → ${PROVIDERS[provider].title}`;
}

function answerHead({ client, provider }: Pair): string {
  return `${PROVIDERS[provider].title} → ${PROVIDERS[client].title}`;
}

function writeTable({ title, rows }: Table, head: (pair: Pair) => string, notes: Notes): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `### ${title}\n`,
    line(["", ...PAIRS.map(head)]),
    line(["---", ...PAIRS.map(() => "---")]),
    ...rows.map((row) =>
      line([row.title, ...row.cells.map((cells) => writeCells(cells, notes))])
    ),
    "",
  ].join("\n");
}

function writeCells(cells: readonly Cell[], notes: Notes): string {
  return cells.map(({ mode, outcome, expected }) => {
    const text = writeOutcome(outcome, expected, notes);
    return mode === "" ? text : `${mode}: ${text}`;
  }).join("; ");
}

function writeOutcome(
  outcome: Outcome | undefined,
  expected: Expectation,
  notes: Notes,
): string {
  if (outcome === undefined) return "–";
  const reason = "reason" in expected && expected.reason !== undefined
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
