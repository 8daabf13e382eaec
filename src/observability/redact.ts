/**
 * Takes secrets out of text that came from outside, before it is logged or handed to a client (T57).
 *
 * Two nets: values that are known, which are certain, and patterns, for keys that nobody told Weir of.
 * Every pattern takes time in proportion to the text: a repetition is bounded, or begins only where a
 * word does.
 *
 * @module
 */

import {
  type LearningRedactor,
  type Redact,
  REDACTED,
  type Redactor,
} from "../core/text/redactor.ts";

/** What of the configuration must not be shown. */
export interface Confidential {
  /** Keys and passwords. */
  readonly secrets: readonly string[];
  /** Addresses of upstreams; only clients are not to see their hosts. */
  readonly addresses: readonly string[];
}

/** What ids of requests are made of: no pattern fits such a text, and it is looked at for each call. */
const HEXADECIMAL = /^[\da-f-]+$/;
const HOST_MASK = "[host]";

/** Shorter ones are in too many words to be taken out of them. */
const MIN_SECRET_CHARACTERS = 4;
/** From here on a secret is taken out of the middle of a word as well. */
const LONG_SECRET_CHARACTERS = 8;
/** From here on it is known by its beginning and its end alone, as providers like to show it. */
const QUOTED_SECRET_CHARACTERS = 12;
/** Longer ones, such as certificates, are looked for as they are: V8 takes no pattern of 60,000 characters. */
const LONGEST_IN_PATTERN_CHARACTERS = 8_192;

/** So much of a secret's beginning is taken out where a text ends with it. */
const CUT_SECRET_CHARACTERS = 6;
/** No text is cut to fewer. */
const SHORTEST_CUT_CHARACTERS = 100;

const WORD_START = String.raw`(?<![\w-])`;
const NO_QUOTE = String.raw`[^\s"'\`,;<>\\]`;

/** The groups are what is kept. */
const PATTERNS = [
  // In the query of an address.
  String
    .raw`([?&;](?:api[-_]?)?[Kk]ey=|[?&;](?:access_?|auth_?)?token=|[?&;]secret=)[^\s&#"'<>\\]+`,
  // A user and a password in an address.
  String.raw`(:\/\/)[^\s\/@:"'<>]{0,256}:[^\s\/@"'<>]{1,256}(?=@)`,
  // The value of `Authorization`. In "Bearer authentication" it is a word, without digits or such capitals.
  String
    .raw`(\b(?:[Bb]earer|[Bb]asic)[ :=]{1,16})(?=${NO_QUOTE}{0,64}(?:[\d*=]|[a-z][A-Z]))${NO_QUOTE}{6,}`,
  // Keys of providers by how they begin, also where the middle is left out.
  String.raw`${WORD_START}(?:sk|pk|rk)-(?=[\w-]*(?:\d|\*|…|\.\.))[\w*.…-]{6,}`,
  String.raw`${WORD_START}(?:sk|pk|rk)_(?:live|test)_\w{8,}`,
  String
    .raw`${WORD_START}(?:weir_|gsk_|hf_|r8_|fw_|xai-|pplx-|nvapi-|gh[opsu]_|github_pat_|glpat-|AIza|AKIA)[\w-]{16,}`,
  // A JSON Web Token.
  String.raw`${WORD_START}eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?`,
  // Any word with asterisks in place of its middle.
  String.raw`${WORD_START}[\w-]{1,64}\*{3,}[\w*-]{0,64}`,
];

/** Frames of a stack, one a line, as JavaScript and Python print them. */
const STACK =
  /\n[ \t]{1,16}at [^\n]{1,500}:\d+\)?(?=\n|$)|\n?Traceback \(most recent call last\):[\s\S]*|\n[ \t]{1,16}File "[^\n"]{1,500}", line \d+[^\n]*/g;
/** Addresses within a network, which say nothing to anyone outside it. */
const INNER_ADDRESS =
  /(?<![\w.-])(?:10\.\d{1,3}|127\.\d{1,3}|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.\d{1,3}(?!\.?\d)(?::\d{1,5})?/g;
/** Names and addresses of machines. */
const ANY_HOST = /(?<![\w.-])(?:[\w-]{1,63}\.){1,32}(?:\d{1,3}|[a-z]{2,63})\b(?::\d{1,5})?/gi;
/** A word that is long and has a digit, or begins as keys do. */
const ANY_TOKEN = /(?<![\w-])(?:(?:sk|pk|key)[-_][^\s"']+|(?=[\w-]*\d)[\w-]{20,})/gi;

/** Most secrets that are learnt; with the next one the oldest is forgotten. */
const MAX_LEARNT = 16;

export function createRedactor(confidential: Confidential): LearningRedactor {
  const { secrets } = confidential;
  let current = redactorOf(confidential);
  let learnt: readonly string[] = [];
  return {
    forLog: (text) => current.forLog(text),
    forHeader: (text) => current.forHeader(text),
    forClient: (text) => current.forClient(text),
    forClientOfPage: (text) => current.forClientOfPage(text),
    learn: (secret) => {
      if (secrets.includes(secret) || learnt.includes(secret)) return;
      learnt = [...learnt, secret].slice(-MAX_LEARNT);
      current = redactorOf({ ...confidential, secrets: [...secrets, ...learnt] });
    },
  };
}

function redactorOf({ secrets, addresses }: Confidential): Redactor {
  const values = [...new Set(secrets)]
    .filter((secret) => secret.length >= MIN_SECRET_CHARACTERS)
    // The longest first: one may be the beginning of another.
    .sort((left, right) => right.length - left.length);
  const isLong = ({ length }: string): boolean => length > LONGEST_IN_PATTERN_CHARACTERS;
  const long = values.filter(isLong);
  const maskLong: Redact = (text) =>
    long.reduce((masked, secret) => masked.replaceAll(secret, REDACTED), text);
  const known = values.filter((secret) => !isLong(secret)).flatMap(formsOf);
  const pattern = new RegExp([...PATTERNS, ...known].join("|"), "g");
  const shortest = Math.min(LONG_SECRET_CHARACTERS, values.at(-1)?.length ?? Infinity);
  // By what a secret may be known at the least.
  const isHexadecimal = values.some((value) => HEXADECIMAL.test(value.slice(0, 3)));
  const forLog: Redact = (text) => {
    if (text.length < shortest || (!isHexadecimal && HEXADECIMAL.test(text))) return text;
    return maskCutSecret(maskLong(text).replace(pattern, `$1$2$3${REDACTED}`), values);
  };
  const knownPattern = new RegExp(known.join("|"), "g");
  const hosts = hostsPattern(addresses);
  const forClient: Redact = (text) => {
    const shown = forLog(text).replace(STACK, "").replace(INNER_ADDRESS, HOST_MASK);
    return hosts === undefined ? shown : shown.replace(hosts, HOST_MASK);
  };
  return {
    forLog,
    forHeader: (text) => {
      if (text.length < shortest) return text;
      const shown = maskLong(text);
      return known.length === 0 ? shown : shown.replace(knownPattern, REDACTED);
    },
    forClient,
    forClientOfPage: (text) =>
      forClient(text).replace(ANY_HOST, HOST_MASK).replace(ANY_TOKEN, REDACTED),
  };
}

/** Takes the beginning of a secret off the end of a text that was cut there, by whomever. */
function maskCutSecret(text: string, secrets: readonly string[]): string {
  if (text.length < SHORTEST_CUT_CHARACTERS) return text;
  let end = text.length;
  for (const secret of secrets) {
    if (secret.length < LONG_SECRET_CHARACTERS) continue;
    const start = text.indexOf(
      secret.slice(0, CUT_SECRET_CHARACTERS),
      Math.max(0, text.length - secret.length),
    );
    if (start >= 0 && secret.startsWith(text.slice(start))) end = Math.min(end, start);
  }
  return end === text.length ? text : text.slice(0, end) + REDACTED;
}

/** As it is, as it stands in an address, and with its middle left out. */
function formsOf(secret: string): readonly string[] {
  const forms = [...new Set([secret, encodeURIComponent(secret)])].map(literal);
  if (secret.length < LONG_SECRET_CHARACTERS) {
    return forms.map((form) => `${WORD_START}${form}(?![\\w-])`);
  }
  if (secret.length < QUOTED_SECRET_CHARACTERS) return forms;
  const gap = String.raw`[\w-]{0,64}(?:\*{2,}|\.{2,}|…)[\w-]{0,64}`;
  return [
    ...forms,
    `${literal(secret.slice(0, 6))}${gap}`,
    `${literal(secret.slice(0, 3))}${gap}${literal(secret.slice(-2))}`,
  ];
}

function hostsPattern(addresses: readonly string[]): RegExp | undefined {
  const hosts = addresses.flatMap((address) => {
    if (!URL.canParse(address)) return [];
    const { hostname } = new URL(address);
    // A name without a dot may be any word: it is one of a host only in an address or before a port.
    return /[.:]/.test(hostname)
      ? [`(?<![\\w.-])${literal(hostname)}(?::\\d{1,5})?(?![\\w-])`]
      : [`(?<=//)${literal(hostname)}(?::\\d{1,5})?`, `(?<![\\w.-])${literal(hostname)}:\\d{2,5}`];
  });
  return hosts.length === 0 ? undefined : new RegExp([...new Set(hosts)].join("|"), "gi");
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
