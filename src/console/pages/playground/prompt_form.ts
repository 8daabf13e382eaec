/** Where a prompt is written, with the faults that it can ask the fake LLM for. */

import { useRef, useState } from "preact/hooks";
import { typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { FAKE_TAGS } from "../../words/fake_tags.ts";
import { start } from "./prompt.ts";

export interface Said {
  readonly text: string;
  readonly image: string | undefined;
}

const MAX_IMAGE_BYTES = 5_000_000;

export function Prompt(
  { isRunning, isReady, onSend, onStop }: {
    isRunning: boolean;
    isReady: boolean;
    onSend: (said: Said) => void;
    onStop: () => void;
  },
): View {
  const [text, setText] = useState(start.value.prompt);
  const [image, setImage] = useState<string>();
  const area = useRef<HTMLTextAreaElement>(null);
  const send = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === "" || isRunning || !isReady) return;
    onSend({ text, image });
    setText("");
    setImage(undefined);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  };
  const add = (tag: string): void => {
    setText(`${text} ${tag}`.trim());
    area.current?.focus();
  };
  return html`
    <form class="panel stack prompt" onSubmit=${send}>
      <textarea ref=${area} rows="3" aria-label="Prompt" value=${text} onKeyDown=${press}
        placeholder="Say something. Enter sends, Shift and Enter begin a new line."
        onInput=${(event: Event) => setText(typed(event))}></textarea>
      <div class="actions">
          <button class="primary" disabled=${isRunning || !isReady ||
            text.trim() === ""}>Send</button>
          ${isRunning && html`<button type="button" onClick=${onStop}>Stop</button>`}
          <${Picture} image=${image} onChange=${setImage} />
        </div>
      <details>
        <summary>Faults that the fake LLM can play</summary>
        <div class="tags">${FAKE_TAGS.map(([tag, meaning]) =>
          html`
            <button type="button" title=${meaning}
              onClick=${() => add(tag)}><span class="mono">${tag}</span> ${meaning}</button>
          `
        )}</div>
      </details>
    </form>
  `;
}

function Picture(
  { image, onChange }: {
    image: string | undefined;
    onChange: (image: string | undefined) => void;
  },
): View {
  const [problem, setProblem] = useState("");
  const take = (event: Event): void => {
    const file = (event.target as HTMLInputElement).files?.[0];
    setProblem(file !== undefined && file.size > MAX_IMAGE_BYTES ? "At most 5 MB" : "");
    if (file === undefined || file.size > MAX_IMAGE_BYTES) return onChange(undefined);
    const reader = new FileReader();
    reader.onload = () => onChange(String(reader.result));
    reader.readAsDataURL(file);
  };
  return html`<label class="check">Picture
    <input type="file" accept="image/*" onChange=${take} /></label>
    ${
    image !== undefined && html`
      <button type="button" class="quiet"
        onClick=${() => onChange(undefined)}>Leave it out</button>
    `
  }
    ${problem !== "" && html`<small role="alert">${problem}</small>`}`;
}
