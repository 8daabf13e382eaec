/** All kinds of work, in the order of the report. */

import { json, jsonLarge, sse, text } from "./completions.ts";
import { healthz, hey } from "./healthz.ts";
import { latency } from "./latency.ts";
import { paced1000, paced200, pacedText } from "./paced.ts";
import { start } from "./start.ts";
import type { WorkItem } from "./work_item.ts";

export const WORK: readonly WorkItem[] = [
  healthz,
  hey,
  json,
  jsonLarge,
  latency,
  sse,
  text,
  paced1000,
  paced200,
  pacedText,
  start,
];
