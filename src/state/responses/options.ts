/** What is kept of responses; every bound has a default and none is unlimited. */

import * as z from "zod";

const DAY_MS = 86_400_000;

export const responsesOptions = z.strictObject({
  store: z.enum(["off", "memory", "state"]).default("memory").describe(
    "Where responses are kept that Weir writes itself, for providers that keep none: nowhere, in memory, or in the folder `STATE`. What a provider keeps is its own.",
  ).meta({ variable: "RESPONSES_STORE", needsRestart: true }),
  webSocket: z.enum(["on", "off"]).default("on").describe(
    "Whether responses may be asked for over WebSockets, within the bounds of `WS_...`; `off` answers 426 at once, and clients ask by HTTP.",
  ).meta({ variable: "RESPONSES_WEBSOCKET" }),
  maxBytes: z.int().min(1_024).max(1_099_511_627_776).default(67_108_864).describe(
    "Bytes of responses that are kept; those that were not used for longest give way.",
  ).meta({ variable: "RESPONSES_STORE_MAX_BYTES", needsRestart: true }),
  maxAgeMs: z.int().min(1_000).max(366 * DAY_MS).default(30 * DAY_MS).describe(
    "Age at which a response is forgotten.",
  ).meta({ variable: "RESPONSES_STORE_MAX_AGE_MS", needsRestart: true }),
  maxIssued: z.int().min(1).max(10_000_000).default(100_000).describe(
    "Responses kept by providers of which Weir remembers the provider and the key that made them.",
  ).meta({ variable: "RESPONSES_MAX_REMEMBERED", needsRestart: true }),
  maxBackground: z.int().min(1).max(100_000).default(1_000).describe(
    "Responses that run in the background at the same time; more are answered with 503.",
  ).meta({ variable: "RESPONSES_MAX_BACKGROUND", needsRestart: true }),
  maxStreamBytes: z.int().min(1_024).max(68_719_476_736).default(134_217_728).describe(
    "Bytes of events that are kept of responses in the background, so that their streams can be resumed; the oldest that are over give way.",
  ).meta({ variable: "RESPONSES_MAX_STREAM_BYTES", needsRestart: true }),
}).prefault({});

export type ResponsesOptions = z.output<typeof responsesOptions>;
