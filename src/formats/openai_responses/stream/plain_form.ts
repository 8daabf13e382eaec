/**
 * An event's data without what differs from event to event and says nothing of the answer: its number, and what
 * OpenAI pads it with against those who watch how long events are.
 *
 * @module
 */

const NUMBER = `"sequence_number":`;
const PADDING = `,"obfuscation":"`;

const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** Quotes within a text are escaped, so that no text of the model looks like either. */
export function plainForm(data: string): string {
  const number = data.indexOf(NUMBER);
  if (number === -1) return data;
  const start = number + NUMBER.length;
  let end = start;
  while (isDigit(data.charCodeAt(end))) end++;
  const padding = data.lastIndexOf(PADDING);
  const isLast = padding > end && data.indexOf(`"`, padding + PADDING.length) === data.length - 2;
  return isLast
    ? `${data.slice(0, start)}0${data.slice(end, padding)}}`
    : `${data.slice(0, start)}0${data.slice(end)}`;
}

function isDigit(code: number): boolean {
  return code >= DIGIT_0 && code <= DIGIT_9;
}
