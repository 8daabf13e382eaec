/** Who is told of events by requests of Weir's own. */

import * as z from "zod";
import { LEDGER_EVENTS } from "../../core/ledger/ledger.ts";
import { SECRET } from "../../core/text/secret.ts";

const MAX_WEBHOOKS = 16;

/** What is told by webhooks; calls are told in the log. */
const WEBHOOK_EVENTS = LEDGER_EVENTS.filter((type) => !type.startsWith("call."));

/** As libraries of Standard Webhooks read it; of any other text they would make another key than Weir. */
export const webhookSecret = z.string().regex(
  /^whsec_(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  "must be whsec_ and the base64 of 24 random bytes or more: printf whsec_; openssl rand -base64 32",
).max(200).meta(SECRET);

const webhookOptions = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).max(2_000)
    .describe("Where events are sent to, each as a POST of JSON."),
  secret: webhookSecret.describe(
    "What signs them, as Standard Webhooks has it: `whsec_` and base64.",
  ),
  events: z.array(z.enum(WEBHOOK_EVENTS)).min(1).default([...WEBHOOK_EVENTS]).describe(
    "Which events are sent; all if not set.",
  ),
});

export const webhooksOptions = z.array(webhookOptions).max(MAX_WEBHOOKS).default([]).describe(
  "Receivers of events, such as a budget that is reached or a provider that is down.",
);

export type WebhookOptions = z.output<typeof webhookOptions>;
