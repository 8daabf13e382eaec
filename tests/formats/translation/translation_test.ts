/**
 * Runs all that can be said through every pair of formats, and holds what became of it against what is
 * expected and against docs/translation.md.
 *
 * `deno task docs` runs this with `UPDATE_DOCS=1`, which writes the page anew instead.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  type AnswerExpectation,
  difference,
  type Expectation,
} from "./expectation.ts";
import { ANSWER_EXPECTATIONS, REQUEST_EXPECTATIONS } from "./expectations.ts";
import type { Feature, Features } from "./feature.ts";
import { ANSWERS, type AnswerTitle, featuresOf, REQUESTS, type RequestTitle } from "./features.ts";
import { CLIENTS, PAIRS, type Pair, PROVIDERS } from "./formats.ts";
import { type Cell, type Table, writePage } from "./page.ts";
import { answerOf, decodeRequest, type Mode, requestOf, runAnswer, runRequest } from "./run.ts";
import { ALL_WORDS, UsedWords } from "./vocabulary.ts";
