/** Models that are asked. What a model takes is Claude's own matter: others are asked for anything. */

/** Thinks by a budget, takes one number of sampling, and no later system message. */
export const OLDER = "claude-haiku-4-5";

/** Thinks as much as it wants, and takes no numbers of sampling. */
export const NEWEST = "claude-opus-5-5";

/** Takes all numbers of sampling, and does not think. */
export const OLDEST = "claude-3-5-haiku-latest";
