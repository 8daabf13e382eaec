/** Images, documents, sound and files. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { type Features, onlyOf } from "../feature.ts";
import { anyOf } from "../pattern.ts";

const TEXT_BASE64 = "d29yZHM="; // "words"

/** A message of the user with one part. */
const part = <Block>(block: Block) => ({ messages: [{ role: "user", content: [block] }] });

const chatImage = (url: string, rest: Record<string, string> = {}) =>
  part({ type: "image_url", image_url: { url, ...rest } });
const image = (source: Record<string, string>) => part({ type: "image", source });
const document = (source: Record<string, string>, rest: JsonObject = {}) =>
  part({ type: "document", source, ...rest });
const besideText = <Block>(block: Block) => ({
  messages: [{ role: "user", content: [{ type: "text", text: "Hi" }, block] }],
});
const chatFile = <File>(file: File) => part({ type: "file", file });

const PNG = "https://example.com/a.png";
const PDF = "https://example.com/a.pdf";
const INLINE_PNG = { type: "base64", media_type: "image/png", data: "AA==" };
const INLINE_PDF = { type: "base64", media_type: "application/pdf", data: "AA==" };
const PDF_URL = "data:application/pdf;base64,AA==";

export const MEDIA = {
  "image by address": {
    words: {
      openai_chat: chatImage(PNG),
      anthropic_messages: image({ type: "url", url: PNG }),
    },
  },
  "image inline": {
    words: {
      openai_chat: chatImage("data:image/png;base64,AA=="),
      anthropic_messages: image(INLINE_PNG),
    },
  },
  "`detail` of an image": {
    words: { openai_chat: chatImage(PNG, { detail: "low" }) },
  },
  "image by the id of a file": {
    words: { anthropic_messages: image({ type: "file", file_id: onlyOf("anthropic_messages") }) },
  },
  "PDF inline": {
    words: {
      openai_chat: chatFile({ file_data: PDF_URL, filename: "a.pdf" }),
      anthropic_messages: document(INLINE_PDF, { title: "a.pdf" }),
    },
  },
  "PDF inline, without a name": {
    words: {
      openai_chat: chatFile({ file_data: PDF_URL }),
      anthropic_messages: document(INLINE_PDF),
    },
  },
  "PDF by address": {
    words: {
      openai_chat: chatFile({ file_data: PDF }),
      anthropic_messages: document({ type: "url", url: PDF }),
    },
  },
  "document of plain text": {
    words: {
      openai_chat: chatFile({
        file_data: `data:text/plain;base64,${TEXT_BASE64}`,
        filename: "a.txt",
      }),
      anthropic_messages: document(
        { type: "text", media_type: "text/plain", data: "words" },
        { title: "a.txt" },
      ),
    },
    approximated: {
      openai_chat: {
        "as a text, with its title": part({ type: "text", text: /a\.txt[^]*words/ }),
      },
      chatjimmy: {
        "as a text": { messages: [{ role: "user", content: /words/ }] },
      },
    },
  },
  "document of another type": {
    words: {
      openai_chat: chatFile({ file_data: "data:application/zip;base64,AA==", filename: "a.zip" }),
    },
  },
  "document by the id of a file": {
    words: {
      openai_chat: chatFile({ file_id: onlyOf("openai_chat") }),
      anthropic_messages: document({ type: "file", file_id: onlyOf("anthropic_messages") }),
    },
  },
  "citations of a document asked for": {
    words: {
      anthropic_messages: document(INLINE_PDF, {
        citations: { enabled: true, mode: onlyOf("anthropic_messages") },
      }),
    },
  },
  "results of a search as a part": {
    words: {
      anthropic_messages: part({
        type: "search_result",
        title: "Weirs",
        source: "https://example.com/weirs",
        content: [{ type: "text", text: "words" }],
      }),
    },
    approximated: {
      anthropic_messages: {
        "as a document of plain text": document(
          { type: "text", data: "https://example.com/weirs\nwords" },
          { title: "Weirs" },
        ),
      },
      openai_chat: {
        "as a document of plain text": anyOf(
          part({ type: "text", text: /Weirs[^]*words/ }),
          chatFile({ filename: "Weirs", file_data: /^data:text\/plain/ }),
        ),
      },
      chatjimmy: { "as a text": { messages: [{ role: "user", content: /words/ }] } },
    },
  },
  "sound": {
    words: {
      openai_chat: part({ type: "input_audio", input_audio: { data: "AA==", format: "wav" } }),
    },
  },
  "video": {
    words: {
      openai_chat: part({
        type: "video_url",
        video_url: { url: "https://example.com/a.mp4" },
      }),
    },
  },
  "an image and a text": {
    words: {
      openai_chat: {
        messages: [{
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: PNG } },
          ],
        }],
      },
      anthropic_messages: {
        messages: [{
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image", source: { type: "url", url: PNG } },
          ],
        }],
      },
    },
  },
  "part of a kind that nobody else knows": {
    words: {
      openai_chat: besideText({ type: "hologram", hologram: onlyOf("openai_chat") }),
      anthropic_messages: besideText({ type: "hologram", hologram: onlyOf("anthropic_messages") }),
    },
  },
  "field of a part that nobody else knows": {
    words: {
      openai_chat: part({ type: "text", text: "Hi", hologram: onlyOf("openai_chat") }),
      anthropic_messages: part({
        type: "text",
        text: "Hi",
        hologram: onlyOf("anthropic_messages"),
      }),
    },
  },
} satisfies Features;
