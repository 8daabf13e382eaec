/** What a page is operated with. */

import { useEffect, useRef, useState } from "preact/hooks";
import { html, type View } from "./html.ts";

/** A label and its control, which is put between the tags. */
export function Field(
  { label, hint, children }: { label: string; hint?: unknown; children?: unknown },
): View {
  return html`
    <label class="field"><span>${label}</span>${children}${hint &&
      html`<small>${hint}</small>`}</label>
  `;
}

/** What stands now in the field that an event is of. */
export function typed({ target }: Event): string {
  return (target as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;
}

/** What more a list says of its choices is left to its owner. */
export type Choice = string | readonly [value: string, label: string, ...unknown[]];

export function Select(
  { value, choices, onChange, ...more }: {
    value: string;
    choices: readonly Choice[];
    onChange: (value: string) => void;
    disabled?: boolean;
  },
): View {
  return html`
    <select ...${more} value=${value} onChange=${(event: Event) => onChange(typed(event))}>${choices
      .map((choice) => {
        const [name, label] = typeof choice === "string" ? [choice, choice] : choice;
        return html`<option value=${name} selected=${name === value}>${label}</option>`;
      })}</select>
  `;
}

/** A text that is told of once its author pauses, so that no key that is pressed asks the server. */
export function SearchBox(
  { label, value, onChange }: { label: string; value: string; onChange: (text: string) => void },
): View {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (text: string): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(text), 300) as unknown as number;
  };
  return html`
    <input type="search" aria-label=${label} placeholder=${label} value=${value}
      maxlength="200" onInput=${(event: Event) => later(typed(event))} />
  `;
}

/** A few choices side by side, of which one is made. */
export function Segments(
  { label, value, choices, onChange }: {
    label: string;
    value: string;
    choices: readonly (readonly [value: string, label: string])[];
    onChange: (value: string) => void;
  },
): View {
  return html`<div class="segments" role="group" aria-label=${label}>${
    choices.map(([name, text]) =>
      html`<button type="button" aria-pressed=${name === value} onClick=${() => onChange(name)}>
        ${text}</button>`
    )
  }</div>`;
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }): View {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(text));
    setTimeout(() => setCopied(false), 1_500);
  };
  return html`<button type="button" class="quiet" onClick=${copy}>${
    isCopied ? "Copied" : label
  }</button>`;
}

/** Browsers give the clipboard to secure pages alone; elsewhere the old way is left. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    return isDone;
  }
}

/** What cannot be undone is asked for twice. */
export function SureButton(
  { label, sure, onClick }: { label: string; sure: string; onClick: () => void },
): View {
  const [isAsked, setAsked] = useState(false);
  const press = (): void => {
    if (isAsked) onClick();
    setAsked(!isAsked);
  };
  return html`
    <button type="button" class="danger" onClick=${press}
      onBlur=${() => setAsked(false)}>${isAsked ? sure : label}</button>
  `;
}

/** A text as it is, which can be copied. */
export function CodeBlock({ text, label }: { text: string; label: string }): View {
  return html`
    <div class="code">
      <pre tabindex="0" role="region" aria-label=${label}>${text}</pre>
      <${CopyButton} text=${text} />
    </div>
  `;
}

/** A dialog that stands above the page until it is closed; Escape closes it. */
export function Dialog(
  { title, onClose, children }: { title: string; onClose: () => void; children?: unknown },
): View {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return html`
    <dialog ref=${element} aria-labelledby="dialog-title" onClose=${onClose}>
      <div class="section-head">
        <h2 id="dialog-title">${title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick=${onClose}>✕</button>
      </div>
      ${children}
    </dialog>
  `;
}
