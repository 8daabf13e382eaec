/** The frame around every page: who is looking, the way to the other pages, and the page itself. */

import { useEffect, useState } from "preact/hooks";
import { findOut, me, signOut } from "../api/request.ts";
import { html, type View } from "../parts/html.ts";
import { Call } from "../pages/calls/call.ts";
import { Calls } from "../pages/calls/calls.ts";
import { Configuration } from "../pages/configuration/configuration.ts";
import { Connect } from "../pages/connect/connect.ts";
import { Keys } from "../pages/keys/keys.ts";
import { Now } from "../pages/now/now.ts";
import { Playground } from "../pages/playground/playground.ts";
import { Providers } from "../pages/providers/providers.ts";
import { Usage } from "../pages/usage/usage.ts";
import { Icon, Logo } from "./icons.ts";
import { Login } from "./login.ts";
import { linkTo, route } from "./route.ts";

/** In the order in which they are needed. */
const PAGES: readonly (readonly [page: string, title: string, component: () => View])[] = [
  ["now", "Now", Now],
  ["calls", "Calls", Calls],
  ["usage", "Usage", Usage],
  ["keys", "Keys", Keys],
  ["providers", "Providers", Providers],
  ["playground", "Playground", Playground],
  ["connect", "Connect", Connect],
  ["configuration", "Configuration", Configuration],
];

export function App(): View {
  useEffect(() => {
    findOut();
  }, []);
  if (me.value === undefined) return null;
  return me.value === null ? html`<${Login} />` : html`<${Shell} />`;
}

function Shell(): View {
  const { page, id } = route.value;
  const [name, title, component] = PAGES.find(([known]) => known === page) ?? PAGES[0]!;
  useEffect(() => {
    document.title = `${title} · Weir`;
    // Who reads by ear is told of the page, and the keyboard goes on from its top.
    if (page !== "") document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [name, id]);
  const isCall = name === "calls" && id !== undefined;
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the page</a>
    <div class="shell">
      <${Navigation} current=${name} />
      <main id="main" tabindex="-1">${isCall
        ? html`<${Call} key=${id} id=${id} />`
        : html`<${component} key=${name} />`}</main>
    </div>
  `;
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Navigation({ current }: { current: string }): View {
  const { who, role, via, version } = me.value ?? {};
  useEffect(() => {
    document.querySelector("nav [aria-current]")?.scrollIntoView({
      inline: "center",
      block: "nearest",
    });
  }, [current]);
  return html`
    <aside>
      <div class="brand"><${Logo} /><strong>Weir</strong>${version &&
        html`<small>${version}</small>`}</div>
      <nav aria-label="Pages">${PAGES.map(([page, title]) =>
        html`<a href=${linkTo(page)} aria-current=${page === current ? "page" : undefined}>
        <${Icon} name=${page} />${title}</a>`
      )}</nav>
      <div class="who">
        <span title=${who}>${via === "loopback" ? "This machine" : who}</span>
        <small>${role === "write" ? "may change things" : "may only look"}</small>
        <div><${ThemeButton} />${via === "session" &&
          html`<button type="button" class="quiet" onClick=${signOut}>Sign out</button>`}</div>
      </div>
    </aside>
  `;
}

const THEMES = ["auto", "light", "dark"];

function ThemeButton(): View {
  const [theme, setTheme] = useState(() => readTheme());
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch { /* A browser that keeps nothing forgets the choice. */ }
    dispatchEvent(new Event("theme"));
  }, [theme]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  return html`
    <button type="button" class="quiet" onClick=${() => setTheme(next)}
      aria-label=${`Colours: ${theme}. Change to ${next}`}>${theme === "dark"
        ? "Dark"
        : theme === "light"
        ? "Light"
        : "Auto"}</button>
  `;
}

function readTheme(): string {
  try {
    const kept = localStorage.getItem("theme") ?? "";
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}
