/** The page's colours for what is drawn on a canvas. */

export type Colours = Readonly<Record<string, string>>;

/** A variable is known as it is written; only an element that has the colour knows what it comes to. */
export function coloursOf(element: HTMLElement, names: readonly string[]): Colours {
  const probe = document.createElement("i");
  element.after(probe);
  const colours = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(colours);
}

/** Calls back whenever the colours change, until the function that is returned is called. */
export function onColours(changed: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  addEventListener("theme", changed);
  return () => {
    dark.removeEventListener("change", changed);
    removeEventListener("theme", changed);
  };
}
