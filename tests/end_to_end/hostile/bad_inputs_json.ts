/** Bodies that are no JSON, or more JSON than is good for a parser. */

import {
  type BadInput,
  chat,
  GOOD_BODY,
  invalidJson,
  passes,
  refused,
  withMember,
} from "./bad_input.ts";

const MESSAGES = `"messages":[{"role":"user","content":"hi"}]`;
const inContent = (content: string): string =>
  `{"model":"m","messages":[{"role":"user","content":${content}}]}`;
const tooDeep = refused(400, "json_too_deep");
const twice = refused(400, "duplicate_field");

/** Text that almost is JSON. */
const ALMOST: readonly (readonly [name: string, body: string])[] = [
  ["nothing", ""],
  ["white space", " \r\n\t "],
  ["null", "null"],
  ["a boolean", "true"],
  ["a number", "1"],
  ["a string", `"text"`],
  ["an array", `[${GOOD_BODY}]`],
  ["a comma at the end", GOOD_BODY.replace(/}$/, ",}")],
  ["a comma too many", GOOD_BODY.replace(",", ",,")],
  ["single quotes", GOOD_BODY.replaceAll(`"`, "'")],
  ["a comment", `/* hi */${GOOD_BODY}`],
  ["names without quotes", `{model:"m",${MESSAGES}}`],
  ["NaN", withMember(`"seed":NaN`)],
  ["Infinity", withMember(`"seed":-Infinity`)],
  ["undefined", withMember(`"seed":undefined`)],
  ["a hexadecimal number", withMember(`"seed":0x10`)],
  ["a number with a zero in front", withMember(`"seed":010`)],
  ["a number with a plus", withMember(`"seed":+1`)],
  ["a number that begins with its point", withMember(`"top_p":.5`)],
  ["a number that ends with its point", withMember(`"top_p":1.`)],
  ["an exponent without digits", withMember(`"top_p":1e`)],
  ["two objects", GOOD_BODY + GOOD_BODY],
  ["two lines", `${GOOD_BODY}\n${GOOD_BODY}`],
  ["half an object", GOOD_BODY.slice(0, 30)],
  ["half an escape", inContent(`"\\u00"`)],
  ["an escape that is none", inContent(`"\\x41"`)],
  ["a string without end", inContent(`"hi`)],
  ["a backslash at the end", `${GOOD_BODY.slice(0, 40)}\\`],
  ["a line break in a string", inContent(`"a\nb"`)],
  ["a NUL in a string", inContent(`"a\0b"`)],
  ["an escape sequence in a string", inContent(`"\x1b[2J"`)],
  ["a NUL after the object", `${GOOD_BODY}\0`],
  ["a NUL in place of the colon", GOOD_BODY.replace(":", "\0")],
  ["a vertical tab as white space", `\v${GOOD_BODY}`],
  ["a no-break space as white space", `\u00a0${GOOD_BODY}`],
  ["a line separator as white space", `${GOOD_BODY}\u2028`],
  ["quotes of a word processor", GOOD_BODY.replaceAll(`"`, "\u201c")],
  ["wide braces", `\uff5b${GOOD_BODY.slice(1, -1)}\uff5d`],
  ["a form", "model=m&messages=hi"],
  ["XML", `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`],
  ["YAML", "model: m\nmessages: !!python/object/apply:os.system [ls]"],
  ["a script", `callback(${GOOD_BODY})`],
  ["a guard against scripts", `)]}'\n${GOOD_BODY}`],
  ["a multipart body", `--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n`],
];

const utf16 = (text: string, isLittle: boolean): Uint8Array =>
  Uint8Array.from(
    [...text].flatMap((character) => {
      const code = character.charCodeAt(0);
      return isLittle ? [code & 255, code >> 8] : [code >> 8, code & 255];
    }),
  );
/** A good body with these bytes as its content. */
const withBytes = (...bytes: number[]): Uint8Array => {
  const [before = "", after = ""] = inContent(`"|"`).split("|");
  const encoder = new TextEncoder();
  return new Uint8Array([...encoder.encode(before), ...bytes, ...encoder.encode(after)]);
};

/** Bytes that are no UTF-8. */
const ENCODINGS: readonly (readonly [name: string, body: Uint8Array | string])[] = [
  ["a byte order mark", `\ufeff${GOOD_BODY}`],
  ["UTF-16, little end first", utf16(`\ufeff${GOOD_BODY}`, true)],
  ["UTF-16, big end first", utf16(`\ufeff${GOOD_BODY}`, false)],
  ["UTF-16 without a mark", utf16(GOOD_BODY, true)],
  ["Latin-1", withBytes(0xe9)],
  ["Windows-1252", withBytes(0x93, 0x94)],
  ["Shift JIS", withBytes(0x83, 0x65)],
  ["a slash in two bytes", withBytes(0xc0, 0xaf)],
  ["a NUL in two bytes", withBytes(0xc0, 0x80)],
  ["a quote in three bytes", withBytes(0xe0, 0x80, 0xa2)],
  ["half a surrogate pair", withBytes(0xed, 0xa0, 0x80)],
  ["a surrogate pair", withBytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
  ["a character beyond the last", withBytes(0xf4, 0x90, 0x80, 0x80)],
  ["a character in five bytes", withBytes(0xf8, 0x88, 0x80, 0x80, 0x80)],
  ["a character that breaks off", withBytes(0xe2, 0x82)],
  ["a byte that only goes on", withBytes(0x80)],
  ["bytes that never occur", withBytes(0xfe, 0xff)],
  ["MessagePack", Uint8Array.of(0x82, 0xa5, 0x6d, 0x6f, 0x64, 0x65, 0x6c, 0xa1, 0x6d)],
  ["CBOR", Uint8Array.of(0xd9, 0xd9, 0xf7, 0xa1, 0x65, 0x6d, 0x6f, 0x64, 0x65, 0x6c, 0x61, 0x6d)],
];

const LEVELS = 100_000;

/** Deep, many, or long. */
const BOMBS: readonly BadInput[] = [
  chat(
    "129 arrays within each other",
    withMember(`"a":${"[".repeat(129)}${"]".repeat(129)}`),
    tooDeep,
  ),
  chat("129 objects within each other", `${`{"a":`.repeat(129)}1${"}".repeat(129)}`, tooDeep),
  chat("arrays that are never closed", "[".repeat(LEVELS), tooDeep),
  chat("objects that are never closed", `{"a":`.repeat(LEVELS), tooDeep),
  chat("arrays and objects in turn", `[{"a":`.repeat(LEVELS), tooDeep),
  chat("depth in a message", inContent(`${"[".repeat(LEVELS)}${"]".repeat(LEVELS)}`), tooDeep),
  chat(
    "depth behind a string that looks like its end",
    inContent(`["]]]]\\"]]", ${"[".repeat(200)}`),
    tooDeep,
  ),
  chat("closing brackets alone", "]".repeat(LEVELS), invalidJson),
  chat("more closed than opened, then depth", `${"]".repeat(99)}${"[".repeat(99)}`, invalidJson),
  chat("as deep as may be", withMember(`"a":${"[".repeat(127)}${"]".repeat(127)}`), passes),
  chat("brackets within a string", inContent(`"${"[{".repeat(LEVELS)}"`), passes),
  chat(
    "too many keys",
    withMember(`"a":{${Array.from({ length: 100_000 }, (_, at) => `"${at}":0`)}}`),
    refused(400, "json_too_many_keys"),
  ),
  chat(
    "too many keys in many objects",
    withMember(`"a":[${`{"b":{"c":0}},`.repeat(50_001)}0]`),
    refused(400, "json_too_many_keys"),
  ),
  chat(
    "too many values",
    withMember(`"a":[${"0,".repeat(1_000_000)}0]`),
    refused(400, "json_too_many_values"),
  ),
  chat(
    "too many empty objects",
    withMember(`"a":[${"{},".repeat(500_001)}{}]`),
    refused(400, "json_too_many_values"),
  ),
  chat("many commas", ",".repeat(1_000_001), refused(400, "json_too_many_values")),
  chat("a number of a million digits", withMember(`"seed":${"9".repeat(1_000_000)}`), passes),
  chat("a fraction of a million digits", withMember(`"top_p":0.${"1".repeat(1_000_000)}`), passes),
  chat("a number beyond all others", withMember(`"seed":1e999999`), passes),
  chat("a name of a million characters", withMember(`"${"a".repeat(1_000_000)}":1`), passes),
  chat("a million escapes", inContent(`"${"\\u0000".repeat(500_000)}"`), passes),
  chat("many backslashes", inContent(`"${"\\\\".repeat(500_000)}"`), passes),
];

/** Names that mean something else to somebody else. */
const NAMES: readonly BadInput[] = [
  chat("the model twice", `{"model":"m","model":"other",${MESSAGES}}`, twice),
  chat("the model twice, once escaped", `{"model":"m","mod\\u0065l":"other",${MESSAGES}}`, twice),
  chat("the model in another case", `{"model":"m","Model":"other",${MESSAGES}}`, twice),
  chat("the messages twice", `{"model":"m",${MESSAGES},${MESSAGES}}`, twice),
  chat("whether to stream twice", withMember(`"stream":false,"stream":true`), twice),
  chat("__proto__ twice", withMember(`"__proto__":1,"__proto__":2`), twice),
  chat("a name twice further in", withMember(`"metadata":{"a":1,"a":2}`), passes),
  chat("__proto__", withMember(`"__proto__":{"model":"evil","stream":true}`), passes),
  chat("constructor", withMember(`"constructor":{"prototype":{"stream":true}}`), passes),
  chat(
    "toString and others",
    withMember(`"toString":1,"hasOwnProperty":1,"toJSON":1,"then":1`),
    passes,
  ),
  chat(
    "the model in __proto__ alone",
    `{"__proto__":{"model":"m"},${MESSAGES}}`,
    refused(400, "missing_required_parameter"),
  ),
  chat("the empty name", withMember(`"":1`), passes),
];

export const badJson: readonly BadInput[] = [
  ...ALMOST.map(([name, body]) => chat(`${name} as the body`, body, invalidJson)),
  ...ENCODINGS.map(([name, body]) => chat(name, body, invalidJson)),
  ...BOMBS,
  ...NAMES,
];
