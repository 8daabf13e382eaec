/** All that is run, in the order in which people read it. */

import { CONTENT } from "./answers/content.ts";
import { ENDS, USAGE } from "./answers/ends.ts";
import { ERRORS } from "./answers/errors.ts";
import { CALLS } from "./answers/tools.ts";
import {
  CONVERSE_CALLS,
  CONVERSE_CONTENT,
  CONVERSE_ENDS,
  CONVERSE_ERRORS,
  CONVERSE_USAGE,
} from "./converse/answers.ts";
import {
  CONVERSE_CACHE,
  CONVERSE_MEDIA,
  CONVERSE_MESSAGES,
  CONVERSE_TOOL_CALLS,
  CONVERSE_TOOLS,
} from "./converse/requests.ts";
import { CHATJIMMY_CALLS, CHATJIMMY_EMULATED } from "./chatjimmy/emulated.ts";
import { CONVERSE_REASONING, CONVERSE_SETTINGS } from "./converse/settings.ts";
import type { AnswerExpectation, Expectation } from "./expectation.ts";
import type { Feature, Features } from "./feature.ts";
import {
  GEMINI_CALLS,
  GEMINI_CONTENT,
  GEMINI_ENDS,
  GEMINI_ERRORS,
  GEMINI_USAGE,
} from "./gemini/answers.ts";
import { GEMINI_NEAR } from "./gemini/near.ts";
import {
  GEMINI_CACHE,
  GEMINI_MEDIA,
  GEMINI_MESSAGES,
  GEMINI_OWN,
  GEMINI_OWN_TOOLS,
  GEMINI_REASONING,
  GEMINI_SETTINGS,
  GEMINI_TOOL_CALLS,
  GEMINI_TOOLS,
} from "./gemini/requests.ts";
import {
  OLLAMA_CALLS,
  OLLAMA_CONTENT,
  OLLAMA_ENDS,
  OLLAMA_ERRORS,
  OLLAMA_USAGE,
} from "./ollama/answers.ts";
import { OLLAMA_OWN, OLLAMA_OWN_ANSWERS } from "./ollama/own.ts";
import {
  OLLAMA_CACHE,
  OLLAMA_MEDIA,
  OLLAMA_MESSAGES,
  OLLAMA_REASONING,
  OLLAMA_SETTINGS,
  OLLAMA_TOOL_CALLS,
  OLLAMA_TOOLS,
} from "./ollama/requests.ts";
import { CACHE } from "./requests/cache.ts";
import { MEDIA } from "./requests/media.ts";
import { MESSAGES } from "./requests/messages.ts";
import { REASONING } from "./requests/reasoning.ts";
import { SETTINGS } from "./requests/settings.ts";
import { TOOL_CALLS } from "./requests/tool_calls.ts";
import { TOOLS } from "./requests/tools.ts";
import { RESPONSES_CALLS, RESPONSES_CONTENT } from "./responses/content.ts";
import { RESPONSES_ENDS, RESPONSES_ERRORS, RESPONSES_USAGE } from "./responses/ends.ts";
import { RESPONSES_CACHE, RESPONSES_MEDIA, RESPONSES_MESSAGES } from "./responses/messages.ts";
import { overlaid, type Overlays } from "./responses/overlay.ts";
import { RESPONSES_OWN_TOOLS, RESPONSES_STATE } from "./responses/own.ts";
import { RESPONSES_REASONING, RESPONSES_SETTINGS } from "./responses/settings.ts";
import { RESPONSES_TOOL_CALLS, RESPONSES_TOOLS } from "./responses/tools.ts";

/** The features with what the others add. */
function all<Group extends Features>(
  features: Group,
  responses: Overlays<keyof Group & string>,
  gemini: Overlays<keyof Group & string>,
  ollama: Overlays<keyof Group & string>,
  converse: Overlays<keyof Group & string>,
): Group {
  const others = overlaid(overlaid(features, responses), gemini, "gemini");
  return overlaid(overlaid(others, ollama, "ollama"), converse, "bedrock_converse");
}

/** Requests, with what is found where they arrive in other words than a client of the same API has. */
function asked<Group extends Features>(features: Group): Group {
  return overlaid(overlaid(features, GEMINI_NEAR, "gemini"), CHATJIMMY_EMULATED, "chatjimmy");
}

export const REQUESTS = {
  "Messages": asked(
    all(MESSAGES, RESPONSES_MESSAGES, GEMINI_MESSAGES, OLLAMA_MESSAGES, CONVERSE_MESSAGES),
  ),
  "Images, documents, sound, files": asked(
    all(MEDIA, RESPONSES_MEDIA, GEMINI_MEDIA, OLLAMA_MEDIA, CONVERSE_MEDIA),
  ),
  "Marks for caches": asked(
    all(CACHE, RESPONSES_CACHE, GEMINI_CACHE, OLLAMA_CACHE, CONVERSE_CACHE),
  ),
  "Tools": asked(all(TOOLS, RESPONSES_TOOLS, GEMINI_TOOLS, OLLAMA_TOOLS, CONVERSE_TOOLS)),
  "Tools that Responses alone has": RESPONSES_OWN_TOOLS,
  "What Gemini alone says of tools": GEMINI_OWN_TOOLS,
  "Calls of tools and their results": asked(all(
    TOOL_CALLS,
    RESPONSES_TOOL_CALLS,
    GEMINI_TOOL_CALLS,
    OLLAMA_TOOL_CALLS,
    CONVERSE_TOOL_CALLS,
  )),
  "Reasoning": asked(
    all(REASONING, RESPONSES_REASONING, GEMINI_REASONING, OLLAMA_REASONING, CONVERSE_REASONING),
  ),
  "Settings": asked(
    all(SETTINGS, RESPONSES_SETTINGS, GEMINI_SETTINGS, OLLAMA_SETTINGS, CONVERSE_SETTINGS),
  ),
  "What a provider of Responses keeps": RESPONSES_STATE,
  "What Gemini alone says of a request": GEMINI_OWN,
  "What Ollama alone says of a request": OLLAMA_OWN,
} satisfies Readonly<Record<string, Features>>;

export const ANSWERS = {
  "Content": all(CONTENT, RESPONSES_CONTENT, GEMINI_CONTENT, OLLAMA_CONTENT, CONVERSE_CONTENT),
  "Calls of tools": overlaid(
    all(CALLS, RESPONSES_CALLS, GEMINI_CALLS, OLLAMA_CALLS, CONVERSE_CALLS),
    CHATJIMMY_CALLS,
    "chatjimmy",
  ),
  "Ends": all(ENDS, RESPONSES_ENDS, GEMINI_ENDS, OLLAMA_ENDS, CONVERSE_ENDS),
  "Counts": all(USAGE, RESPONSES_USAGE, GEMINI_USAGE, OLLAMA_USAGE, CONVERSE_USAGE),
  "Errors": all(ERRORS, RESPONSES_ERRORS, GEMINI_ERRORS, OLLAMA_ERRORS, CONVERSE_ERRORS),
  "What Ollama alone answers": OLLAMA_OWN_ANSWERS,
} satisfies Readonly<Record<string, Features>>;

type TitlesIn<Groups> = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups];

export type RequestTitle = TitlesIn<typeof REQUESTS>;
export type AnswerTitle = TitlesIn<typeof ANSWERS>;

/** What is expected of the features that can be said at all; of the others nothing can become. */
export type RequestExpectations = Readonly<Partial<Record<RequestTitle, Expectation>>>;
export type AnswerExpectations = Readonly<Partial<Record<AnswerTitle, AnswerExpectation>>>;

/** Each feature of all groups with its title. */
export function featuresOf<Title extends string>(
  groups: Readonly<Record<string, Features>>,
): readonly (readonly [title: Title, feature: Feature])[] {
  // The titles of the groups are those of the type.
  return Object.values(groups).flatMap((group) => Object.entries(group) as [Title, Feature][]);
}
