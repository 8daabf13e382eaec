/** What is found without telling how it looks, each with a check of its own where there is one. */

export interface Rule {
  /** A regular expression without look-around, anchors and back references. */
  readonly pattern: string;
  readonly ignoresCase: boolean;
  /** It begins and ends where a word does. */
  readonly isWhole: boolean;
  /** Whether what fits is really one. */
  readonly check?: (text: string) => boolean;
}

const whole = (pattern: string, check?: Rule["check"]): Rule => ({
  pattern,
  ignoresCase: false,
  isWhole: true,
  ...(check !== undefined && { check }),
});

/** A key begins as its maker's keys do, and has an end that nobody could guess. */
const SECRETS: readonly Rule[] = [
  whole(String.raw`(?:sk|pk|rk)-[A-Za-z0-9_-]{16,200}`),
  whole(String.raw`(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,200}`),
  whole(String.raw`(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,100}`),
  whole(String.raw`github_pat_[A-Za-z0-9_]{30,100}`),
  whole(String.raw`glpat-[A-Za-z0-9_-]{20,60}`),
  whole(String.raw`xox[abeprs]-[A-Za-z0-9-]{10,100}`),
  whole(String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}`),
  whole(String.raw`AIza[A-Za-z0-9_-]{35}`),
  whole(String.raw`hf_[A-Za-z0-9]{30,60}`),
  whole(String.raw`weir_[A-Za-z0-9_-]{43}`),
  whole(String.raw`eyJ[A-Za-z0-9_-]{10,400}\.[A-Za-z0-9_-]{10,400}\.[A-Za-z0-9_-]{10,180}`),
  { ...whole(String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----`), isWhole: false },
];

export const KNOWN_PATTERNS = {
  secret: SECRETS,
  email: [
    whole(
      String
        .raw`[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}`,
    ),
  ],
  credit_card: [whole(String.raw`[2-6][0-9](?:[ -]?[0-9]){11,17}`, isLuhn)],
  iban: [whole(String.raw`[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}`, isIban)],
} as const satisfies Readonly<Record<string, readonly Rule[]>>;

export type KnownPattern = keyof typeof KNOWN_PATTERNS;

/** ISO/IEC 7812: from the right, every second digit counts twice. */
export function isLuhn(text: string): boolean {
  const digits = [...text].filter((character) => /\d/.test(character)).map(Number);
  if (digits.length < 13 || digits.length > 19) return false;
  const sum = digits.reverse().reduce((sum, digit, index) => {
    const counted = index % 2 === 0 ? digit : 2 * digit;
    return sum + (counted > 9 ? counted - 9 : counted);
  }, 0);
  return sum % 10 === 0;
}

/** ISO 13616: the country's first four characters moved to the end, letters as numbers, is 1 modulo 97. */
export function isIban(text: string): boolean {
  const account = text.replaceAll(" ", "");
  if (account.length < 15 || account.length > 34) return false;
  const moved = account.slice(4) + account.slice(0, 4);
  let rest = 0;
  for (const character of moved) {
    const value = parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
