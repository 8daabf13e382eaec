/**
 * What is known of texts that are so long that to look at a single character of them takes long: they are
 * joined of their parts by whoever looks first.
 *
 * @module
 */

export interface LongText {
  /** Of the text in UTF-8, with its escapes. */
  readonly bytes: number;
  readonly beginning: string;
}

/** By the array or object that holds the text. */
const known = new WeakMap<object, Map<string | number, LongText>>();

export function noteLongText(holder: object, place: string | number, text: LongText): void {
  const texts = known.get(holder);
  if (texts === undefined) known.set(holder, new Map([[place, text]]));
  else texts.set(place, text);
}

export function longTextOf(holder: object, place: string | number): LongText | undefined {
  return known.get(holder)?.get(place);
}
