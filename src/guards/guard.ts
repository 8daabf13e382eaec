/** One guard of the configuration: whom it looks after, and what it finds. */

import type { Call } from "../core/call.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { EventGuard, GuardFinding } from "../core/guard.ts";
import { matchesPattern } from "../core/principal.ts";
import type { JsonObject } from "../core/text/json.ts";
import { type Automaton, compilePattern, PatternError } from "./automaton.ts";
import { FilteringGuard } from "./event_guard.ts";
import { KNOWN_PATTERNS, type Rule } from "./known_patterns.ts";
import type { GuardOptions } from "./options.ts";
import { mapRequestTexts } from "./request_texts.ts";
import { type CompiledRule, countIn, createTextFilter, type TextFilter } from "./text_filter.ts";

/** Code of what a guard refuses. */
export const GUARD_REFUSED = "guard_refused";

/** Of a pattern, in a message. */
const MAX_SHOWN = 100;

export class Guard {
  readonly options: GuardOptions;
  readonly #rules: readonly CompiledRule[];

  constructor(options: GuardOptions) {
    this.options = options;
    this.#rules = rulesOf(options);
  }

  looksAt(side: "request" | "answer"): boolean {
    return this.options.on.includes(side) && (side === "request" || this.#rules.length > 0);
  }

  appliesTo({ model, principal, surface }: Call): boolean {
    const { models, keys, surfaces } = this.options;
    const isOf = (patterns: readonly string[] | undefined, text: string): boolean =>
      patterns === undefined || patterns.some((pattern) => matchesPattern(text, pattern));
    // A provider's name in front leads to the same model.
    const plain = model.slice(model.indexOf("/") + 1);
    return (isOf(models, model) || isOf(models, plain)) && isOf(keys, principal.name) &&
      isOf(surfaces, surface);
  }

  /** The body with what is to be masked masked; the same one where nothing is. Throws `guard_refused`. */
  checkRequest(body: JsonObject, findings: GuardFinding[]): JsonObject {
    const { maxCharacters } = this.options;
    let characters = 0;
    const checked = mapRequestTexts(body, (text) => {
      characters += text.length;
      if (this.#rules.length === 0) return text;
      const filter = this.#filter("request", findings);
      return filter.push(text) + filter.end();
    });
    if (maxCharacters !== undefined && characters > maxCharacters) {
      countIn(findings, { guard: this.options.name, action: "refuse", side: "request" });
      throw refusal(
        this.options.name,
        "request",
        `its texts are longer than ${maxCharacters} characters`,
      );
    }
    // It began as an object.
    return checked as JsonObject;
  }

  /** For one answer. */
  openAnswer(findings: GuardFinding[]): EventGuard {
    return new FilteringGuard(() => this.#filter("answer", findings));
  }

  #filter(side: GuardFinding["side"], findings: GuardFinding[]): TextFilter {
    const { name, action, mask } = this.options;
    return createTextFilter({
      rules: this.#rules,
      mask: action === "mask" ? mask : undefined,
      onMatch: () => {
        countIn(findings, { guard: name, action, side });
        if (action === "refuse") throw refusal(name, side);
      },
    });
  }
}

/** Says which guard it was and nothing of what it found. */
export function refusal(name: string, side: GuardFinding["side"], why?: string): GatewayError {
  const reason = why === undefined ? "" : `: ${why}`;
  const whatToDo = side === "request"
    ? "change the request, or ask whoever runs this gateway"
    : "ask for something else, or ask whoever runs this gateway";
  return new GatewayError(
    "invalid_request",
    `The guard "${name}" refused the ${side}${reason}; ${whatToDo}`,
    { code: GUARD_REFUSED, shouldRetry: false },
  );
}

/** Throws `PatternError`, which names the guard. */
function rulesOf({ name, words, patterns, known }: GuardOptions): readonly CompiledRule[] {
  const rules = [
    ...(words.length === 0
      ? []
      : [{ pattern: words.map(literal).join("|"), ignoresCase: true, isWhole: true }]),
    ...patterns.map((pattern) => ({ pattern, ignoresCase: false, isWhole: false })),
    ...known.flatMap((name) => KNOWN_PATTERNS[name]),
  ];
  return rules.map((rule) => ({ automaton: compiled(rule, name), rule }));
}

function compiled({ pattern, ignoresCase }: Rule, name: string): Automaton {
  try {
    return compilePattern(pattern, ignoresCase);
  } catch (thrown) {
    if (!(thrown instanceof PatternError)) throw thrown;
    const shown = pattern.length > MAX_SHOWN ? `${pattern.slice(0, MAX_SHOWN)}...` : pattern;
    throw new PatternError(
      `The guard "${name}" cannot use the pattern ${shown} (${thrown.message}); change it in guards`,
    );
  }
}

function literal(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
