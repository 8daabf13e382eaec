/** Lets an administrator in: one field, and Enter. */

import { useState } from "preact/hooks";
import { refusal, signIn } from "../api/request.ts";
import { typed } from "../parts/controls.ts";
import { html, type View } from "../parts/html.ts";
import { useTask } from "../parts/use_task.ts";
import { Logo } from "./icons.ts";

export function Login(): View {
  const [key, setKey] = useState("");
  const { isRunning, error, run } = useTask();
  const submit = (event: Event): void => {
    event.preventDefault();
    run(async () => {
      await signIn(key.trim());
      location.hash = "#/now";
    });
  };
  const problem = error?.message ?? refusal.value;
  return html`
    <main class="login">
      <form onSubmit=${submit}>
        <${Logo} />
        <h1>Weir</h1>
        <input type="text" name="username" autocomplete="username" value="admin" hidden readonly />
        <label class="field"><span>Admin key</span>
          <input type="password" name="key" autocomplete="current-password" required autofocus
            value=${key} aria-describedby="login-note"
            onInput=${(event: Event) => setKey(typed(event))} />
        </label>
        <button class="primary" disabled=${isRunning}>Sign in</button>
        <p id="login-note" role="status" class=${problem === undefined
          ? "lead"
          : "note bad"}>${problem ??
          "The value of ADMIN_API_KEY. You stay signed in for twelve hours."}</p>
      </form>
    </main>
  `;
}
