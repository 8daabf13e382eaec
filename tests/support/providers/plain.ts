import { serveStandIn, type StandIn } from "./stand_in.ts";

/** Speaks OpenAI's API, asks for no key and always says the same. */
export function startPlain(): StandIn {
  return serveStandIn(({ method }) =>
    method === "GET" ? Response.json({ object: "list", data: [] }) : Response.json({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{
        index: 0,
        message: { role: "assistant", content: "hi" },
        finish_reason: "stop",
      }],
    })
  );
}
