/**
 * The prompt was longer than the model takes.
 *
 * Claude Code asks for less output, or shortens the conversation, by the words and numbers of the message.
 *
 * @module
 */

interface FailedCall {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What clients take for it already, whoever says it. */
const KNOWN_WORDS =
  /prompt is too long|input is too long|exceed context limit|maximum context length|exceeds the context window|maximum prompt length|reduce the length of the (?:messages|prompt)|context_length_exceeded/i;

/** "...maximum context length is 8192 tokens. However, you requested 9000 tokens (5000 in the messages, 4000 in the completion)" */
const LIMIT = /maximum context length (?:is|of) ([\d,]+)/i;
const PROMPT_AND_OUTPUT =
  /\(?([\d,]+) (?:tokens )?(?:in|of|from) (?:the |your )?(?:messages|prompt|text input|input)[^\d]+([\d,]+) (?:tokens )?(?:in|for|of) the (?:completion|output)/i;
const PROMPT =
  /(?:messages|prompt|input|request)[^\d.]{0,40} (?:resulted in|contains?(?: at least)?|has|is) ([\d,]+)/i;

/**
 * Whether a failed call means that. A rate limit on tokens never does, however it is worded; a status of the
 * server's own does (servers in front of vLLM).
 */
export function isOverflow({ status, code, message }: FailedCall): boolean {
  if (code === "context_length_exceeded") return true;
  const canMeanIt = status === 400 || status === 413 || status === 422 || status >= 500;
  return canMeanIt && KNOWN_WORDS.test(message);
}

/** The message with the words, and the numbers where it names them; itself where it has Anthropic's own. */
export function overflowMessage(message: string): string {
  if (/prompt is too long|exceed context limit/i.test(message)) return message;
  const limit = numberIn(LIMIT.exec(message)?.[1]);
  const both = PROMPT_AND_OUTPUT.exec(message);
  const prompt = numberIn(both?.[1] ?? PROMPT.exec(message)?.[1]);
  const output = numberIn(both?.[2]);
  if (limit === undefined || prompt === undefined) {
    return KNOWN_WORDS.test(message) ? message : `prompt is too long: ${message}`;
  }
  if (output !== undefined && prompt < limit) {
    return `input length and \`max_tokens\` exceed context limit: ` +
      `${prompt} + ${output} > ${limit}. ${message}`;
  }
  if (prompt <= limit) return message;
  return `prompt is too long: ${prompt} tokens > ${limit} maximum. ${message}`;
}

function numberIn(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const number = Number(digits.replaceAll(",", ""));
  return Number.isSafeInteger(number) ? number : undefined;
}
