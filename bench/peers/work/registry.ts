/** All kinds of work, in the order of the report. */

import { json, jsonLarge, sse, text } from "./completions.ts";
import { healthz, hey } from "./healthz.ts";
import { latency } from "./latency.ts";
import { paced1000, paced200, pacedText } from "./paced.ts";
import { start } from "./start.ts";
import { SURFACES } from "./surfaces.ts";
import {
  chatToMessages,
  chatToMessagesSse,
  messagesToChat,
  messagesToChatSse,
} from "./translation.ts";
import type { WorkItem } from "./work_item.ts";

export const CHATS: readonly WorkItem[] = [json, jsonLarge, sse, text];
export const TRANSLATIONS: readonly WorkItem[] = [
  messagesToChat,
  messagesToChatSse,
  chatToMessages,
  chatToMessagesSse,
];
export const HEALTH_CHECKS: readonly WorkItem[] = [healthz, hey];
export const PACED: readonly WorkItem[] = [paced200, paced1000, pacedText];
export { SURFACES };

export const WORK: readonly WorkItem[] = [
  ...CHATS,
  ...SURFACES,
  ...TRANSLATIONS,
  ...HEALTH_CHECKS,
  latency,
  ...PACED,
  start,
];
