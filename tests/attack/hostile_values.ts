/**
 * Values of JSON that are not what a field is for: each is put in each field that is read. They are texts, since
 * `JSON.stringify` writes neither names twice nor numbers that no reader can hold.
 *
 * @module
 */

export interface HostileValue {
  readonly name: string;
  /** As it stands in the JSON. */
  readonly json: string;
}

const DEPTH = 120;

const VALUES: readonly (readonly [name: string, json: string])[] = [
  ["null", "null"],
  ["a boolean", "true"],
  ["another boolean", "false"],
  ["zero", "0"],
  ["a number below zero", "-1"],
  ["minus zero", "-0"],
  ["a fraction", "0.5"],
  ["a number beyond 2^53", "9007199254740993"],
  ["a number beyond 2^64", "18446744073709551616"],
  ["a number beyond all", "1e999"],
  ["a number of 2,000 digits", "9".repeat(2_000)],
  ["an empty text", `""`],
  ["a text", `"text"`],
  ["a number as text", `"1"`],
  ["a lone surrogate", `"\\ud800"`],
  ["a NUL", `"a\\u0000b"`],
  ["an event of a stream", `"x\\n\\ndata: [DONE]\\n\\n"`],
  ["markup", `"<script>alert(1)</script>"`],
  ["an empty list", "[]"],
  ["a list of null", "[null]"],
  ["a list of lists", "[[[]]]"],
  ["a list of numbers", "[1,-1,1e999]"],
  ["a list of 2,000", `[${"{},".repeat(1_999)}{}]`],
  ["an empty object", "{}"],
  ["a member without a name", `{"":{}}`],
  ["__proto__", `{"__proto__":{"type":"text","text":"evil"}}`],
  ["methods of every object", `{"toString":null,"hasOwnProperty":1,"then":{},"toJSON":[]}`],
  ["a name twice", `{"type":"text","type":"image","text":"a","text":1}`],
  ["depth", `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`],
  ["depth of objects", `${`{"a":`.repeat(DEPTH)}1${"}".repeat(DEPTH)}`],
];

export const HOSTILE_VALUES: readonly HostileValue[] = VALUES.map(([name, json]) => ({
  name,
  json,
}));

/** A place within a value: names of members and indexes. */
export type Place = readonly (string | number)[];

/** Every place in a value, inner ones behind outer ones; the value itself is the first. */
export function placesOf(value: unknown, place: Place = []): readonly Place[] {
  if (typeof value !== "object" || value === null) return [place];
  const inner = Array.isArray(value)
    ? value.flatMap((each, index) => placesOf(each, [...place, index]))
    : Object.entries(value).flatMap(([name, each]) => placesOf(each, [...place, name]));
  return [place, ...inner];
}

/** Those of them where a text stands. */
export function textPlacesOf(value: unknown): readonly Place[] {
  return placesOf(value).filter((place) => {
    const found = place.reduce<unknown>(
      (inner, step) => (inner as Readonly<Record<string, unknown>>)[step],
      value,
    );
    return typeof found === "string";
  });
}

/** A place in words. */
export function shown(place: Place): string {
  return place.join(".") || "all of it";
}

/** What may be wrong in one place of a value: each of these is there instead, or nothing is. */
export function wrongAt(
  value: unknown,
  place: Place,
  values: readonly HostileValue[],
): readonly HostileValue[] {
  return [
    ...values.map(({ name, json }) => ({
      name: `${name} in place of ${shown(place)}`,
      json: jsonWith(value, place, json),
    })),
    ...(place.length === 0 ? [] : [{
      name: `nothing in place of ${shown(place)}`,
      json: JSON.stringify(without(value, place)),
    }]),
  ];
}

const MARK = "\u0001place\u0001";

/** The JSON of a value with this text in that place. */
export function jsonWith(value: unknown, place: Place, json: string): string {
  return JSON.stringify(replaced(value, place)).replace(JSON.stringify(MARK), () => json);
}

function replaced(value: unknown, [first, ...rest]: Place): unknown {
  if (first === undefined) return MARK;
  if (Array.isArray(value)) {
    return value.map((each, index) => index === first ? replaced(each, rest) : each);
  }
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [first]: replaced(members[first], rest) };
}

function without(value: unknown, [first, ...rest]: Place): unknown {
  const isLast = rest.length === 0;
  if (Array.isArray(value)) {
    return isLast
      ? value.filter((_, index) => index !== first)
      : value.map((each, index) => index === first ? without(each, rest) : each);
  }
  const members = Object.entries(value as object);
  return Object.fromEntries(
    members.flatMap(([name, each]) =>
      name !== first ? [[name, each]] : isLast ? [] : [[name, without(each, rest)]]
    ),
  );
}
