/**
 * What Claude's models take, by their names; as data, because each version takes something else.
 *
 * A name that is none of Claude's belongs to somebody who speaks the format: there the oldest and plainest
 * form of everything is used.
 *
 * @module
 */

/** What a request for a model may hold. */
export interface ModelTraits {
  /** The most that it writes, which it refuses to be asked more than. */
  readonly maxOutputTokens: number;
  /** `temperature` and `top_p` both, one of them, or neither. */
  readonly sampling: "both" | "one" | "none";
  /** How it is told to think: as much as it wants, up to a number of tokens, either, or not at all. */
  readonly thinking: "adaptive" | "budget" | "either" | "none";
  /** `thinking.display`, by which thinking stays unseen. */
  readonly hidesThinking: boolean;
  /** The words that `output_config.effort` may be; none where it has no such field. */
  readonly efforts: readonly string[];
  /** `output_config.format` and `strict` of tools. */
  readonly hasStructuredOutput: boolean;
  /** A message with the role `system` may stand between others, without a beta. */
  readonly takesLaterSystem: boolean;
}

interface Row {
  /** Families, or all. */
  readonly family: RegExp;
  /** From this version on, as 4.6 for `4-6`. */
  readonly version: number;
  readonly traits: Partial<ModelTraits>;
}

const OTHERS: ModelTraits = {
  maxOutputTokens: 8_192,
  sampling: "both",
  thinking: "budget",
  hidesThinking: false,
  efforts: [],
  hasStructuredOutput: false,
  takesLaterSystem: false,
};

/** Each row adds to those before it. */
const ROWS: readonly Row[] = [
  { family: /./, version: 0, traits: { maxOutputTokens: 4_096, thinking: "none" } },
  { family: /./, version: 3.5, traits: { maxOutputTokens: 8_192 } },
  { family: /./, version: 3.7, traits: { maxOutputTokens: 64_000, thinking: "budget" } },
  { family: /opus/, version: 4, traits: { maxOutputTokens: 32_000 } },
  { family: /./, version: 4.1, traits: { sampling: "one", hasStructuredOutput: true } },
  { family: /./, version: 4.5, traits: { hidesThinking: true } },
  {
    family: /opus/,
    version: 4.5,
    traits: { maxOutputTokens: 64_000, efforts: ["low", "medium", "high"] },
  },
  {
    family: /opus|sonnet/,
    version: 4.6,
    traits: { thinking: "either", efforts: ["low", "medium", "high", "max"] },
  },
  { family: /opus/, version: 4.6, traits: { maxOutputTokens: 128_000 } },
  {
    family: /./,
    version: 4.7,
    traits: {
      maxOutputTokens: 128_000,
      sampling: "none",
      thinking: "adaptive",
      efforts: ["low", "medium", "high", "xhigh", "max"],
    },
  },
  { family: /./, version: 5, traits: { takesLaterSystem: true } },
];

const NEW_NAME = /claude-([a-z]+)-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/;
const OLD_NAME = /claude-(\d)(?:[-.](\d))?-([a-z]+)/;

/** What a model takes, by its name, with or without whatever a cloud puts before it and behind it. */
export function traitsOf(model: string): ModelTraits {
  const name = model.toLowerCase();
  if (!name.includes("claude")) return OTHERS;
  const { family, version } = versionOf(name);
  const rows = ROWS.filter((row) => version >= row.version && row.family.test(family));
  return rows.reduce<ModelTraits>((traits, row) => ({ ...traits, ...row.traits }), OTHERS);
}

/** A name without a version, such as `claude-latest`, is taken for the newest. */
function versionOf(name: string): { readonly family: string; readonly version: number } {
  const [, newFamily, newMajor, newMinor = "0"] = NEW_NAME.exec(name) ?? [];
  if (newFamily !== undefined) {
    return { family: newFamily, version: Number(`${newMajor}.${newMinor}`) };
  }
  const [, oldMajor, oldMinor = "0", oldFamily] = OLD_NAME.exec(name) ?? [];
  if (oldFamily !== undefined) {
    return { family: oldFamily, version: Number(`${oldMajor}.${oldMinor}`) };
  }
  return { family: "claude", version: Infinity };
}
