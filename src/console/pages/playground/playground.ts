/** A place to try any model over any API, and every fault of the fake LLM. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Models } from "../../api/answers.ts";
import { useAnswer } from "../../api/use_answer.ts";
import { Field, Select, typed } from "../../parts/controls.ts";
import { html, type View } from "../../parts/html.ts";
import { ErrorNote, PageHead } from "../../parts/text.ts";
import { useTask } from "../../parts/use_task.ts";
import { ConversationView } from "./answer_view.ts";
import { type Caller, CallerChoice, firstCaller, tokenOf } from "./caller.ts";
import { Conversation } from "./conversation.ts";
import { forgetStart, start } from "./prompt.ts";
import { Prompt, type Said } from "./prompt_form.ts";
import { surfaceOf, SURFACES } from "./surfaces.ts";

interface Settings {
  readonly models: readonly [string, string];
  readonly isTwo: boolean;
  readonly surface: string;
  readonly system: string;
  readonly hasTool: boolean;
}

export function Playground(): View {
  const [settings, setSettings] = useState<Settings>(() => ({
    models: [start.value.model, ""],
    isTwo: false,
    surface: surfaceOf(start.value.surface).name,
    system: "",
    hasTool: false,
  }));
  const [caller, setCaller] = useState<Caller>(firstCaller);
  const conversations = useMemo(() => [new Conversation(), new Conversation()], []);
  const { error, run } = useTask();
  const change = (part: Partial<Settings>): void => setSettings({ ...settings, ...part });
  const { models, isTwo, system, hasTool } = settings;
  const shown = conversations.slice(0, isTwo ? 2 : 1);
  useEffect(() => {
    forgetStart();
    return () => conversations.forEach((conversation) => conversation.stop());
  }, []);
  const say = ({ text, image }: Said): void => {
    const surface = surfaceOf(settings.surface);
    run(async () => {
      const token = await tokenOf(caller);
      await Promise.all(shown.map((conversation, index) =>
        conversation.say(
          { role: "user", text, image },
          surface,
          { model: models[index] ?? "", system, hasTool },
          token,
        )
      ));
    });
  };
  const isRunning = conversations.some(({ isRunning }) => isRunning.value);
  return html`
    <${PageHead} title="Playground" lead="Calls from here are counted and limited as any others.">
      <button type="button" onClick=${() => conversations.forEach((each) => each.clear())}>
        Start over</button>
      <//>
      <${SettingsForm} settings=${settings} change=${change} caller=${caller} setCaller=${setCaller} />
      <${ErrorNote} error=${error} />
      <div class="columns">${shown.map((conversation, index) =>
        html`<${ConversationView} key=${index} conversation=${conversation} model=${
          models[index]
        } />`
      )}</div>
      <${Prompt} isRunning=${isRunning} isReady=${shown.every((_, index) => models[index] !== "")}
        onSend=${say} onStop=${() => shown.forEach((each) => each.stop())} />
  `;
}

function SettingsForm(
  { settings, change, caller, setCaller }: {
    settings: Settings;
    change: (part: Partial<Settings>) => void;
    caller: Caller;
    setCaller: (caller: Caller) => void;
  },
): View {
  const { models: [first, second], isTwo, surface, system, hasTool } = settings;
  const known = useAnswer<Models>("models?limit=500");
  const names = [
    ...(known.data?.aliases ?? []).map(({ name }) => name),
    ...(known.data?.data ?? []).map(({ id }) => id),
  ];
  useEffect(() => {
    if (first === "" && names[0] !== undefined) change({ models: [names[0], second] });
  }, [known.data]);
  return html`
    <div class="panel stack">
      <datalist id="models">${names.map((name) => html`<option value=${name} />`)}</datalist>
      <div class="form">
        <${Field} label="Model"><input list="models" value=${first} spellcheck="false"
            onInput=${(event: Event) => change({ models: [typed(event), second] })} /><//>
          ${isTwo && html`<${Field} label="Second model"><input list="models" value=${second}
        spellcheck="false" onInput=${(event: Event) =>
            change({ models: [first, typed(event)] })} /><//>`}
          <${Field} label="API"><${Select} value=${surface}
            choices=${SURFACES.map(({ name, label }) => [name, label])}
            onChange=${(name: string) => change({ surface: name })} /><//>
          <${CallerChoice} caller=${caller} onChange=${setCaller} />
          <${Field} label="System"><input value=${system} placeholder="none"
            onInput=${(event: Event) => change({ system: typed(event) })} /><//>
        </div>
        <div class="actions">
          <label class="check"><input type="checkbox" checked=${isTwo}
            onChange=${() => change({ isTwo: !isTwo })} />Two models side by side</label>
          <label class="check"><input type="checkbox" checked=${hasTool}
            onChange=${() => change({ hasTool: !hasTool })} />Offer a tool</label>
        </div>
      </div>
  `;
}
