/**
 * Writes docs/translation.md: a row for each feature, a column for each pair, a note for each thing said.
 *
 * @module
 */

import type { Expectation } from "./expectation.ts";
import { CLIENTS, PROVIDERS } from "./formats.ts";
import type { Outcome } from "./outcome.ts";
import {
  ANSWER_PAIRS,
  type AnswerPair,
  type Pair,
  REQUEST_PAIRS,
  type RequestPair,
} from "./pairs.ts";
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
| dropped | It is left out, and the header \`x-weir-warning\` says so in the words of the note. |
| refused | The call fails with the status and the words of the note: without it, the question would be another one. |
| left out | Only in answers, which have no place for warnings. The note says why nobody misses it. |
| – | The API that it would come from has no words for it. |

The notes stand below each table; in their words, … is the name of what the row is about.

*Chat* is OpenAI's chat completions with what others added: *OpenAI* is what OpenAI itself takes, *OpenRouter* what OpenRouter
takes beyond it, and the column *Chat* is for all others. *Responses* is OpenAI's newer API, which Codex speaks; what its clients
keep for Weir is sealed in \`encrypted_content\`. *Messages* is Anthropic's, *chatjimmy* is what chatjimmy.ai speaks, *Gemini*
Google's, *Ollama* what \`/api/chat\` of an Ollama does. chatjimmy has no word for tools: Weir makes a prompt of them before, and calls of what
the model writes (\`x-weir-tools: emulated\`).
*Converse* is the API of Amazon's Bedrock for models of all vendors. What a model takes is different, and Weir writes for each what it takes:
"older" and "newest" are Claude's, Gemini is asked for one of its third generation, and Converse for one of Amazon's own (Nova 2).
`;

/** The whole page. */
export function writePage(
  requests: readonly Table<RequestPair>[],
  answers: readonly Table<AnswerPair>[],
): string {
  return [
    INTRODUCTION,
    "## Requests, from the client's API to the provider's\n",
    ...requests.map((table) => writeTable(table, (pair) => requestHead(REQUEST_PAIRS[pair]))),
    "## Answers, from the provider's API to the client's\n",
    "Whole and streamed alike, unless a cell says otherwise.\n",
    ...answers.map((table) => writeTable(table, (pair) => answerHead(ANSWER_PAIRS[pair]))),
  ].join("\n");
}

/** What is said of the cells of one table, each text once. */
class Notes {
  readonly #numbers = new Map<string, number>();

  /** The mark that leads to a text. A note without words tells nobody why: the page is not written then. */
  mark(text: string): string {
    if (text === "") throw new Error("What is left out needs a reason");
    const number = this.#numbers.get(text) ?? this.#numbers.size + 1;
    this.#numbers.set(text, number);
    return `(${number})`;
  }

  get lines(): readonly string[] {
    return [...this.#numbers].map(([text, number]) => `${number}. ${text}`);
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
): string {
  const notes = new Notes();
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const lines = [
    line(["", ...pairs.map(head)]),
    line(["---", ...pairs.map(() => "---")]),
    ...rows.map((row) => line([row.title, ...row.cells.map((cells) => writeCells(cells, notes))])),
  ];
  const below = notes.lines.length === 0 ? [] : ["", ...notes.lines];
  return [`### ${title}\n`, ...lines, ...below, ""].join("\n");
}

function writeCells(cells: readonly Cell[], notes: Notes): string {
  return cells.map((cell) => {
    const text = writeOutcome(cell, notes);
    return cell.mode === undefined ? text : `${cell.mode}: ${text}`;
  }).join("; ");
}

function writeOutcome({ outcome, expected }: Cell, notes: Notes): string {
  if (outcome === undefined) return "–";
  const reason = expected !== undefined && "reason" in expected ? expected.reason : undefined;
  const mark = (...sentences: readonly (string | undefined)[]): string =>
    notes.mark(sentences.filter((text) => text !== undefined).map((text) => `${text}.`).join(" "));
  const warnings = "warnings" in outcome ? outcome.warnings.map(withoutName) : [];
  switch (outcome.kind) {
    case "carried":
      return "carried";
    case "approximated": {
      const text = `approximated: ${outcome.how}`;
      return warnings.length === 0 ? text : `${text} ${mark(...warnings)}`;
    }
    case "dropped":
      return `dropped ${mark(...warnings, reason)}`;
    case "refused":
      return `refused ${mark(`${outcome.status}: ${outcome.message}`, reason)}`;
    case "left out":
      return `left out ${mark(reason)}`;
    case "leaked":
    case "carried, with a warning":
      return outcome.kind; // The test has failed for these already.
  }
}

/** A warning that is the same for many fields but for their names. */
function withoutName(warning: string): string {
  return warning.replace(/^"[^"]+" is left out/, '"…" is left out')
    .replace(/^(Ignored by this model: ).*/, "$1…");
}
