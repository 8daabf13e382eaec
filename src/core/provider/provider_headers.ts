/**
 * Headers of an upstream that its client may see, names in lower case. An allow-list: what a provider adds
 * tomorrow (account data, cookies, its own address) stays inside.
 */
export const PROVIDER_HEADERS: ReadonlySet<string> = new Set([
  "openai-processing-ms",
  "openai-version",
  "retry-after",
  "retry-after-ms",
  "x-generation-id",
  "x-provider-name",
  "x-ratelimit-limit-requests",
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-remaining-tokens",
  "x-ratelimit-reset-requests",
  "x-ratelimit-reset-tokens",
  "x-should-retry",
]);
