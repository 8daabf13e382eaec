/**
 * Each word of the neutral vocabulary, and which of them a request or an answer has used.
 *
 * The lists are the compiler's to check: a word that `core/chat/chat.ts` gets or loses is a type error here, and
 * one that no feature uses fails a test.
 *
 * @module
 */

import type {
  CacheMark,
  ChatEvent,
  ChatRequest,
  Citation,
  FinishReason,
  MediaPart,
  MediaSource,
  Message,
  NativeTool,
  OutputFormat,
  Part,
  ProviderFault,
  ReasoningWish,
  Tool,
  Usage,
} from "../../../src/core/chat/chat.ts";

type KeysOf<Union> = Union extends unknown ? keyof Union : never;

type Words<Word extends string> = Readonly<Record<Word, true>>;

const VOCABULARY = {
  "request": {
    model: true,
    messages: true,
    stream: true,
    choices: true,
    maxOutputTokens: true,
    temperature: true,
    topP: true,
    topK: true,
    seed: true,
    stop: true,
    tools: true,
    toolChoice: true,
    parallelToolCalls: true,
    outputFormat: true,
    reasoning: true,
    logprobs: true,
    topLogprobs: true,
    endUser: true,
    natives: true,
  } satisfies Words<keyof ChatRequest>,
  "message": { role: true, parts: true, name: true } satisfies Words<keyof Message>,
  "role": { system: true, user: true, assistant: true, tool: true } satisfies Words<string>,
  "part": {
    text: true,
    media: true,
    reasoning: true,
    sealed: true,
    tool_call: true,
    tool_result: true,
    refusal: true,
    native: true,
  } satisfies Words<Part["type"]>,
  "field of a part": {
    type: true,
    id: true,
    cache: true,
    text: true,
    citations: true,
    kind: true,
    source: true,
    name: true,
    detail: true,
    seal: true,
    callId: true,
    input: true,
    parts: true,
    isError: true,
    format: true,
    value: true,
  } satisfies Words<KeysOf<Part>>,
  "kind of media": {
    image: true,
    audio: true,
    video: true,
    document: true,
  } satisfies Words<MediaPart["kind"]>,
  "source of media": {
    url: true,
    inline: true,
    text: true,
    file: true,
  } satisfies Words<MediaSource["type"]>,
  "cache": { "5m": true, "1h": true } satisfies Words<NonNullable<CacheMark["ttl"]>>,
  "citation": { url: true, title: true, quote: true, native: true } satisfies Words<keyof Citation>,
  "tool": { function: true, custom: true, native: true } satisfies Words<
    (Tool | NativeTool)["kind"]
  >,
  "field of a tool": {
    kind: true,
    name: true,
    description: true,
    parameters: true,
    strict: true,
    grammar: true,
    cache: true,
    native: true,
  } satisfies Words<KeysOf<Tool | NativeTool>>,
  "tool choice": { none: true, auto: true, required: true, name: true } satisfies Words<
    ToolChoiceWord
  >,
  "output": { json_object: true, json_schema: true } satisfies Words<OutputFormat["type"]>,
  "field of the output": {
    type: true,
    schema: true,
    name: true,
    description: true,
    strict: true,
  } satisfies Words<KeysOf<OutputFormat>>,
  "reasoning": {
    mode: true,
    effort: true,
    maxTokens: true,
    isHidden: true,
  } satisfies Words<keyof ReasoningWish>,
  "mode of reasoning": { off: true, on: true, adaptive: true } satisfies Words<
    NonNullable<ReasoningWish["mode"]>
  >,
  "event": {
    start: true,
    block_start: true,
    block_delta: true,
    block_seal: true,
    block_citation: true,
    block_end: true,
    logprobs: true,
    native: true,
    finish: true,
    usage: true,
    fault: true,
    end: true,
  } satisfies Words<ChatEvent["type"]>,
  "field of an event": {
    type: true,
    id: true,
    model: true,
    createdSeconds: true,
    choice: true,
    block: true,
    part: true,
    text: true,
    seal: true,
    citation: true,
    content: true,
    refusal: true,
    format: true,
    name: true,
    value: true,
    reason: true,
    raw: true,
    stopSequence: true,
    explanation: true,
    usage: true,
    fault: true,
  } satisfies Words<KeysOf<ChatEvent>>,
  "reason of a finish": {
    stop: true,
    length: true,
    tool_calls: true,
    content_filter: true,
    other: true,
  } satisfies Words<FinishReason>,
  "usage": {
    inputTokens: true,
    outputTokens: true,
    totalTokens: true,
    cachedInputTokens: true,
    cacheWriteInputTokens: true,
    cacheWriteHourInputTokens: true,
    reasoningOutputTokens: true,
    audioInputTokens: true,
    imageInputTokens: true,
    videoInputTokens: true,
    cachedAudioInputTokens: true,
    cachedImageInputTokens: true,
    audioOutputTokens: true,
    imageOutputTokens: true,
    webSearches: true,
    cost: true,
    native: true,
  } satisfies Words<keyof Usage>,
  "fault": {
    message: true,
    type: true,
    code: true,
    status: true,
    wordsStatus: true,
    mayBePaid: true,
    isUnreadable: true,
  } satisfies Words<keyof ProviderFault>,
};

type ToolChoiceWord =
  | Extract<ChatRequest["toolChoice"], string>
  | keyof Extract<ChatRequest["toolChoice"], object>;

/** All words, each with what it is a word of. */
export const ALL_WORDS: readonly string[] = Object.entries(VOCABULARY).flatMap(([kind, words]) =>
  Object.keys(words).map((word) => `${kind}: ${word}`)
);

/** Words that no feature can use yet, each with the reason. */
const FOR_PRICES = "is read for the price of a call, and told in the provider's own object alone";

export const UNSAID_WORDS: Readonly<Record<string, string>> = {
  "usage: audioInputTokens": FOR_PRICES,
  "usage: imageInputTokens": FOR_PRICES,
  "usage: videoInputTokens": FOR_PRICES,
  "usage: cachedAudioInputTokens": FOR_PRICES,
  "usage: cachedImageInputTokens": FOR_PRICES,
  "usage: audioOutputTokens": FOR_PRICES,
  "usage: imageOutputTokens": FOR_PRICES,
  "usage: webSearches": FOR_PRICES,
};

/** The words that were used; one per test. */
export class UsedWords {
  readonly words = new Set<string>();

  addRequest(request: ChatRequest): void {
    this.#addFields("request", request);
    for (const message of request.messages) {
      this.#addFields("message", message);
      this.#add("role", message.role);
      this.#addParts(message.parts);
    }
    for (const tool of request.tools ?? []) {
      this.#add("tool", tool.kind);
      this.#addFields("field of a tool", tool);
    }
    const { toolChoice, outputFormat, reasoning } = request;
    if (typeof toolChoice === "string") this.#add("tool choice", toolChoice);
    else this.#addFields("tool choice", toolChoice);
    this.#add("output", outputFormat?.type);
    this.#addFields("field of the output", outputFormat);
    this.#addFields("reasoning", reasoning);
    this.#add("mode of reasoning", reasoning?.mode);
  }

  addEvents(events: readonly ChatEvent[]): void {
    for (const event of events) {
      this.#add("event", event.type);
      this.#addFields("field of an event", event);
      if (event.type === "block_start") this.#addParts([event.part]);
      else if (event.type === "block_citation") this.#addFields("citation", event.citation);
      else if (event.type === "finish") this.#add("reason of a finish", event.reason);
      else if (event.type === "usage") this.#addFields("usage", event.usage);
      else if (event.type === "fault") this.#addFields("fault", event.fault);
    }
  }

  #addParts(parts: readonly Part[]): void {
    for (const part of parts) {
      this.#add("part", part.type);
      this.#addFields("field of a part", part);
      this.#add("cache", part.cache?.ttl);
      if (part.type === "media") {
        this.#add("kind of media", part.kind);
        this.#add("source of media", part.source.type);
      } else if (part.type === "text") {
        for (const citation of part.citations ?? []) this.#addFields("citation", citation);
      } else if (part.type === "tool_result") this.#addParts(part.parts);
    }
  }

  #addFields(kind: string, value: object = {}): void {
    for (const [field, given] of Object.entries(value)) {
      const isEmpty = given === undefined || Array.isArray(given) && given.length === 0;
      if (!isEmpty) this.#add(kind, field);
    }
  }

  #add(kind: string, word: string | undefined): void {
    if (word !== undefined) this.words.add(`${kind}: ${word}`);
  }
}
