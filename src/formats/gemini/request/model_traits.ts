/**
 * What Gemini's models take, by their names; as data, because each version takes something else.
 *
 * @module
 */

/** What a request for a model may hold. */
export interface ModelTraits {
  /** How it is told to think: by a level, by a number of tokens, or not at all. */
  readonly thinking: "level" | "budget" | "none";
  /** The words of `thinkingLevel`, from the least to the most. */
  readonly levels: readonly string[];
  /** The bounds of `thinkingBudget`, beside 0 where it may be switched off. */
  readonly minBudgetTokens: number;
  readonly maxBudgetTokens: number;
  readonly canStopThinking: boolean;
  /** It refuses the first call of a step without what it signed. */
  readonly checksSignatures: boolean;
  /** Tools and an answer as JSON may be asked for together. */
  readonly hasJsonBesideTools: boolean;
  /** Results of tools may hold images. */
  readonly hasMediaInResults: boolean;
}

interface Row {
  readonly family: RegExp;
  /** From this version on. */
  readonly version: number;
  readonly traits: Partial<ModelTraits>;
}

const OTHERS: ModelTraits = {
  thinking: "none",
  levels: [],
  minBudgetTokens: 0,
  maxBudgetTokens: 24_576,
  canStopThinking: true,
  checksSignatures: false,
  hasJsonBesideTools: false,
  hasMediaInResults: false,
};

/** Each row adds to those before it. */
const ROWS: readonly Row[] = [
  { family: /./, version: 2.5, traits: { thinking: "budget" } },
  {
    family: /pro/,
    version: 2.5,
    traits: { minBudgetTokens: 128, maxBudgetTokens: 32_768, canStopThinking: false },
  },
  { family: /lite/, version: 2.5, traits: { minBudgetTokens: 512 } },
  {
    family: /./,
    version: 3,
    traits: {
      thinking: "level",
      levels: ["minimal", "low", "medium", "high"],
      canStopThinking: false,
      checksSignatures: true,
      hasJsonBesideTools: true,
      hasMediaInResults: true,
    },
  },
  { family: /pro/, version: 3, traits: { levels: ["low", "high"] } },
  { family: /pro/, version: 3.1, traits: { levels: ["low", "medium", "high"] } },
];

const NAME = /gemini-(\d+(?:\.\d+)?)(?:-(.*))?$/;

/** What a model takes, by its name. One without a version, such as `gemini-flash-latest`, is the newest. */
export function traitsOf(model: string): ModelTraits {
  const name = model.toLowerCase();
  if (!name.includes("gemini")) return OTHERS;
  const [, digits, family = name] = NAME.exec(name) ?? [];
  const version = digits === undefined ? Infinity : Number(digits);
  const rows = ROWS.filter((row) => version >= row.version && row.family.test(family || "-"));
  return rows.reduce<ModelTraits>((traits, row) => ({ ...traits, ...row.traits }), OTHERS);
}
