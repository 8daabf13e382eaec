/**
 * Tells the HTTP status that the names and words of an error stand for.
 *
 * @module
 */

/** What the codes and types of OpenAI, OpenRouter, Venice, vLLM and Google stand for. */
const STATUS_BY_NAME: ReadonlyMap<string, number> = new Map([
  ["BadRequestError", 400],
  ["INVALID_ARGUMENT", 400],
  ["content_policy_violation", 400],
  ["context_length_exceeded", 400],
  ["invalid_prompt", 400],
  ["invalid_request", 400],
  ["invalid_request_error", 400],
  ["max_tokens_exceeded", 400],
  ["token_limit_exceeded", 400],
  ["unsupported_parameter", 400],
  ["unsupported_value", 400],
  ["API_KEY_INVALID", 401],
  ["UNAUTHENTICATED", 401],
  ["authentication", 401],
  ["authentication_error", 401],
  ["invalid_api_key", 401],
  ["billing_error", 402],
  ["payment_required", 402],
  ["PERMISSION_DENIED", 403],
  ["permission_denied", 403],
  ["permission_error", 403],
  ["NotFoundError", 404],
  ["model_not_found", 404],
  ["not_found", 404],
  ["not_found_error", 404],
  ["timeout", 408],
  ["payload_too_large", 413],
  ["unprocessable", 422],
  ["RESOURCE_EXHAUSTED", 429],
  ["credit_balance_exhausted", 429],
  ["insufficient_quota", 429],
  ["organization_spend_limit_exceeded", 429],
  ["organization_usage_limit_exceeded", 429],
  ["project_spend_limit_exceeded", 429],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["requests", 429],
  ["slow_down", 429],
  ["tokens", 429],
  ["InternalServerError", 500],
  ["api_error", 500],
  ["internal_server_error", 500],
  ["server", 500],
  ["server_error", 500],
  ["provider_unavailable", 502],
  ["UNAVAILABLE", 503],
  ["overloaded", 503],
  ["overloaded_error", 503],
  ["provider_overloaded", 503],
  ["server_is_overloaded", 503],
  ["service_unavailable_error", 503],
]);

/** What a code or type stands for. */
export function statusByName(name: string): number | undefined {
  return STATUS_BY_NAME.get(name);
}

/** The separators between the words of a code, which may be `InvalidParameter` or `invalid_parameter`. */
const GAP = "[ _.-]?";

function words(...alternatives: readonly string[]): RegExp {
  return new RegExp(alternatives.join("|").replaceAll("~", GAP), "i");
}

/** The first that fits counts: money is spoken of with limits, and a key with requests. */
const STATUS_BY_WORDS: readonly (readonly [status: number, words: RegExp])[] = [
  [
    402,
    words(
      "insufficient~(account~)?(balance|credits?|funds|quota)",
      "(balance|credits?|quota)( is| are| has been| have been)?( too)? (insufficient|exhausted|depleted|low|not enough)",
      "not enough (balance|credits?|money)",
      "out of (credits?|funds)",
      "arrear",
      "payment~(is )?required",
      "\\brecharge\\b",
      "欠费|余额不足",
    ),
  ],
  [
    401,
    words(
      "\\b(invalid|incorrect|wrong|expired|missing|unknown)~(api|access)~(key|token)",
      "\\b(api|access)~(key|token)( is| was)?( not valid|~invalid| incorrect| expired| missing| required)",
      "authentication (failed|failure|required)",
      "\\bunauthori[sz]ed\\b",
    ),
  ],
  [
    400,
    words(
      "\\bmax(imum)?~(input|prompt|tokens?\\b)",
      "\\binvalid~(param|argument|request\\b|request~error|input\\b|input~|prompt|json|message|image|schema|type|value)",
      "\\b(param|parameter|argument|input)s?~(error|invalid|missing)",
      "\\bmissing (a )?(required )?(param|field|argument)",
      "\\bfield required\\b",
      '(param|parameter|field|argument|property|\\w+") is (a )?required',
      "\\bunsupported~(param|value|field|content|image)",
      "\\bunrecognized (request )?(argument|field|key)",
      "\\bvalidation~error",
      "\\bbad~request\\b",
      "content~(policy|filter|management|moderation)",
      "data~inspection",
      "\\b(moderation|flagged)\\b",
      "(new_|contains? |(input|output) )sensitive",
      "参数(错误|无效|异常)|敏感",
    ),
  ],
  [
    404,
    words(
      "\\bmodel~not~(found|exist)",
      "\\bmodel\\b.{0,200}\\b(not found|(does|do)(es)? not exist|not exist|no longer available)",
      "\\b(no such|unknown|invalid)~model\\b",
      "模型不存在",
    ),
  ],
  [
    429,
    words(
      "rate~limit",
      "too~many~(requests|calls)",
      "throttl",
      "\\b[qr]pm\\b",
      "限流|频率|请求过多",
    ),
  ],
  [
    503,
    words(
      "overload",
      "\\bbusy\\b",
      "(at|over|out of|no|insufficient) capacity",
      "temporar(y|ily)",
      "(service|server|model|currently)( is| are)?~(un|not )available",
      "try again (later|in)",
      "繁忙|稍后",
    ),
  ],
  [504, words("timed out", "\\btime~?out\\b", "deadline exceeded")],
  [
    500,
    words(
      "internal~(server~)?(service~)?(error|failure)",
      "inference~(error|failed)",
      "unexpected error",
      "something went wrong",
      "server (had|has) an error",
      "系统(错误|异常)|内部错误",
    ),
  ],
];

/**
 * Of a request that no repetition makes shorter. It counts whatever code comes along: OpenAI says
 * `rate_limit_exceeded` where a single request is above the limit of a minute.
 */
const TOO_LONG = words(
  "context~(length|window)",
  "maximum context",
  "(prompt|input|request|messages?|payload|body)( is| are)? too (long|large|big)",
  "too many (input|prompt) tokens",
  "reduce (the )?(length|size)",
  "fewer max_tokens",
);

/** Longer texts repeat what they are about. */
const MAX_READ_CHARACTERS = 1_000;

/** What a sentence, with the code beside it, stands for; `undefined` where nothing of it is known. */
export function statusByWords(text: string): number | undefined {
  const read = text.slice(0, MAX_READ_CHARACTERS);
  return STATUS_BY_WORDS.find(([, pattern]) => pattern.test(read))?.[0];
}

/** Whether a sentence says that the request is too long. */
export function isTooLong(text: string): boolean {
  return TOO_LONG.test(text.slice(0, MAX_READ_CHARACTERS));
}
