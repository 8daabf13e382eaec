/** What the upstream answers, as it goes onto the wire. */

const CREATED = 1_790_000_000;
const MODEL = "gpt-4o-mini";

/** Where the upstream writes when it sends. */
const STAMP = `@${"0".repeat(16)}`;

export const EVENTS = 200;
export const EVENT_BYTES = 250;

/** A chat completion of about 600 bytes. */
export function jsonAnswer(): string {
  const message = { role: "assistant", content: "Cats sleep. ".repeat(20).trim(), refusal: null };
  const body = JSON.stringify({
    id: "chatcmpl-bench",
    object: "chat.completion",
    created: CREATED,
    model: MODEL,
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: { prompt_tokens: 100, completion_tokens: 60, total_tokens: 160 },
    system_fingerprint: "fp_bench",
  });
  const head = ["content-type: application/json", `content-length: ${body.length}`];
  return `${headOf(head)}${body}`;
}

/** As many events of text, each an HTTP chunk of its own, then the finish and the end mark. */
export function eventsAnswer(): string {
  const events = Array.from({ length: EVENTS }, () => httpChunk(textEvent("")));
  return [STREAM_HEAD, ...events, EVENTS_ENDING].join("");
}

/** For the upstream's paced form: the head, one event with the place of a time, and the ending. */
export function pacedEventsAnswer(): string {
  return `${STREAM_HEAD}${httpChunk(textEvent(STAMP))}--- end\n${EVENTS_ENDING}`;
}

const STREAM_HEAD = headOf(["content-type: text/event-stream", "transfer-encoding: chunked"]);
const EVENTS_ENDING = [event({}, "stop"), "data: [DONE]\n\n", ""].map(httpChunk).join("");

/** The same number of pieces of text and no events, as chatjimmy.ai answers. */
export function textAnswer(): string {
  const pieces = Array.from({ length: EVENTS }, () => httpChunk(textPiece("")));
  return [STREAM_HEAD, ...pieces, TEXT_ENDING].join("");
}

export function pacedTextAnswer(): string {
  return `${STREAM_HEAD}${httpChunk(textPiece(STAMP))}--- end\n${TEXT_ENDING}`;
}

const STATS = JSON.stringify({
  done: true,
  done_reason: "stop",
  decode_tokens: 9,
  prefill_tokens: 9,
});
const TEXT_ENDING = [`<|stats|>${STATS}<|/stats|>`, ""].map(httpChunk).join("");

/** As much text as an event holds. */
function textPiece(text: string): string {
  return text.padEnd(EVENT_BYTES - event({ content: "" }, null).length, "x");
}

/** An event of 250 bytes whose content begins with a text. */
function textEvent(text: string): string {
  return event({ content: textPiece(text) }, null);
}

function event(delta: Readonly<Record<string, string>>, finish: string | null): string {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finish };
  const chunk = {
    id: "chatcmpl-bench",
    object: "chat.completion.chunk",
    created: CREATED,
    model: MODEL,
    choices: [choice],
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** ASCII only, so that characters are bytes. */
function httpChunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function headOf(lines: readonly string[]): string {
  return ["HTTP/1.1 200 OK", ...lines, "", ""].join("\r\n");
}

/** A request of a client: its prompt is as long as asked for. */
export function chatBody(promptBytes: number, stream = false): string {
  const prompt = "Tell me of cats. ".repeat(Math.ceil(promptBytes / 17)).slice(0, promptBytes);
  return JSON.stringify({ model: MODEL, stream, messages: [{ role: "user", content: prompt }] });
}
