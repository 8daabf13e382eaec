/** Who says what, media and marks, in the words of Responses. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { onlyOf } from "../feature.ts";
import { anyOf } from "../pattern.ts";
import type { CACHE } from "../requests/cache.ts";
import type { MEDIA } from "../requests/media.ts";
import type { MESSAGES } from "../requests/messages.ts";
import type { Overlays } from "./overlay.ts";

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const developer = (content: string) => ({ role: "developer", content });
const texts = (...words: readonly string[]) => words.map((text) => ({ type: "input_text", text }));

const LATER = { input: [user("Hi"), assistant("Hello"), developer("Be brief"), user("Well?")] };

export const RESPONSES_MESSAGES: Overlays<keyof typeof MESSAGES> = {
  "a conversation": { words: { input: [user("Hi"), assistant("Hello"), user("Well?")] } },
  "system prompt": { words: { instructions: "Be brief", input: [user("Hi")] } },
  "system prompt of several texts": {
    words: { input: [{ role: "developer", content: texts("Be brief", "Be kind") }, user("Hi")] },
    carried: { instructions: /^Be brief\n+Be kind$/, input: [user("Hi")] },
  },
  "system message in the middle": { words: LATER },
  "system message in the middle, older Claude": { words: LATER },
  "role `developer`": {
    words: { input: [developer("Be brief"), user("Hi")] },
    carried: { instructions: "Be brief" },
    elsewhere: {
      openai_chat: {
        "as `system`": { messages: [{ role: "system", content: "Be brief" }, user("Hi")] },
      },
    },
  },
  "two messages of one role in a row": { words: { input: [user("Hi"), user("Well?")] } },
  "several texts in a message": {
    words: { input: [{ role: "user", content: texts("Hi", "Well?") }] },
  },
  "an answer begun for the model": { words: { input: [user("Hi"), assistant("The answer is")] } },
  "an earlier refusal": {
    words: {
      input: [
        user("Hi"),
        { role: "assistant", content: [{ type: "refusal", refusal: "I will not" }] },
        user("Well?"),
      ],
    },
  },
  "citations in an earlier answer": {
    words: {
      input: [
        user("Hi"),
        {
          role: "assistant",
          content: [{
            type: "output_text",
            text: "A weir is",
            annotations: [{
              type: "url_citation",
              url: "https://example.com",
              title: onlyOf("openai_responses"),
            }],
          }],
        },
        user("Well?"),
      ],
    },
  },
  "field of a message that nobody else knows": {
    words: { input: [{ ...user("Hi"), hologram: onlyOf("openai_responses") }] },
  },
  "the billing note of Claude Code": {
    near: { "not passed on: it is no instruction": { instructions: "Be brief" } },
  },
};

const part = (value: JsonObject) => ({ input: [{ role: "user", content: [value] }] });

const PNG = "https://example.com/a.png";
const PDF = "https://example.com/a.pdf";
const PDF_URL = "data:application/pdf;base64,AA==";
const TEXT_URL = "data:text/plain;base64,d29yZHM=";
const AS_TEXT = { input: [{ role: "user", content: /a\.txt[^]*words/ }] };

export const RESPONSES_MEDIA: Overlays<keyof typeof MEDIA> = {
  "image by address": { words: part({ type: "input_image", image_url: PNG }) },
  "image inline": { words: part({ type: "input_image", image_url: "data:image/png;base64,AA==" }) },
  "`detail` of an image": {
    words: part({ type: "input_image", image_url: PNG, detail: "low" }),
  },
  "image by the id of a file": {
    words: part({ type: "input_image", file_id: onlyOf("openai_responses") }),
  },
  "PDF inline": { words: part({ type: "input_file", file_data: PDF_URL, filename: "a.pdf" }) },
  "PDF inline, without a name": { words: part({ type: "input_file", file_data: PDF_URL }) },
  "PDF by address": { words: part({ type: "input_file", file_url: PDF }) },
  "document of plain text": {
    words: part({ type: "input_file", file_data: TEXT_URL, filename: "a.txt" }),
    near: { "as a text, with its title": AS_TEXT },
  },
  "document of another type": {
    words: part({
      type: "input_file",
      file_data: "data:application/zip;base64,AA==",
      filename: "a.zip",
    }),
  },
  "document by the id of a file": {
    words: part({ type: "input_file", file_id: onlyOf("openai_responses") }),
    // Files are the account's, whichever of OpenAI's APIs names them.
    carried: anyOf(
      part({ type: "input_file", file_id: onlyOf("openai_chat") }),
      part({ type: "input_file", file_id: onlyOf("openai_responses") }),
    ),
  },
  "results of a search as a part": {
    near: {
      "as a document of plain text": { input: [{ role: "user", content: /Weirs[^]*words/ }] },
    },
  },
  "an image and a text": {
    words: {
      input: [{
        role: "user",
        content: [
          { type: "input_text", text: "What is it?" },
          { type: "input_image", image_url: PNG },
        ],
      }],
    },
  },
  "part of a kind that nobody else knows": {
    words: {
      input: [{
        role: "user",
        content: [
          { type: "input_text", text: "Hi" },
          { type: "hologram", hologram: onlyOf("openai_responses") },
        ],
      }],
    },
  },
  "field of a part that nobody else knows": {
    words: part({ type: "input_text", text: "Hi", hologram: onlyOf("openai_responses") }),
  },
};

export const RESPONSES_CACHE: Overlays<keyof typeof CACHE> = {
  "mark on a text, OpenAI's word": {
    words: part({
      type: "input_text",
      text: "Hi",
      prompt_cache_breakpoint: { mode: "explicit" },
    }),
  },
  "`prompt_cache_key`": {
    words: { prompt_cache_key: onlyOf("openai_responses") },
    carried: anyOf(
      { prompt_cache_key: onlyOf("openai_responses") },
      { prompt_cache_key: onlyOf("openai_chat") },
    ),
    carriedTo: {
      openai_chat: anyOf(
        { prompt_cache_key: onlyOf("openai_responses") },
        { prompt_cache_key: onlyOf("openai_chat") },
      ),
    },
  },
};
