/** What stands at the address without a path, for whoever looks whether somebody is there. */

import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http/http.ts";
import { jsonAnswer } from "../json_answer.ts";

/** Ollama's clients look for these very words. */
const RUNNING = "Ollama is running";

const LINKS = {
  name: "weir",
  links: {
    health: "/health",
    chat_completions: "/v1/chat/completions",
    responses: "/v1/responses",
    messages: "/v1/messages",
    models: "/v1/models",
    ollama: "/api/tags",
  },
};

/** The text for Ollama's clients; an object with links for browsers and for whoever asks for JSON. */
export function rootAnswer({ headers }: Pick<HttpRequest, "headers">): HttpAnswer {
  const accept = headers.get("accept") ?? "";
  const isNavigation = headers.get("sec-fetch-dest") === "document" ||
    (accept.startsWith("text/html") && accept.includes("application/xhtml+xml"));
  const isJson = isNavigation || /^\s*application\/json\b/i.test(accept);
  const answered = isJson ? jsonAnswer(LINKS) : {
    status: 200,
    headers: new AnswerHeaders([["content-type", "text/plain; charset=utf-8"]]),
    body: RUNNING,
  };
  answered.headers.set("vary", "accept, sec-fetch-dest");
  return answered;
}
