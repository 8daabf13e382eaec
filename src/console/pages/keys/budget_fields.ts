/** The fields of what may be spent, of a key, a team, a provider or all. */

import type { Amount } from "../../api/answers.ts";
import { Field, Select, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { money } from "../../words/numbers.ts";
import { TIME_ZONE } from "../../words/times.ts";

/** As they are typed; no dollars are no budget. */
export interface BudgetDraft {
  readonly usd: string;
  readonly period: string;
  readonly mode: string;
  readonly unpriced: string;
  readonly time_zone: string;
}

const PERIODS = [
  ["day", "a day"],
  ["week", "a week"],
  ["month", "a month"],
  ["ever", "in all"],
] as const;
const MODES = [["hard", "Refuse calls"], ["soft", "Only tell of it"]] as const;
const UNPRICED = [["refuse", "Refuse them"], ["allow", "Let them pass"]] as const;

/** As a table has it: $10.00 a month. */
export function inWords({ usd, period }: Pick<Amount, "usd" | "period">): string {
  return `${money(usd)} ${PERIODS.find(([name]) => name === period)?.[1] ?? period}`;
}

export function budgetDraftOf(amount?: Amount | null): BudgetDraft {
  return {
    usd: amount ? String(amount.usd) : "",
    period: amount?.period ?? "month",
    mode: amount?.mode ?? "hard",
    unpriced: amount?.unpriced ?? "refuse",
    time_zone: amount?.time_zone ?? TIME_ZONE,
  };
}

export function budgetBodyOf({ usd, ...rest }: BudgetDraft): Record<string, unknown> | null {
  return usd === "" ? null : { usd: Number(usd), ...rest };
}

/** @param isPeriodFixed The sum that is spent is counted in its period already. */
export function BudgetFields(
  { draft, onChange, isNeeded = false, isPeriodFixed = false }: {
    draft: BudgetDraft;
    onChange: (draft: BudgetDraft) => void;
    isNeeded?: boolean;
    isPeriodFixed?: boolean;
  },
): View {
  const choose = (name: keyof BudgetDraft) => (value: string): void =>
    onChange({ ...draft, [name]: value });
  return html`
    <${Field} label="Budget in dollars"><input type="number" min="0" step="any"
      required=${isNeeded} placeholder="none" value=${draft.usd} onInput=${(event: Event) =>
        choose("usd")(typed(event))} /><//>
    <${Field} label="Budget period" hint=${`Days of ${draft.time_zone}`}><${Select}
      value=${draft.period} choices=${PERIODS} disabled=${isPeriodFixed}
      onChange=${choose("period")} /><//>
    <${Field} label="Once it is spent"><${Select} value=${draft.mode} choices=${MODES}
      onChange=${choose("mode")} /><//>
    <${Field} label="Calls without a price"><${Select} value=${draft.unpriced} choices=${UNPRICED}
      onChange=${choose("unpriced")} /><//>
  `;
}
