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

export const REQUESTS = {
  "Messages": MESSAGES,
  "Images, documents, sound, files": MEDIA,
  "Marks for caches": CACHE,
  "Tools": TOOLS,
  "Calls of tools and their results": TOOL_CALLS,
  "Reasoning": REASONING,
  "Settings": SETTINGS,
} satisfies Readonly<Record<string, Features>>;

export const ANSWERS = {
  "Content": CONTENT,
  "Calls of tools": CALLS,
  "Ends": ENDS,
  "Counts": USAGE,
  "Errors": ERRORS,
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
