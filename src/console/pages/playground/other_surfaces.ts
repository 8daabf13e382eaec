/** Messages, Gemini and Ollama's chat. */

import { at, pictureOf, type Surface, textAt, TOOL, type Turn } from "./surface.ts";

const MAX_TOKENS = 2_048;

export const messages: Surface = {
  name: "messages",
  label: "Messages",
  prepare: ({ model, turns, system, hasTool }) => ({
    path: "/v1/messages",
    headers: { "anthropic-version": "2023-06-01" },
    body: {
      model,
      max_tokens: MAX_TOKENS,
      stream: true,
      ...(system === "" ? {} : { system }),
      messages: turns.map(messageOf),
      ...(hasTool
        ? {
          tools: [{
            name: TOOL.name,
            description: TOOL.description,
            input_schema: TOOL.parameters,
          }],
        }
        : {}),
    },
  }),
  read: (event) => ({
    text: textAt(event, "delta", "text"),
    reasoning: textAt(event, "delta", "thinking"),
    tool: (textAt(event, "content_block", "name") && `${textAt(event, "content_block", "name")} `) +
      textAt(event, "delta", "partial_json"),
    error: textAt(event, "error", "message"),
  }),
};

function messageOf({ role, text, image }: Turn): unknown {
  if (image === undefined) return { role, content: text };
  const { type, base64 } = pictureOf(image);
  const source = { type: "base64", media_type: type, data: base64 };
  return { role, content: [{ type: "image", source }, { type: "text", text }] };
}

export const gemini: Surface = {
  name: "gemini",
  label: "Gemini",
  prepare: ({ model, turns, system, hasTool }) => ({
    path: `/v1beta/models/${model.split("/").map(encodeURIComponent).join("/")}` +
      ":streamGenerateContent?alt=sse",
    body: {
      contents: turns.map(contentOf),
      ...(system === "" ? {} : { systemInstruction: { parts: [{ text: system }] } }),
      ...(hasTool ? { tools: [{ functionDeclarations: [TOOL] }] } : {}),
    },
  }),
  read: (event) => {
    const parts = at(event, "candidates", 0, "content", "parts");
    const all = Array.isArray(parts) ? parts : [];
    const call = all.find((part) => at(part, "functionCall") !== undefined);
    const textOf = (isThought: boolean): string =>
      all.filter((part) => (at(part, "thought") === true) === isThought)
        .map((part) => textAt(part, "text")).join("");
    return {
      text: textOf(false),
      reasoning: textOf(true),
      tool: call === undefined ? "" : calledWith(at(call, "functionCall"), "args"),
      error: textAt(event, "error", "message"),
    };
  },
};

function contentOf({ role, text, image }: Turn): unknown {
  const parts: unknown[] = [{ text }];
  if (image !== undefined) {
    const { type, base64 } = pictureOf(image);
    parts.push({ inlineData: { mimeType: type, data: base64 } });
  }
  return { role: role === "user" ? "user" : "model", parts };
}

export const ollama: Surface = {
  name: "ollama",
  label: "Ollama",
  prepare: ({ model, turns, system, hasTool }) => {
    const all = turns.map(({ role, text, image }) => ({
      role,
      content: text,
      ...(image === undefined ? {} : { images: [pictureOf(image).base64] }),
    }));
    return {
      path: "/api/chat",
      body: {
        model,
        stream: true,
        messages: system === "" ? all : [{ role: "system", content: system }, ...all],
        ...(hasTool ? { tools: [{ type: "function", function: TOOL }] } : {}),
      },
    };
  },
  read: (event) => {
    const call = at(event, "message", "tool_calls", 0, "function");
    return {
      text: textAt(event, "message", "content"),
      reasoning: textAt(event, "message", "thinking"),
      tool: call === undefined ? "" : calledWith(call, "arguments"),
      error: textAt(event, "error"),
    };
  },
};

function calledWith(call: unknown, member: string): string {
  return `${textAt(call, "name")} ${JSON.stringify(at(call, member) ?? {})}`;
}
