/** Who says what, and where. */

import { type Features, onlyOf } from "../feature.ts";
import { NEWEST, OLDER } from "../models.ts";
import { anyOf } from "../pattern.ts";

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const system = (content: string) => ({ role: "system", content });

const LATER = [user("Hi"), assistant("Hello"), system("Be brief"), user("Well?")];
const LATER_AS_REMINDER = [
  user("Hi"),
  assistant("Hello"),
  {
    role: "user",
    content: [
      { type: "text", text: "<system-reminder>\nBe brief\n</system-reminder>" },
      { type: "text", text: "Well?" },
    ],
  },
];
const TURNS = [user("Hi"), assistant("Hello"), user("Well?")];
const AT_THE_FRONT = {
  messages: TURNS,
  chatOptions: { systemPrompt: "Be brief" },
};

export const MESSAGES = {
  "a conversation": {
    words: {
      openai_chat: { messages: TURNS },
      anthropic_messages: { messages: TURNS },
      chatjimmy: { messages: TURNS },
    },
  },
  "system prompt": {
    words: {
      openai_chat: { messages: [system("Be brief"), user("Hi")] },
      anthropic_messages: { system: "Be brief", messages: [user("Hi")] },
      chatjimmy: { messages: [user("Hi")], chatOptions: { systemPrompt: "Be brief" } },
    },
  },
  "system prompt of several texts": {
    words: {
      openai_chat: { messages: [system("Be brief"), system("Be kind"), user("Hi")] },
      anthropic_messages: {
        system: [{ type: "text", text: "Be brief" }, { type: "text", text: "Be kind" }],
      },
      chatjimmy: { chatOptions: { systemPrompt: "Be brief\n\nBe kind" } },
    },
    carried: {
      openai_chat: {
        messages: anyOf(
          [system("Be brief"), system("Be kind"), user("Hi")],
          [
            {
              role: "system",
              content: [{ type: "text", text: "Be brief" }, { type: "text", text: "Be kind" }],
            },
            user("Hi"),
          ],
        ),
      },
      chatjimmy: { chatOptions: { systemPrompt: /^Be brief\n+Be kind$/ } },
    },
  },
  "system message in the middle": {
    model: NEWEST,
    words: {
      openai_chat: { messages: LATER },
      anthropic_messages: { messages: LATER },
    },
    approximated: {
      chatjimmy: { "moves to the system prompt": AT_THE_FRONT },
    },
  },
  "system message in the middle, older Claude": {
    model: OLDER,
    words: {
      openai_chat: { messages: LATER },
      anthropic_messages: { messages: LATER },
    },
    approximated: {
      anthropic_messages: {
        "in its place, as a `<system-reminder>` of the user's": { messages: LATER_AS_REMINDER },
      },
      chatjimmy: { "moves to the system prompt": AT_THE_FRONT },
    },
  },
  "role `developer`": {
    words: {
      openai_chat: { messages: [{ role: "developer", content: "Be brief" }, user("Hi")] },
    },
    approximated: {
      anthropic_messages: { "as the system prompt": { system: "Be brief" } },
      chatjimmy: { "as the system prompt": { chatOptions: { systemPrompt: "Be brief" } } },
    },
  },
  "role of the client's own": {
    words: { openai_chat: { messages: [{ role: "narrator", content: "Night falls" }] } },
    approximated: {
      chatjimmy: {
        "as the user's, with the role before it": {
          messages: [user("[narrator] Night falls")],
        },
      },
    },
  },
  "`name` of a message": {
    words: { openai_chat: { messages: [{ ...user("Hi"), name: "Ada" }] } },
  },
  "two messages of one role in a row": {
    words: {
      openai_chat: { messages: [user("Hi"), user("Well?")] },
      anthropic_messages: { messages: [user("Hi"), user("Well?")] },
      chatjimmy: { messages: [user("Hi"), user("Well?")] },
    },
    approximated: {
      anthropic_messages: {
        "as one turn, as the API itself reads them": {
          messages: [{
            role: "user",
            content: [{ type: "text", text: "Hi" }, { type: "text", text: "Well?" }],
          }],
        },
      },
    },
  },
  "several texts in a message": {
    words: {
      openai_chat: { messages: [{ role: "user", content: texts("Hi", "Well?") }] },
      anthropic_messages: { messages: [{ role: "user", content: texts("Hi", "Well?") }] },
    },
    approximated: {
      chatjimmy: { "joined by a line end": { messages: [user("Hi\nWell?")] } },
    },
  },
  "an answer begun for the model": {
    words: {
      openai_chat: { messages: [user("Hi"), assistant("The answer is")] },
      anthropic_messages: { messages: [user("Hi"), assistant("The answer is")] },
      chatjimmy: { messages: [user("Hi"), assistant("The answer is")] },
    },
  },
  "an earlier refusal": {
    words: {
      openai_chat: {
        messages: [user("Hi"), { role: "assistant", refusal: "I will not" }, user("Well?")],
      },
    },
    carried: {
      openai_chat: {
        messages: [
          user("Hi"),
          anyOf({ refusal: "I will not" }, {
            content: [{ type: "refusal", refusal: "I will not" }],
          }),
          user("Well?"),
        ],
      },
    },
    approximated: {
      anthropic_messages: {
        "as a text": { messages: [user("Hi"), assistant("I will not"), user("Well?")] },
      },
      chatjimmy: {
        "as a text": { messages: [user("Hi"), assistant("I will not"), user("Well?")] },
      },
    },
  },
  "citations in an earlier answer": {
    words: {
      openai_chat: {
        messages: [
          user("Hi"),
          {
            ...assistant("A weir is"),
            annotations: [{
              type: "url_citation",
              url_citation: { url: "https://example.com", title: onlyOf("openai_chat") },
            }],
          },
          user("Well?"),
        ],
      },
      anthropic_messages: {
        messages: [
          user("Hi"),
          {
            role: "assistant",
            content: [{
              type: "text",
              text: "A weir is",
              citations: [{ type: "char_location", cited_text: onlyOf("anthropic_messages") }],
            }],
          },
          user("Well?"),
        ],
      },
    },
  },
  "field of a message that nobody else knows": {
    words: {
      openai_chat: { messages: [{ ...user("Hi"), hologram: onlyOf("openai_chat") }] },
      anthropic_messages: {
        messages: [{ ...user("Hi"), hologram: onlyOf("anthropic_messages") }],
      },
    },
  },
  "the billing note of Claude Code": {
    words: {
      anthropic_messages: {
        system: texts("x-anthropic-billing-header: cc_version=2", "Be brief"),
      },
    },
    approximated: {
      openai_chat: {
        "not passed on: it is no instruction": { messages: [system("Be brief"), user("Hi")] },
      },
      chatjimmy: {
        "not passed on: it is no instruction": { chatOptions: { systemPrompt: "Be brief" } },
      },
      anthropic_messages: { "not passed on: it is no instruction": { system: "Be brief" } },
    },
  },
} satisfies Features;

function texts(...words: readonly string[]) {
  return words.map((text) => ({ type: "text", text }));
}
