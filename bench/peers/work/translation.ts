/** Clients of one API before a provider of another; every server here translates. */

import { chat } from "../apis/chat.ts";
import { messages } from "../apis/messages.ts";
import {
  CHAT_TO_MESSAGES,
  MESSAGES_TO_CHAT,
  MESSAGES_TO_CHAT_STREAMED,
} from "../servers/registry.ts";
import { burstWork, wholeWork } from "./calls.ts";

const toChat = { client: messages, provider: chat, title: "Messages at a provider of chats" };
const toMessages = { client: chat, provider: messages, title: "chat at a provider of Messages" };

export const messagesToChat = wholeWork({
  ...toChat,
  name: "messages-to-chat",
  servers: MESSAGES_TO_CHAT,
});

export const messagesToChatSse = burstWork({
  ...toChat,
  name: "messages-to-chat-sse",
  servers: MESSAGES_TO_CHAT_STREAMED,
});

export const chatToMessages = wholeWork({
  ...toMessages,
  name: "chat-to-messages",
  servers: CHAT_TO_MESSAGES,
});

export const chatToMessagesSse = burstWork({
  ...toMessages,
  name: "chat-to-messages-sse",
  servers: CHAT_TO_MESSAGES,
});
