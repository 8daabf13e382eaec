/** Fields that OpenAI's chats and its Responses have alike, for providers that take what OpenAI takes. */

export const SHARED_FIELDS: ReadonlySet<string> = new Set([
  "metadata",
  "prompt_cache_key",
  "prompt_cache_retention",
  "service_tier",
  "store",
]);
