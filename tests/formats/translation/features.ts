/** All that is run, in the order in which people read it. */

import { CONTENT } from "./answers/content.ts";
import { ENDS, USAGE } from "./answers/ends.ts";
import { ERRORS } from "./answers/errors.ts";
import { CALLS } from "./answers/tools.ts";
import type { AnswerExpectation, Expectation } from "./expectation.ts";
import type { Feature, Features } from "./feature.ts";
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
import { overlaid } from "./responses/overlay.ts";
import { RESPONSES_OWN_TOOLS, RESPONSES_STATE } from "./responses/own.ts";
import { RESPONSES_REASONING, RESPONSES_SETTINGS } from "./responses/settings.ts";
import { RESPONSES_TOOL_CALLS, RESPONSES_TOOLS } from "./responses/tools.ts";

export const REQUESTS = {
  "Messages": overlaid(MESSAGES, RESPONSES_MESSAGES),
  "Images, documents, sound, files": overlaid(MEDIA, RESPONSES_MEDIA),
  "Marks for caches": overlaid(CACHE, RESPONSES_CACHE),
  "Tools": overlaid(TOOLS, RESPONSES_TOOLS),
  "Tools that Responses alone has": RESPONSES_OWN_TOOLS,
  "Calls of tools and their results": overlaid(TOOL_CALLS, RESPONSES_TOOL_CALLS),
  "Reasoning": overlaid(REASONING, RESPONSES_REASONING),
  "Settings": overlaid(SETTINGS, RESPONSES_SETTINGS),
  "What a provider of Responses keeps": RESPONSES_STATE,
} satisfies Readonly<Record<string, Features>>;

export const ANSWERS = {
  "Content": overlaid(CONTENT, RESPONSES_CONTENT),
  "Calls of tools": overlaid(CALLS, RESPONSES_CALLS),
  "Ends": overlaid(ENDS, RESPONSES_ENDS),
  "Counts": overlaid(USAGE, RESPONSES_USAGE),
  "Errors": overlaid(ERRORS, RESPONSES_ERRORS),
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
