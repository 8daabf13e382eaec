/** Chats before a provider of chats. */

import { chat } from "../apis/chat.ts";
import { text as textApi } from "../apis/text.ts";
import { PROXIES, TEXT_PROXIES } from "../servers/registry.ts";
import { burstWork, wholeWork } from "./calls.ts";

const LARGE_PROMPT_BYTES = 50_000;

const shared = { servers: PROXIES, client: chat };

export const json = wholeWork({ ...shared, name: "json", title: "chat, prompt of 0.5 KB" });

export const jsonLarge = wholeWork({
  ...shared,
  name: "json50k",
  title: "chat, prompt of 50 KB",
  promptBytes: LARGE_PROMPT_BYTES,
});

export const sse = burstWork({ ...shared, name: "sse", title: "chat" });

export const text = burstWork({
  servers: TEXT_PROXIES,
  name: "text",
  title: "text that Weir makes a chat of",
  note: "The others hand the text on as it is. Pieces that one read brings leave as one event.",
  client: textApi,
});
