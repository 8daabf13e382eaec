/**
 * Where an object of an answer has its text: chats have a message, `/api/generate` has fields of its own.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";

/** What an object of an answer says. */
export type SaidFields = JsonObject;

export interface AnswerShape {
  /** The name of the member that holds a text. */
  readonly textField: "content" | "response";
  /** The object that has the text, the thinking and the calls. */
  read(body: JsonObject): SaidFields;
  /** The members of an answer that say this. */
  write(said: SaidFields): JsonObject;
}

export const CHAT_SHAPE: AnswerShape = {
  textField: "content",
  read: ({ message }) => isJsonObject(message) ? message : {},
  write: ({ content = "", ...said }) => ({ message: { role: "assistant", content, ...said } }),
};

/** Calls of tools have no place in it. */
export const GENERATE_SHAPE: AnswerShape = {
  textField: "response",
  read: ({ response, thinking, images }) => ({ content: response, thinking, images }),
  write: ({ content = "", thinking, images }) => ({
    response: content,
    ...(thinking !== undefined && { thinking }),
    ...(images !== undefined && { images }),
  }),
};
