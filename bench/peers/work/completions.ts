import { chatBody, EVENTS, eventsAnswer, jsonAnswer, textAnswer } from "../canned.ts";
import { PROXIES, TEXT_PROXIES } from "../servers/registry.ts";
import { throughputWork } from "./throughput.ts";

const SMALL_PROMPT_BYTES = 500;
const LARGE_PROMPT_BYTES = 50_000;

function checkJson(text: string): void {
  const { choices: [choice] } = JSON.parse(text);
  if (!choice.message.content.startsWith("Cats sleep.")) throw new Error("The text is another");
}

/** All events with text, and the end mark. */
function checkEvents(text: string): void {
  const events = text.split("\n").filter((line) =>
    line.startsWith("data: {") && line.includes("xx")
  );
  if (events.length !== EVENTS) throw new Error(`There are ${events.length} events of text`);
  if (!text.endsWith("data: [DONE]\n\n")) throw new Error("The end mark is not there");
}

const shared = { servers: PROXIES, answer: jsonAnswer(), check: checkJson };

export const json = throughputWork({
  ...shared,
  name: "json",
  title: "JSON completion, prompt of 0.5 KB",
  body: chatBody(SMALL_PROMPT_BYTES),
});

export const jsonLarge = throughputWork({
  ...shared,
  name: "json50k",
  title: "JSON completion, prompt of 50 KB",
  body: chatBody(LARGE_PROMPT_BYTES),
});

export const sse = throughputWork({
  servers: PROXIES,
  name: "sse",
  title: `SSE burst: ${EVENTS} events of 250 bytes a call`,
  body: chatBody(SMALL_PROMPT_BYTES, true),
  answer: eventsAnswer(),
  check: checkEvents,
});

export const text = throughputWork({
  servers: TEXT_PROXIES,
  name: "text",
  title: `Text burst: ${EVENTS} pieces of text a call, which Weir makes events of`,
  note: "The others hand the text on as it is. Pieces that one read brings leave as one event.",
  body: chatBody(SMALL_PROMPT_BYTES, true),
  answer: textAnswer(),
  check(answer) {
    if (!answer.includes("xxx")) throw new Error("There is no text");
    if (!/<\|\/stats\|>$|data: \[DONE\]\n\n$/.test(answer)) throw new Error("There is no end");
  },
});
