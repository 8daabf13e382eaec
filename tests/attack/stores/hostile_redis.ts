/** What somebody in Redis's place may answer. */

export interface HostileReply {
  readonly name: string;
  /** As it stands on the wire; `undefined` for none. */
  readonly wire: string | undefined;
}

const BIG = 300_000;
const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;

const REPLIES: readonly (readonly [name: string, wire: string | undefined])[] = [
  ["no answer", undefined],
  ["nil", "$-1\r\n"],
  ["no list", "*-1\r\n"],
  ["an empty list", "*0\r\n"],
  ["an empty text", "$0\r\n\r\n"],
  ["OK", "+OK\r\n"],
  ["zero", ":0\r\n"],
  ["one", ":1\r\n"],
  ["a number below zero", ":-1\r\n"],
  ["a number beyond 2^53", ":9223372036854775807\r\n"],
  ["no number", ":NaN\r\n"],
  ["a fraction", ":1.5\r\n"],
  ["a text", bulk("evil")],
  ["a number as text", bulk("1")],
  ["JSON", bulk(`{"allowed":true}`)],
  ["a list of nil", "*3\r\n$-1\r\n$-1\r\n$-1\r\n"],
  ["a list of texts", `*3\r\n${bulk("a")}${bulk("b")}${bulk("c")}`],
  ["a list of lists", "*1\r\n*1\r\n*1\r\n:1\r\n"],
  ["a list of huge numbers", "*3\r\n:9223372036854775807\r\n:9223372036854775807\r\n:1\r\n"],
  ["a list of numbers below zero", "*3\r\n:-1\r\n:-1\r\n:-1\r\n"],
  ["a list that is too short", "*1\r\n:1\r\n"],
  ["a list that is too long", `*1000\r\n${":1\r\n".repeat(1_000)}`],
  ["a list of texts that are numbers", `*3\r\n${bulk("1")}${bulk("1e999")}${bulk("NaN")}`],
  ["an error", "-ERR evil\r\n"],
  ["an error of a script", "-NOSCRIPT No matching script.\r\n"],
  ["an error of rights", "-NOPERM this user has no permissions\r\n"],
  ["an error of a password", "-NOAUTH Authentication required.\r\n"],
  ["an error of a replica", "-READONLY You can't write against a read only replica.\r\n"],
  ["an error of a cluster", "-MOVED 1 169.254.169.254:6379\r\n"],
  ["an error while it loads", "-LOADING Redis is loading the dataset in memory\r\n"],
  ["an error of memory", "-OOM command not allowed when used memory > 'maxmemory'.\r\n"],
  ["an error of a wrong type", "-WRONGTYPE Operation against a key\r\n"],
  ["an error with escapes", "-ERR \x1b[2J\x07 evil\r\n"],
  ["an error with markup", `-ERR <script>alert(1)</script>"}\r\n`],
  ["a long error", `-ERR ${"e".repeat(BIG)}\r\n`],
  ["a long text", bulk("x".repeat(BIG))],
  ["half a text", "$100\r\nhalf"],
  ["a text that is longer than it says", "$1\r\nlong\r\n"],
  ["a length below zero", "$-5\r\n"],
  ["a length beyond all", "$99999999999\r\n"],
  ["a list's length beyond all", "*99999999\r\n"],
  ["lists within each other", "*1\r\n".repeat(5_000)],
  ["a word that is none", "!evil\r\n"],
  ["another protocol", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"],
  ["noise", "\x00\xff\xfe\r\n\r\n\x01"],
  ["two answers", ":1\r\n:1\r\n"],
  ["many answers", ":1\r\n".repeat(2_000)],
  ["a message of a channel", `*3\r\n${bulk("message")}${bulk("a")}${bulk("b")}`],
  ["the end", ""],
];

export const HOSTILE_REPLIES: readonly HostileReply[] = REPLIES.map(([name, wire]) => ({
  name,
  wire,
}));
